import { writeFile } from "node:fs/promises";
import { latLngToCell } from "h3-js";
import type { TrackPoint } from "@/lib/geo/model/track";
import { coverByTile } from "@/lib/geo/model/region";
import { sampleDriveRegion } from "@/lib/privacy/model/sample-drive";
import { drawRoutes } from "@/local/city/past/city-routes";
import { drawTraffic } from "@/local/city/past/hour-traffic";
import { readStreets } from "@/local/city/streets";
import { simulateFleet } from "@/local/city/traffic";

/**
 * Writes the drive that the privacy page follows, and the simulated traffic of everybody else in that hour:
 * node --conditions=react-server --import tsx scripts/make-sample-drive.ts
 */
const file = "lib/privacy/model/sample-drive.json";
const region = sampleDriveRegion;
const hour = { fromMs: region.start * 1000, toMs: (region.start + 1500) * 1000 };
const pauseMs = 180_000;

/** The longest stretch without a stop. */
function longestTrip(points: readonly TrackPoint[]): TrackPoint[] {
  const trips: TrackPoint[][] = [[]];
  for (const point of points) {
    const last = trips.at(-1)?.at(-1);
    if (last !== undefined && point.timeMs - last.timeMs > pauseMs) trips.push([]);
    trips.at(-1)?.push(point);
  }
  return trips.toSorted((one, other) => other.length - one.length)[0] ?? [];
}

/** Cells of the region's busiest cover that a trip reaches. */
function reach(points: readonly TrackPoint[]): number {
  const covers = coverByTile(region);
  const cells = region.covers.map(() => new Set<string>());
  for (const { latitude, longitude } of points) {
    const cover = covers.get(latLngToCell(latitude, longitude, region.tileResolution));
    if (cover !== undefined) cells[cover]?.add(latLngToCell(latitude, longitude, region.tileResolution + 2));
  }
  return Math.max(...cells.map(({ size }) => size));
}

const streets = await readStreets();
const fleet = simulateFleet({ streets, vehicles: 60, seed: 11, ...hour, area: region.covers.flat() });
const trips = fleet.map(({ points }) => longestTrip(points)).toSorted((one, other) => reach(other) - reach(one));
const trip = trips[0] ?? [];
const routes = drawRoutes({ streets, region, count: 600, seed: 11 });
const traffic = drawTraffic({ streets, routes, region, start: region.start, epochSeconds: region.epochSeconds, vehicles: 9_800, seed: 11 });
await writeFile(file, `${JSON.stringify({
  points: trip.map(({ timeMs, latitude, longitude }) => [Math.round(timeMs / 1000 - region.start), Number(latitude.toFixed(5)), Number(longitude.toFixed(5))]),
  others: Object.fromEntries(traffic.map(({ tile, tickets, counts }) => [tile, { tickets, counts: [...counts] }])),
})}\n`);
console.log(`${file}: ${trip.length} points, ${reach(trip)} cells in one cover, ${traffic.length} tiles, ${traffic[0]?.tickets} contributions in the first`);
