import { epochStart, type Region } from "@/lib/geo/model/region";
import type { TrackPoint } from "@/lib/geo/model/track";

/**
 * Moves a recording in time so that it begins with the given epoch, keeping its pace: for trying the product with an old
 * drive. What of it is longer than the epoch falls into epochs that have not begun, and is dropped later.
 */
export function shiftToEpoch(points: readonly TrackPoint[], region: Region, epoch: number): TrackPoint[] {
  const first = points.reduce((least, { timeMs }) => Math.min(least, timeMs), Number.POSITIVE_INFINITY);
  if (!Number.isFinite(first)) return [];
  const moved = epochStart(region, epoch) * 1_000 - first;
  return points.map((point) => ({ ...point, timeMs: point.timeMs + moved }));
}
