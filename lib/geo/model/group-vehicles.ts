import { AppError } from "@/lib/kernel/errors";
import type { TrackPoint } from "@/lib/geo/model/track";

/** Points that are held at a time, some 100 bytes each: a gigabyte. */
export const POINTS_MAX = 10_000_000;

/**
 * Points of a file by vehicle, each in the file's order: one entry is one vehicle for cleaning and for its privacy budget.
 * Throws `file.too-large` beyond `pointsMax` points.
 */
export async function groupVehicles(points: AsyncIterable<TrackPoint>, pointsMax = POINTS_MAX): Promise<Map<string, TrackPoint[]>> {
  const vehicles = new Map<string, TrackPoint[]>();
  let count = 0;
  for await (const point of points) {
    count += 1;
    if (count > pointsMax) throw new AppError("file.too-large", `The file holds more than ${pointsMax.toLocaleString("en-US")} points. Split it by day.`);
    const known = vehicles.get(point.vehicle);
    if (known === undefined) vehicles.set(point.vehicle, [point]);
    else known.push(point);
  }
  return vehicles;
}
