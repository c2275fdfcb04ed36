import { cellsToMultiPolygon, cellToBoundary, cellToLatLng } from "h3-js";
import type { Bounds } from "@/lib/map/model/cities";

/** Longitude, latitude in degrees. Longitudes of one shape never jump: past the antimeridian they go on beyond 180. */
export type Position = [longitude: number, latitude: number];

/** Moves longitudes by whole turns, so that neighbours in the ring are less than half a turn apart. */
function unwrap(ring: readonly Position[]): Position[] {
  const first = ring[0]?.[0] ?? 0;
  return ring.map(([longitude, latitude]) => [longitude - 360 * Math.round((longitude - first) / 360), latitude]);
}

/** The cell's outline, first point repeated at the end. */
export function cellRing(cell: string): Position[] {
  const corners = cellToBoundary(cell, true).map(([longitude, latitude]): Position => [longitude, latitude]);
  const first = corners[0];
  const last = corners.at(-1);
  const open = first !== undefined && last !== undefined && first[0] === last[0] && first[1] === last[1];
  return unwrap(open || first === undefined ? corners : [...corners, first]);
}

/** The cell's middle. */
export function cellCenter(cell: string): Position {
  const [latitude, longitude] = cellToLatLng(cell);
  return [longitude, latitude];
}

/** The outline of what the cells cover together: one ring for each shape and hole. */
export function outlineOf(cells: readonly string[]): Position[][] {
  return cellsToMultiPolygon([...cells], true).flatMap((polygon) =>
    polygon.map((ring) => unwrap(ring.map(([longitude = 0, latitude = 0]): Position => [longitude, latitude]))));
}

/** The smallest box around the cells, or null for none. */
export function boundsOf(cells: readonly string[]): Bounds | null {
  const first = cells[0];
  if (first === undefined) return null;
  const reference = cellCenter(first)[0];
  const positions = cells.flatMap(cellRing)
    .map(([longitude, latitude]): Position => [longitude - 360 * Math.round((longitude - reference) / 360), latitude]);
  const extent = (axis: 0 | 1, pick: (one: number, other: number) => number) =>
    positions.map((position) => position[axis]).reduce((one, other) => pick(one, other));
  return [extent(0, Math.min), extent(1, Math.min), extent(0, Math.max), extent(1, Math.max)];
}
