import { speedClass, speedKmh } from "@/lib/geo/model/speed-class";
import { type Region, regionTiles } from "@/lib/geo/model/region";
import { bitOf, COUNTERS } from "@/lib/geo/model/words";
import { type RandomSource, shuffle } from "@/lib/kernel/random";
import { chooseCovers } from "@/lib/privacy/model/choose-cover";
import { sampleVisits } from "@/lib/privacy/model/sample-visits";
import { seededUniform, type Uniform } from "@/lib/privacy/model/seeded-random";
import { type CityRoute, type CityRoutes, mainCover, type RouteVisit } from "@/local/city/past/city-routes";
import type { Streets } from "@/local/city/streets";
import { freeSpeedKmh } from "@/local/city/streets/road-classes";
import { type Slowdown, slowdownAt } from "@/local/city/traffic/congestion";
import { trafficAt } from "@/local/city/traffic/time-of-day";

/** Most contributions that a tile takes in an epoch; the contract refuses more. */
export const CONTRIBUTIONS_MAX = 4_032;

/** What one tile was sent in one epoch: how many contributions, and the sums of their 245 bits. */
export type TileTraffic = { readonly tile: string; readonly tickets: number; readonly counts: Uint16Array };

export type HourWish = {
  readonly streets: Streets;
  readonly routes: CityRoutes;
  readonly region: Region;
  /** Unix second at which the epoch begins. */
  readonly start: number;
  readonly epochSeconds: number;
  /** Contributing vehicles of the busiest hour. */
  readonly vehicles: number;
  /** Equal seeds, hours and routes give equal traffic. */
  readonly seed: number;
};

/** What braking and starting again cost besides the wait, seconds at 40 km/h. */
const STOP_SECONDS = 6;
/** How much one day's traffic differs from another's. */
const DAY_SPREAD = 0.06;

/** How many trips a vehicle makes in an hour, by its share: commuters one; taxis, buses and vans up to four in one part of the city. */
const TRIPS = [0.15, 0.2, 0.25, 0.4] as const;

/** One vehicle's kept visit. */
type Kept = { readonly vehicle: number; readonly visit: RouteVisit };

/**
 * The traffic of one epoch as it is contributed: vehicles choose among the routes by the time of day, each keeps a
 * visit with the region's rate, at most its day's limit, and sends those of the cover that holds most of them. The
 * speed of a kept visit follows from the roads, their load at that hour, the driver's pace and the junctions' waits.
 */
export function drawTraffic(wish: HourWish): TileTraffic[] {
  const { region, start, seed } = wish;
  const uniform = seededUniform(BigInt(seed), BigInt(start));
  const traffic = trafficAt((start + wish.epochSeconds / 2) * 1000);
  const day = 1 + DAY_SPREAD * (2 * uniform() - 1);
  const count = Math.round(wish.vehicles * traffic.level * day);
  const drives = Array.from({ length: count }, () => chooseDrive(wish.routes, traffic.outboundShare, uniform));
  const slowdown = slowdownAt(wish.streets, traffic);
  const sums = new TrafficSums(region);
  for (const { cover, visits } of keepVisits(drives, region, fastRandom(uniform))) {
    const pace = 0.88 + 0.24 * uniform();
    const classed = visits.map((visit) => ({ visit, class: speedClass(speedOf(visit, { slowdown, pace, uniform }), region.speedEdges) }));
    sums.add(cover, classed);
  }
  return sums.tiles();
}

/** What one vehicle drives in the hour. A cell is visited once, however many of its trips lead through it. */
function chooseDrive(routes: CityRoutes, outboundShare: number, uniform: Uniform): CityRoute {
  let left = uniform();
  const trips = TRIPS.findIndex((share) => (left -= share) < 0) + 1;
  const visits = new Map<number, RouteVisit>();
  let cover: number | undefined;
  for (let trip = 0; trip < Math.max(1, trips); trip += 1) {
    const { all, byCover } = uniform() < outboundShare ? routes.outbound : routes.inbound;
    const choice = cover === undefined ? all : (byCover.get(cover) ?? all);
    const route = choice[Math.floor(uniform() * choice.length)] ?? [];
    cover ??= mainCover(route);
    for (const visit of route) if (!visits.has(visit.place)) visits.set(visit.place, visit);
  }
  return [...visits.values()];
}

/** Samples all vehicles' visits in one go, then clips and chooses covers vehicle by vehicle. Those that keep nothing send nothing. */
function* keepVisits(drives: readonly CityRoute[], region: Region, random: RandomSource): Generator<{ cover: number; visits: RouteVisit[] }> {
  const all = drives.flatMap((drive, vehicle) => drive.map((visit): Kept => ({ vehicle, visit })));
  let own: RouteVisit[] = [];
  const kept = sampleVisits(all, region.samplingRate, random);
  for (const [index, { vehicle, visit }] of kept.entries()) {
    own.push(visit);
    if (kept[index + 1]?.vehicle === vehicle) continue;
    yield* sendVisits(own, region, random);
    own = [];
  }
}

/** Each vehicle's hour is its day, so that the day's limit is the hour's. */
function* sendVisits(visits: readonly RouteVisit[], { visitsMax }: Region, random: RandomSource): Generator<{ cover: number; visits: RouteVisit[] }> {
  const clipped = visits.length > visitsMax ? shuffle(random, visits).slice(0, visitsMax) : visits;
  for (const { cover, visits: chosen } of chooseCovers(clipped.map((visit) => ({ epoch: 0, cover: visit.cover, visit })))) {
    yield { cover, visits: chosen.map(({ visit }) => visit) };
  }
}

function speedOf({ metres, stretches, junctions }: RouteVisit, { slowdown, pace, uniform }: { slowdown: Slowdown; pace: number; uniform: Uniform }): number {
  let seconds = 0;
  for (const { edge, metres: part } of stretches) seconds += (3.6 * part * slowdown(edge)) / (freeSpeedKmh[edge.roadClass] * pace);
  for (const { chance, least, most } of junctions) if (uniform() < chance) seconds += STOP_SECONDS + least + (most - least) * uniform();
  return speedKmh(metres, seconds);
}

/** Counters of all tiles of a region. Every contribution to a cover is a ticket of each of its tiles. */
class TrafficSums {
  private readonly tickets: number[];
  private readonly counts: ReadonlyMap<string, Uint16Array>;

  constructor(private readonly region: Region) {
    this.tickets = region.covers.map(() => 0);
    this.counts = new Map(regionTiles(region).map((tile) => [tile, new Uint16Array(COUNTERS)]));
  }

  add(cover: number, visits: readonly { visit: RouteVisit; class: number }[]): void {
    const before = this.tickets[cover] ?? 0;
    if (before >= CONTRIBUTIONS_MAX) return;
    this.tickets[cover] = before + 1;
    for (const { visit, class: reached } of visits) {
      const counts = this.counts.get(visit.tile);
      const bit = bitOf(visit.cell, reached);
      if (counts !== undefined) counts[bit] = (counts[bit] ?? 0) + 1;
    }
  }

  tiles(): TileTraffic[] {
    return this.region.covers.flatMap((tiles, cover) =>
      tiles.map((tile) => ({ tile, tickets: this.tickets[cover] ?? 0, counts: this.counts.get(tile) ?? new Uint16Array(COUNTERS) })),
    );
  }
}

/** The same numbers as bytes, quickly. */
function fastRandom(uniform: Uniform): RandomSource {
  return {
    bytes: (length) => {
      const words = new Uint32Array(Math.ceil(length / 4));
      for (let index = 0; index < words.length; index += 1) words[index] = Math.floor(uniform() * 2 ** 32);
      return new Uint8Array(words.buffer, 0, length);
    },
  };
}
