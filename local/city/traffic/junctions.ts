import { type RandomSource, uniform } from "@/lib/kernel/random";
import type { GridPoint } from "@/local/city/basemap/grid";
import type { StreetEdge, Streets } from "@/local/city/streets";
import { importanceOf } from "@/local/city/streets/road-classes";
import { between } from "@/local/city/traffic/seeded-random";

/** What a junction asks of a vehicle: the speed (metres a second) at which it may be passed, and a wait (seconds) before. */
export type Passage = { readonly speedMax: number; readonly waitSeconds: number };

const STRAIGHT: Passage = { speedMax: Infinity, waitSeconds: 0 };

/** Where a vehicle may have to wait: how likely that is, and between how many seconds then. */
export type WaitRule = { readonly chance: number; readonly least: number; readonly most: number };

const rules = {
  light: { chance: 0.45, least: 3, most: 38 },
  /** Somebody turns or crosses. */
  disturbed: { chance: 0.06, least: 2, most: 12 },
  givesWay: { chance: 0.85, least: 2, most: 22 },
  allWayStop: { chance: 0.4, least: 1, most: 4 },
} as const satisfies Record<string, WaitRule>;

/** How a vehicle passes from one edge of its route to the next; chance decides whether the light is red. */
export function passJunction(streets: Streets, [arriving, leaving]: readonly [StreetEdge, StreetEdge], random: RandomSource): Passage {
  const rule = waitRuleAt(streets, [arriving, leaving]);
  const chance = uniform(random);
  if (rule !== null && chance < rule.chance) return { speedMax: 0, waitSeconds: between(random, rule.least, rule.most) };
  return { ...STRAIGHT, speedMax: turningSpeed(arriving, leaving) };
}

/** The rule of the junction between two edges of a route; null where traffic flows freely. */
export function waitRuleAt(streets: Streets, [arriving, leaving]: readonly [StreetEdge, StreetEdge]): WaitRule | null {
  const crossing = crossingImportance(streets, arriving, leaving);
  if (crossing === null || isFreeFlowing(arriving, leaving)) return null;
  const [comesMajor, crossesMajor] = [isMajor(importanceOf(arriving.roadClass)), isMajor(crossing)];
  if (comesMajor) return crossesMajor ? rules.light : rules.disturbed;
  return crossesMajor ? rules.givesWay : rules.allWayStop;
}

/** The most important of the other streets at the junction; null when there are none. */
function crossingImportance(streets: Streets, arriving: StreetEdge, leaving: StreetEdge): number | null {
  const others = [...(streets.leaving[arriving.to] ?? []), ...(streets.arriving[arriving.to] ?? [])].filter(
    ({ id }) => ![arriving.id, arriving.opposite, leaving.id, leaving.opposite].includes(id),
  );
  return others.length === 0 ? null : Math.min(...others.map(({ roadClass }) => importanceOf(roadClass)));
}

/** Motorways and ramps have no lights, until a ramp reaches a street. */
function isFreeFlowing(arriving: StreetEdge, leaving: StreetEdge): boolean {
  const isFast = ({ roadClass }: StreetEdge) => importanceOf(roadClass) <= importanceOf("trunk");
  return isFast(leaving) || (isFast(arriving) && arriving.roadClass !== "motorway_link");
}

function isMajor(importance: number): boolean {
  return importance <= importanceOf("tertiary");
}

/** Metres a second around a corner, from the angle between the last and the first piece of both edges. */
function turningSpeed(arriving: StreetEdge, leaving: StreetEdge): number {
  const angle = Math.abs(turnAngle([arriving.shape.at(-2), arriving.shape.at(-1)], [leaving.shape[0], leaving.shape[1]]));
  if (angle < 0.45) return Infinity;
  const isFast = importanceOf(leaving.roadClass) <= importanceOf("trunk");
  if (angle < 1) return isFast ? 18 : 10;
  return isFast ? 11 : 5.5;
}

type Direction = readonly [GridPoint | undefined, GridPoint | undefined];

function turnAngle([a, b]: Direction, [c, d]: Direction): number {
  if (a === undefined || b === undefined || c === undefined || d === undefined) return 0;
  const turn = Math.atan2(d.y - c.y, d.x - c.x) - Math.atan2(b.y - a.y, b.x - a.x);
  return Math.atan2(Math.sin(turn), Math.cos(turn));
}
