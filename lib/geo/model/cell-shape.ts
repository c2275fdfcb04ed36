import { cellToBoundary, latLngToCell } from "h3-js";
import { toPosition, toVector, type Vector } from "@/lib/geo/model/sphere";
import { tileOfCell } from "@/lib/geo/model/tile";

/**
 * A cell with the planes of its edges. H3's edges are great-circle arcs (straight lines in the gnomonic projection of its icosahedron),
 * so that each edge is a plane through the Earth's centre and a great-circle segment crosses it where a linear function changes sign.
 */
export type CellShape = {
  readonly cell: string;
  /** The cell's grandparent. */
  readonly tile: string;
  /** x, y, z of each edge's unit normal, pointing inwards. */
  readonly normals: Float64Array;
};

const SHAPE_CACHE_MAX = 16_384;

const knownShapes = new Map<string, CellShape>();

function edgeNormals(cell: string): Float64Array {
  const corners = cellToBoundary(cell).map(([latitude, longitude]) => toVector({ latitude, longitude }));
  const normals = new Float64Array(3 * corners.length);
  corners.forEach((from, edge) => {
    const to = corners[(edge + 1) % corners.length] ?? from;
    // Corners run counter-clockwise, so that from × to points inwards.
    const normal = [from.y * to.z - from.z * to.y, from.z * to.x - from.x * to.z, from.x * to.y - from.y * to.x];
    normals.set(normal.map((value) => value / Math.hypot(...normal)), 3 * edge);
  });
  return normals;
}

/** The shape of a cell of resolution 2 to 15; the last few thousand are remembered. */
export function shapeOf(cell: string): CellShape {
  const known = knownShapes.get(cell);
  if (known !== undefined) return known;
  const made = { cell, tile: tileOfCell(cell), normals: edgeNormals(cell) };
  if (knownShapes.size >= SHAPE_CACHE_MAX) knownShapes.clear();
  knownShapes.set(cell, made);
  return made;
}

/** The shape of the cell that a point lies in, by H3's own rule. */
export function shapeAt(point: Vector, resolution: number): CellShape {
  const { latitude, longitude } = toPosition(point);
  return shapeOf(latLngToCell(latitude, longitude, resolution));
}

/**
 * Whether a point surely lies inside: on the inner side of every edge.
 * Cells that straddle an edge of H3's icosahedron have a kink and may hold points for which this is false.
 */
export function isInside({ normals }: CellShape, { x, y, z }: Vector): boolean {
  for (let at = 0; at < normals.length; at += 3) {
    if ((normals[at] ?? 0) * x + (normals[at + 1] ?? 0) * y + (normals[at + 2] ?? 0) * z < 0) return false;
  }
  return true;
}

/**
 * The share 0..1 of the chord from `start` to `end` at which it first leaves the inner side of an edge; 1 when it never does.
 * `start` is taken to be inside.
 */
export function exitShare({ normals }: CellShape, start: Vector, end: Vector): number {
  let exit = 1;
  for (let at = 0; at < normals.length; at += 3) {
    const [x = 0, y = 0, z = 0] = [normals[at], normals[at + 1], normals[at + 2]];
    const before = x * start.x + y * start.y + z * start.z;
    const after = x * end.x + y * end.y + z * end.z;
    if (after < 0 && after < before) exit = Math.min(exit, Math.max(0, before / (before - after)));
  }
  return exit;
}
