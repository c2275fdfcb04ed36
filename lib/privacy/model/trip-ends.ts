import type { Fix } from "@/lib/geo/model/clean-track";
import { chordOf, normalize, toPosition, type Vector } from "@/lib/geo/model/sphere";
import type { Position } from "@/lib/geo/model/track";

/** A pause in the recording of more than this ends a trip. */
export const PAUSE_MS = 300_000;
/** Staying this long within `STAY_METRES` ends a trip too, though the recording goes on: a parked car, not a red light. */
export const STAY_MS = 600_000;
export const STAY_METRES = 100;

const STAY_CHORD_SQUARE = chordOf(STAY_METRES) ** 2;

/** Whether two fixes are at most `STAY_METRES` apart. */
function isNear(left: Vector, right: Vector): boolean {
  return (left.x - right.x) ** 2 + (left.y - right.y) ** 2 + (left.z - right.z) ** 2 <= STAY_CHORD_SQUARE;
}

/** The middle of fixes that lie within a few hundred metres. */
function middleOf(fixes: readonly Fix[]): Vector {
  const sum = (axis: keyof Vector): number => fixes.reduce((total, fix) => total + fix[axis], 0);
  return normalize({ x: sum("x"), y: sum("y"), z: sum("z") });
}

/** The middle of a row of fixes that lasted long enough for a stay. */
function stayOf(row: readonly Fix[]): Vector[] {
  const [first, last] = [row[0], row.at(-1)];
  return first !== undefined && last !== undefined && last.timeMs - first.timeMs >= STAY_MS ? [middleOf(row)] : [];
}

/** Rows of fixes that are all near the first of their row, over gaps too. */
function findStays(segments: readonly (readonly Fix[])[]): Vector[] {
  const places: Vector[] = [];
  let row: Fix[] = [];
  for (const segment of segments) {
    for (const fix of segment) {
      const anchor = row[0];
      if (anchor !== undefined && !isNear(anchor, fix)) {
        places.push(...stayOf(row));
        row = [];
      }
      row.push(fix);
    }
  }
  return [...places, ...stayOf(row)];
}

/** Both sides of every pause, the very first fix and the very last. */
function findPauses(segments: readonly (readonly Fix[])[]): Fix[] {
  const ends: Fix[] = [];
  let last: Fix | undefined;
  for (const segment of segments) {
    const first = segment[0];
    if (first === undefined) continue;
    if (last === undefined || first.timeMs - last.timeMs > PAUSE_MS) ends.push(...(last === undefined ? [first] : [last, first]));
    last = segment.at(-1) ?? first;
  }
  return last === undefined ? ends : [...ends, last];
}

/**
 * Where one vehicle's trips begin and end: the recording's two ends, both sides of every pause of more than 5 minutes, and every place
 * where it stayed within 100 m for 10 minutes or more. Segments in order of time, as the cleaning gives them. Places may come twice.
 */
export function findTripEnds(segments: readonly (readonly Fix[])[]): Position[] {
  return [...findPauses(segments), ...findStays(segments)].map(toPosition);
}
