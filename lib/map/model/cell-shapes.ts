import { findClass, type ColorClass } from "@/lib/map/model/color-scale";
import { cellCenter, cellRing, outlineOf, type Position } from "@/lib/map/model/geometry";
import type { MapCell } from "@/lib/map/model/map-cell";
import type { Rgb } from "@/lib/map/model/ramps";

/** A cell ready to be drawn: its outline and, where it carries a number, its colour. */
export type CellShape = { cell: string; ring: Position[]; color: Rgb | null };
/** A point ready to be drawn. */
export type CellMark = { cell: string; position: Position };

/** Everything on the map, sorted by the way in which it is drawn. */
export type CellShapes = {
  filled: CellShape[];
  hatched: CellShape[];
  dotted: CellShape[];
  outlined: CellShape[];
  nearThreshold: CellMark[];
  /** Outlines of the tiles, for the region's edge. */
  edges: Position[][];
};

function shapeOf(cell: string, color: Rgb | null): CellShape {
  return { cell, ring: cellRing(cell), color };
}

/** Sorts the cells by the way in which they are drawn and gives them shape and colour. */
export function shapeCells(cells: readonly MapCell[], scale: readonly ColorClass[]): CellShapes {
  const ofKind = (kind: MapCell["kind"]) => cells.filter((cell) => cell.kind === kind).map(({ cell }) => shapeOf(cell, null));
  const valued = cells.filter((cell) => cell.kind === "value");
  return {
    filled: valued.map(({ cell, value }) => shapeOf(cell, findClass(scale, value)?.color ?? null)),
    hatched: ofKind("not-shown"),
    dotted: ofKind("void"),
    outlined: ofKind("closed"),
    nearThreshold: valued.filter(({ nearThreshold }) => nearThreshold).map(({ cell }) => ({ cell, position: cellCenter(cell) })),
    edges: cells.length === 0 ? [] : outlineOf(cells.map(({ cell }) => cell)),
  };
}
