import { getResolution } from "h3-js";
import { formatEstimate, formatWhole, type Estimate } from "@/lib/kernel/format";
import type { LegendMark } from "@/lib/map/model/legend";
import type { Metric } from "@/lib/map/model/metric";
import type { CellEstimate, ShownCell } from "@/lib/privacy/model/decode-release";

/** The cell's H3 index without the filling digits that all cells of its resolution share. */
export function shortCell(cell: string): string {
  const bitsPerLevel = 3;
  const bitsPerDigit = 4;
  return cell.slice(0, cell.length - Math.floor((bitsPerLevel * (15 - getResolution(cell))) / bitsPerDigit));
}

/** "under 10", "10–20", … "over 45" km/h. */
export function speedClassNames(edges: readonly number[]): string[] {
  const inner = edges.slice(1).map((edge, index) => `${edges[index]}–${edge}`);
  return [`under ${edges[0]}`, ...inner, `over ${edges.at(-1)}`];
}

/** A cell's mean speed as an estimate, or null when it has none. */
export function speedEstimate({ speed }: ShownCell): Estimate | null {
  return speed === null ? null : { value: speed.mean, low: speed.low, high: speed.high };
}

export function describeVehicles({ vehicles }: ShownCell): string {
  return formatEstimate(vehicles, "vehicles");
}

/** A speed always with both bounds, as one reads speeds. */
export function describeSpeed(shown: ShownCell): string {
  const estimate = speedEstimate(shown);
  if (estimate === null) return "too few to tell";
  return `${formatWhole(estimate.value)} km/h (${formatWhole(estimate.low)}–${formatWhole(estimate.high)})`;
}

export const metricNames: Record<Metric, string> = { count: "Vehicles", speed: "Mean speed" };

/** The unit under the map's legend; `epochWords` is the epoch's length, e.g. "30 min". */
export function metricUnit(metric: Metric, epochWords: string): string {
  return metric === "count" ? `per cell in ${epochWords}` : "km/h";
}

/** What the map's patterns mean, for one region's threshold. */
export function markNames(threshold: number): Record<LegendMark, string> {
  return {
    "near-threshold": "Close to the threshold",
    "not-shown": `Not shown: fewer than ${threshold}, or none`,
    void: "Void: too few contributions",
    closed: "Not bought",
  };
}

/** Numbers of the whole epoch: the sum over all cells that are shown, and how many are. */
export function summarize(estimates: readonly CellEstimate[]): { shown: number; all: number; busiest: ShownCell | null } {
  const shown = estimates.filter((estimate): estimate is ShownCell => estimate.shown);
  const busiest = shown.toSorted((one, other) => other.vehicles.value - one.vehicles.value)[0] ?? null;
  return { shown: shown.length, all: estimates.length, busiest };
}
