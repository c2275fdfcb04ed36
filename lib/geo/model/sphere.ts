import type { Position } from "@/lib/geo/model/track";

/** Radius of the sphere that H3 lays its grid on (WGS84's authalic radius), metres. Distances on it are within 0.6 % of the ellipsoid's. */
export const EARTH_RADIUS_METRES = 6_371_007.180918475;

/** A point of the unit sphere, or a direction. Vectors know no antimeridian and no poles. */
export type Vector = { readonly x: number; readonly y: number; readonly z: number };

const RADIANS = Math.PI / 180;

/** The unit vector of a position. */
export function toVector({ latitude, longitude }: Position): Vector {
  const phi = latitude * RADIANS;
  const lambda = longitude * RADIANS;
  const across = Math.cos(phi);
  return { x: across * Math.cos(lambda), y: across * Math.sin(lambda), z: Math.sin(phi) };
}

/** The position of a vector of any length but zero; longitude from -180 to 180. */
export function toPosition({ x, y, z }: Vector): Position {
  return { latitude: Math.atan2(z, Math.hypot(x, y)) / RADIANS, longitude: Math.atan2(y, x) / RADIANS };
}

/** Great-circle metres between two unit vectors. Exact to a micrometre for near points, where acos of a dot product is not. */
export function metresApart(left: Vector, right: Vector): number {
  const x = left.x - right.x;
  const y = left.y - right.y;
  const z = left.z - right.z;
  return arcMetres(Math.sqrt(x * x + y * y + z * z));
}

/** Great-circle metres along a row of unit vectors. */
export function metresAlong(way: readonly Vector[]): number {
  let sum = 0;
  let last: Vector | undefined;
  for (const point of way) {
    if (last !== undefined) sum += metresApart(last, point);
    last = point;
  }
  return sum;
}

/** Great-circle metres between two positions. */
export function metresBetween(left: Position, right: Position): number {
  return metresApart(toVector(left), toVector(right));
}

/** Below this half chord (some 120 km) the series of the arc sine is exact to the last digit but one. */
const SERIES_BELOW = 0.01;

/** Metres along the sphere for a straight chord between unit vectors (0 to 2). */
export function arcMetres(chord: number): number {
  const half = Math.min(1, chord / 2);
  const square = half * half;
  const angle = half < SERIES_BELOW ? half * (1 + square * (1 / 6 + square * (3 / 40 + (square * 15) / 336))) : Math.asin(half);
  return 2 * EARTH_RADIUS_METRES * angle;
}

/** The straight chord between unit vectors that lie the given metres apart along the sphere. */
export function chordOf(metres: number): number {
  return 2 * Math.sin(metres / (2 * EARTH_RADIUS_METRES));
}

/** Scales a vector to length 1. */
export function normalize({ x, y, z }: Vector): Vector {
  const length = Math.hypot(x, y, z);
  return { x: x / length, y: y / length, z: z / length };
}

/**
 * The point of the great circle between two unit vectors at a share 0..1 of their chord.
 * For fixes at most 2 km apart the share of the chord and that of the arc differ by less than 1e-8.
 */
export function between(start: Vector, end: Vector, share: number): Vector {
  return normalize({
    x: start.x + (end.x - start.x) * share,
    y: start.y + (end.y - start.y) * share,
    z: start.z + (end.z - start.z) * share,
  });
}

/** Where one arrives from a position by `metres` along the great circle with this bearing (radians, 0 = north, clockwise). */
export function travel(from: Position, bearing: number, metres: number): Position {
  const angle = metres / EARTH_RADIUS_METRES;
  const phi = from.latitude * RADIANS;
  const lambda = from.longitude * RADIANS;
  const up = toVector(from);
  const north = { x: -Math.sin(phi) * Math.cos(lambda), y: -Math.sin(phi) * Math.sin(lambda), z: Math.cos(phi) };
  const east = { x: -Math.sin(lambda), y: Math.cos(lambda), z: 0 };
  const along = (axis: keyof Vector): number => Math.cos(bearing) * north[axis] + Math.sin(bearing) * east[axis];
  const arrive = (axis: keyof Vector): number => Math.cos(angle) * up[axis] + Math.sin(angle) * along(axis);
  return toPosition({ x: arrive("x"), y: arrive("y"), z: arrive("z") });
}
