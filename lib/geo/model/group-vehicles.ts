import type { TrackPoint } from "@/lib/geo/model/track";

/** Points of a file by vehicle, each in the file's order: one entry is one vehicle for cleaning and for its privacy budget. */
export async function groupVehicles(points: AsyncIterable<TrackPoint>): Promise<Map<string, TrackPoint[]>> {
  const vehicles = new Map<string, TrackPoint[]>();
  for await (const point of points) {
    const known = vehicles.get(point.vehicle);
    if (known === undefined) vehicles.set(point.vehicle, [point]);
    else known.push(point);
  }
  return vehicles;
}
