/** A corner or a point on the grid of the source's tiles: zoom 13, 4,096 units a tile, x to the east, y to the south. */
export type GridPoint = { readonly x: number; readonly y: number };
export type GridLine = readonly GridPoint[];
/** The outer ring first, then its holes; rings are open (the first corner is not repeated). */
export type GridPolygon = readonly GridLine[];
/** Two opposite corners; both edges belong to it. */
export type GridBox = { readonly west: number; readonly north: number; readonly east: number; readonly south: number };

export const SOURCE_ZOOM = 13;
export const TILE_EXTENT = 4096;
/** Units around the world: 2^25, so that every coordinate on the unit square is exact. */
export const WORLD_UNITS = 2 ** SOURCE_ZOOM * TILE_EXTENT;

const EARTH_RADIUS_METRES = 6_371_008.8;

/** Longitude and latitude (degrees) of a place on the grid, by inverse spherical web mercator. */
export function gridToLonLat(point: GridPoint): readonly [number, number] {
  const longitude = (point.x / WORLD_UNITS) * 360 - 180;
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - (2 * point.y) / WORLD_UNITS))) * 180) / Math.PI;
  return [longitude, latitude];
}

/** Where a longitude and latitude (degrees) fall on the grid, not rounded. */
export function lonLatToGrid(longitude: number, latitude: number): GridPoint {
  const mercator = Math.asinh(Math.tan((latitude * Math.PI) / 180)) / Math.PI;
  return { x: ((longitude + 180) / 360) * WORLD_UNITS, y: ((1 - mercator) / 2) * WORLD_UNITS };
}

/** Metres that one unit of the grid measures on the ground at a place (0.89 in Chicago). */
export function metresPerUnit(y: number): number {
  const [, latitude] = gridToLonLat({ x: 0, y });
  return (2 * Math.PI * EARTH_RADIUS_METRES * Math.cos((latitude * Math.PI) / 180)) / WORLD_UNITS;
}

/** The square that a tile of the source covers, without its buffer. */
export function tileBox(tile: GridPoint): GridBox {
  const west = tile.x * TILE_EXTENT;
  const north = tile.y * TILE_EXTENT;
  return { west, north, east: west + TILE_EXTENT, south: north + TILE_EXTENT };
}

/** One number for one corner of the grid, exact for whole coordinates. */
export function pointKey(point: GridPoint): number {
  return point.x * WORLD_UNITS + point.y;
}

export function samePoint(left: GridPoint, right: GridPoint): boolean {
  return left.x === right.x && left.y === right.y;
}

/** Neighbouring corners of a line; with `closed` also the last with the first. */
export function* segmentsOf(line: GridLine, closed = false): Generator<readonly [GridPoint, GridPoint]> {
  let previous = closed ? line.at(-1) : undefined;
  for (const point of line) {
    if (previous !== undefined) yield [previous, point];
    previous = point;
  }
}

/** Twice the signed area; above zero when the ring turns clockwise as seen on a map (an outer ring of the tile format). */
export function doubleArea(ring: GridLine): number {
  let sum = 0;
  for (const [from, to] of segmentsOf(ring, true)) sum += from.x * to.y - to.x * from.y;
  return sum;
}

/** Whether a point lies inside of a ring (even-odd rule); on the border either answer is possible. */
export function ringContains(ring: GridLine, point: GridPoint): boolean {
  let inside = false;
  for (const [from, to] of segmentsOf(ring, true)) {
    if (from.y > point.y === to.y > point.y) continue;
    if (point.x < from.x + ((point.y - from.y) * (to.x - from.x)) / (to.y - from.y)) inside = !inside;
  }
  return inside;
}

/** The smallest box around the points; throws a RangeError when there are none. */
export function boxOf(points: Iterable<GridPoint>): GridBox {
  let box: GridBox | undefined;
  for (const { x, y } of points) {
    box = {
      west: Math.min(box?.west ?? x, x),
      north: Math.min(box?.north ?? y, y),
      east: Math.max(box?.east ?? x, x),
      south: Math.max(box?.south ?? y, y),
    };
  }
  if (box === undefined) throw new RangeError("no points");
  return box;
}

export function boxContains(outer: GridBox, inner: GridBox): boolean {
  return outer.west <= inner.west && outer.north <= inner.north && outer.east >= inner.east && outer.south >= inner.south;
}
