import { type RandomSource, uniform } from "@/lib/kernel/random";
import type { TrackPoint } from "@/lib/geo/model/track";
import { gridToLonLat } from "@/local/city/basemap/grid";
import type { Streets } from "@/local/city/streets";
import { type Area, areaOf } from "@/local/city/traffic/area";
import { chooseTrip } from "@/local/city/traffic/choose-trip";
import { type Slowdown, slowdownAt } from "@/local/city/traffic/congestion";
import { driveRoute, type Fix } from "@/local/city/traffic/drive";
import { between, normal, seededRandom } from "@/local/city/traffic/seeded-random";
import { trafficAt } from "@/local/city/traffic/time-of-day";

export type FleetWish = {
  readonly streets: Streets;
  /** How many vehicles. */
  readonly vehicles: number;
  /** Equal seeds (and windows, areas) give equal fleets; a vehicle does not depend on how many others there are. */
  readonly seed: number;
  /** The window that is driven in, milliseconds since 1970; the end is not included. */
  readonly fromMs: number;
  readonly toMs: number;
  /** H3 tiles of one resolution that every trip drives through. */
  readonly area: readonly string[];
};

/** The positions of one simulated vehicle, in the order of time, about one every 5 seconds. */
export type SimulatedVehicle = { readonly vehicle: string; readonly points: readonly TrackPoint[] };

/** How long before the window a vehicle may have set out, so that not all of them start at its beginning. */
const LEAD_SECONDS = 300;
const ATTEMPTS = 8;
const GPS_METRES = 3;
/** How much of the receiver's error is still there at the next fix. */
const GPS_MEMORY = 0.85;

/** Traffic changes slowly: what streets take is worked out once for so many minutes. */
const TRAFFIC_STEP_MS = 600_000;

type Conditions = { readonly outboundShare: number; readonly slowdown: Slowdown };

type Journey = {
  readonly streets: Streets;
  readonly area: Area;
  readonly conditionsAt: (timeMs: number) => Conditions;
  readonly driver: number;
  readonly random: RandomSource;
};

/**
 * Simulates vehicles on the real streets: where trips begin and end follows the time of day, drivers take the way
 * they believe to be the quickest, speeds follow the road's class and its load, with waits at junctions. All of them
 * drive through the area during the whole window, with short stops between their trips.
 * Throws `region.outside` when the area is not wholly on the map.
 */
export function simulateFleet(wish: FleetWish): SimulatedVehicle[] {
  const { streets } = wish;
  const area = areaOf(streets, wish.area);
  const conditionsAt = rememberConditions(streets);
  return Array.from({ length: wish.vehicles }, (_, index) => simulateVehicle(wish, { index, area, conditionsAt }));
}

type Surroundings = { readonly index: number; readonly area: Area; readonly conditionsAt: (timeMs: number) => Conditions };

/** One vehicle; one that would not reach the area within the window is drawn anew. */
function simulateVehicle(wish: FleetWish, { index, area, conditionsAt }: Surroundings): SimulatedVehicle {
  const { streets, seed, fromMs } = wish;
  const vehicle = `simulated-${seed}-${String(index + 1).padStart(4, "0")}`;
  for (let attempt = 1; ; attempt += 1) {
    const random = seededRandom(`${vehicle}/${fromMs}/${attempt}`);
    const fixes = driveAround({ streets, area, conditionsAt, driver: index + 1000 * seed, random }, wish);
    if (attempt < ATTEMPTS && !fixes.some(area.contains)) continue;
    return { vehicle, points: receive(fixes, { vehicle, streets, random }) };
  }
}

function rememberConditions(streets: Streets): (timeMs: number) => Conditions {
  const known = new Map<number, Conditions>();
  return (timeMs) => {
    const step = Math.floor(timeMs / TRAFFIC_STEP_MS);
    const traffic = trafficAt(step * TRAFFIC_STEP_MS);
    const conditions = known.get(step) ?? { outboundShare: traffic.outboundShare, slowdown: slowdownAt(streets, traffic) };
    known.set(step, conditions);
    return conditions;
  };
}

/** One vehicle's trips, one after the other; the first is under way when the window begins. */
function driveAround({ streets, area, conditionsAt, driver, random }: Journey, { fromMs, toMs }: FleetWish): Fix[] {
  const pace = between(random, 0.88, 1.12);
  const fixes: Fix[] = [];
  let from: number | null = null;
  let startMs = fromMs - Math.round(between(random, 0, LEAD_SECONDS)) * 1000;
  while (startMs < toMs) {
    const { slowdown, outboundShare } = conditionsAt(startMs);
    const route = chooseTrip({ streets, area, slowdown, outboundShare, from, driver, random });
    let endMs = startMs;
    let nextMs = startMs;
    for (const fix of driveRoute({ streets, route, startMs, slowdown, pace, random })) {
      endMs = fix.timeMs;
      if (fix.timeMs < nextMs || fix.timeMs < fromMs || fix.timeMs >= toMs) continue;
      fixes.push(fix);
      nextMs = fix.timeMs + (uniform(random) < 0.8 ? 5000 : 6000);
    }
    from = route.at(-1)?.to ?? null;
    startMs = endMs + Math.round(between(random, 60, 300)) * 1000;
  }
  return fixes;
}

/** What a satellite receiver makes of it: errors of some metres that change slowly. */
function receive(fixes: readonly Fix[], { vehicle, streets, random }: { vehicle: string; streets: Streets; random: RandomSource }): TrackPoint[] {
  const units = GPS_METRES / streets.metresPerUnit;
  const fresh = Math.sqrt(1 - GPS_MEMORY ** 2);
  let [east, south] = [normal(random), normal(random)];
  return fixes.map((fix) => {
    east = GPS_MEMORY * east + fresh * normal(random);
    south = GPS_MEMORY * south + fresh * normal(random);
    const [longitude, latitude] = gridToLonLat({ x: fix.x + units * east, y: fix.y + units * south });
    return { vehicle, timeMs: fix.timeMs, latitude: roundDegrees(latitude), longitude: roundDegrees(longitude) };
  });
}

function roundDegrees(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
