import type { Fix } from "@/lib/geo/model/clean-track";
import { metresApart, normalize, toPosition, type Vector } from "@/lib/geo/model/sphere";
import type { Position } from "@/lib/geo/model/track";

/** A pause in the recording of more than this ends a trip. */
export const PAUSE_MS = 300_000;
/** Staying this long within `STAY_METRES` ends a trip too, though the recording goes on: a parked car, not a red light. */
export const STAY_MS = 600_000;
export const STAY_METRES = 100;

/** Fixes since the vehicle was last seen further away than `STAY_METRES` from the first of them. */
type Stay = { readonly anchor: Fix; readonly sum: { x: number; y: number; z: number }; lastMs: number };

function beginStay(anchor: Fix): Stay {
  return { anchor, sum: { x: anchor.x, y: anchor.y, z: anchor.z }, lastMs: anchor.timeMs };
}

/** The middle of a stay that was long enough. */
function endOfStay({ anchor, sum, lastMs }: Stay): Vector[] {
  return lastMs - anchor.timeMs >= STAY_MS ? [normalize(sum)] : [];
}

function findStays(fixes: readonly Fix[]): Vector[] {
  const places: Vector[] = [];
  let stay: Stay | undefined;
  for (const fix of fixes) {
    if (stay === undefined || metresApart(stay.anchor, fix) > STAY_METRES) {
      if (stay !== undefined) places.push(...endOfStay(stay));
      stay = beginStay(fix);
      continue;
    }
    stay.sum.x += fix.x;
    stay.sum.y += fix.y;
    stay.sum.z += fix.z;
    stay.lastMs = fix.timeMs;
  }
  return stay === undefined ? places : [...places, ...endOfStay(stay)];
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
  return [...findPauses(segments), ...findStays(segments.flat())].map(toPosition);
}
