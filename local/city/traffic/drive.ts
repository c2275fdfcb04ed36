import type { RandomSource } from "@/lib/kernel/random";
import type { GridPoint } from "@/local/city/basemap/grid";
import type { StreetEdge, Streets } from "@/local/city/streets";
import { freeSpeedKmh } from "@/local/city/streets/road-classes";
import type { Slowdown } from "@/local/city/traffic/congestion";
import { passJunction } from "@/local/city/traffic/junctions";

/** Where a vehicle is, on the map's grid, at a time (milliseconds since 1970). */
export type Fix = GridPoint & { readonly timeMs: number };

export type Drive = {
  readonly streets: Streets;
  readonly route: readonly StreetEdge[];
  readonly startMs: number;
  readonly slowdown: Slowdown;
  /** The driver's speed as a share of what others drive there. */
  readonly pace: number;
  readonly random: RandomSource;
};

const ACCELERATION = 1.6;
const BRAKING = 2.2;
const CREEPING = 0.8;

/** A place along the route, in metres from its start, with what happens there. */
type Mark = { readonly at: number; readonly speedMax: number; readonly waitSeconds: number };
type Leg = { readonly edge: StreetEdge; readonly startsAt: number; readonly endsAt: number; readonly cruise: number };

/** Drives a route in steps of one second: cruises, brakes for corners and lights, waits, starts again. */
export function* driveRoute(drive: Drive): Generator<Fix> {
  const legs = legsOf(drive);
  const marks = marksOf(legs, drive);
  let [at, speed, timeMs] = [0, 0, drive.startMs];
  for (const [index, leg] of legs.entries()) {
    const mark = marks[index];
    while (mark !== undefined && at < leg.endsAt) {
      yield { ...pointOn(leg, at, drive.streets.metresPerUnit), timeMs };
      const braked = Math.sqrt(mark.speedMax ** 2 + 2 * BRAKING * (mark.at - at));
      speed = Math.max(CREEPING, Math.min(speed + ACCELERATION, leg.cruise, braked));
      at += speed;
      timeMs += 1000;
    }
    if (mark === undefined || mark.waitSeconds === 0) continue;
    [at, speed] = [leg.endsAt, 0];
    for (let waited = 0; waited < mark.waitSeconds; waited += 1) {
      yield { ...pointOn(leg, at, drive.streets.metresPerUnit), timeMs };
      timeMs += 1000;
    }
  }
}

function legsOf({ route, slowdown, pace }: Drive): Leg[] {
  let startsAt = 0;
  return route.map((edge) => {
    const leg = {
      edge,
      startsAt,
      endsAt: startsAt + edge.lengthMetres,
      cruise: ((freeSpeedKmh[edge.roadClass] / 3.6) * pace) / slowdown(edge),
    };
    startsAt = leg.endsAt;
    return leg;
  });
}

/** What happens at the end of each leg; the speed is such that the vehicle can also brake for what comes after. */
function marksOf(legs: readonly Leg[], { streets, random }: Drive): Mark[] {
  const marks = legs.map(({ edge, endsAt }, index): Mark => {
    const next = legs[index + 1];
    if (next === undefined) return { at: endsAt, speedMax: 0, waitSeconds: 1 };
    const passage = passJunction(streets, [edge, next.edge], random);
    return { at: endsAt, speedMax: Math.min(passage.speedMax, next.cruise), waitSeconds: passage.waitSeconds };
  });
  for (let index = marks.length - 2; index >= 0; index -= 1) {
    const [mark, after] = [marks[index], marks[index + 1]];
    if (mark === undefined || after === undefined) continue;
    const braked = Math.sqrt(after.speedMax ** 2 + 2 * BRAKING * (after.at - mark.at));
    marks[index] = { ...mark, speedMax: Math.min(mark.speedMax, braked) };
  }
  return marks;
}

/** The place on a leg's shape at a distance from the route's start; its end when the distance is beyond. */
function pointOn({ edge, startsAt }: Leg, at: number, metresPerUnit: number): GridPoint {
  let left = (at - startsAt) / metresPerUnit;
  let previous: GridPoint | undefined;
  for (const point of edge.shape) {
    const length = previous === undefined ? 0 : Math.hypot(point.x - previous.x, point.y - previous.y);
    if (previous !== undefined && left < length) {
      const share = left / length;
      return { x: previous.x + share * (point.x - previous.x), y: previous.y + share * (point.y - previous.y) };
    }
    left -= length;
    previous = point;
  }
  return previous ?? { x: 0, y: 0 };
}
