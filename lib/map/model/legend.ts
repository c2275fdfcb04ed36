import type { ColorClass } from "@/lib/map/model/color-scale";
import type { MapCell } from "@/lib/map/model/map-cell";

/** Explains one kind of cell that carries no colour of the scale. */
export type LegendMark = "not-shown" | "void" | "closed" | "near-threshold";

export type Legend = { classes: readonly ColorClass[]; marks: LegendMark[] };

const order: LegendMark[] = ["near-threshold", "not-shown", "void", "closed"];

/** The legend of what is on the map: only marks that can be seen there. */
export function legendOf(cells: readonly MapCell[], classes: readonly ColorClass[]): Legend {
  const present = new Set<LegendMark>(cells.flatMap((cell): LegendMark[] => {
    if (cell.kind !== "value") return [cell.kind];
    return cell.nearThreshold ? ["near-threshold"] : [];
  }));
  return { classes, marks: order.filter((mark) => present.has(mark)) };
}
