import { type RandomSource, uniform } from "@/lib/kernel/random";
import type { GridPoint } from "@/local/city/basemap/grid";
import type { StreetEdge, Streets } from "@/local/city/streets";
import { findRoute, freeSeconds } from "@/local/city/streets/find-route";
import type { Slowdown } from "@/local/city/traffic/congestion";
import { choosePlace, type TripEnds } from "@/local/city/traffic/places";
import { noiseOf } from "@/local/city/traffic/seeded-random";
import type { Area } from "@/local/city/traffic/area";

export type TripWish = {
  readonly streets: Streets;
  readonly area: Area;
  readonly slowdown: Slowdown;
  readonly outboundShare: number;
  /** Where the vehicle stands; null when it may begin anywhere. */
  readonly from: number | null;
  /** Which drivers know which short cuts. */
  readonly driver: number;
  readonly random: RandomSource;
};

const ATTEMPTS = 24;
/** Of all trips so many only pass through the area, and so many both begin and end in it. */
const THROUGH_SHARE = 0.2;
const LOCAL_SHARE = 0.3;
/** A trip counts when it drives this far inside of the area. */
const INSIDE_METRES_MIN = 400;

/** The route of a trip that drives through the area: one that begins, ends or passes there. */
export function chooseTrip(wish: TripWish): StreetEdge[] {
  const { area, streets } = wish;
  let best: { route: StreetEdge[]; inside: number } = { route: [], inside: -1 };
  for (let attempt = 0; attempt < ATTEMPTS && best.inside < INSIDE_METRES_MIN; attempt += 1) {
    const [from, to] = chooseEnds(wish);
    if (from === to || !mayPass(area, streets.nodes[from], streets.nodes[to])) continue;
    const route = findRoute(streets, { from, to, secondsOf: (edge) => expectedSeconds(wish, edge) });
    const inside = metresInside(area, route);
    if (inside > best.inside) best = { route, inside };
  }
  return best.route;
}

function chooseEnds({ area, outboundShare, from, random }: TripWish): readonly [number, number] {
  const isOutbound = uniform(random) < outboundShare;
  const kind = uniform(random);
  const isLocal = kind < LOCAL_SHARE;
  const isThrough = kind > 1 - THROUGH_SHARE;
  const beginsInside = isLocal || (!isThrough && uniform(random) < 0.5);
  const endsInside = isLocal || (!isThrough && !beginsInside);
  const ends = (isInside: boolean): TripEnds => (isInside ? area.insideEnds : area.nearEnds);
  const [origins, targets] = [ends(beginsInside), ends(endsInside)];
  const origin = from ?? choosePlace(isOutbound ? origins.homes : origins.works, random);
  return [origin, choosePlace(isOutbound ? targets.works : targets.homes, random)];
}

/** Whether the straight line between two places comes near the area; a cheap test before a route is searched. */
function mayPass({ center, radiusUnits }: Area, from: GridPoint | undefined, to: GridPoint | undefined): boolean {
  if (from === undefined || to === undefined) return false;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  if (length === 0) return false;
  const along = ((center.x - from.x) * dx + (center.y - from.y) * dy) / length;
  const nearest = Math.max(0, Math.min(length, along)) / length;
  return Math.hypot(from.x + nearest * dx - center.x, from.y + nearest * dy - center.y) < 1.2 * radiusUnits;
}

/** What a driver believes that an edge takes: today's traffic, and a habit of up to 35 % for or against the street. */
function expectedSeconds({ slowdown, driver }: TripWish, edge: StreetEdge): number {
  return freeSeconds(edge) * slowdown(edge) * (1 + 0.35 * noiseOf(edge.id, driver));
}

function metresInside({ isInside }: Area, route: readonly StreetEdge[]): number {
  return route.reduce((metres, { from, to, lengthMetres }) => metres + (isInside(from) && isInside(to) ? lengthMetres : 0), 0);
}
