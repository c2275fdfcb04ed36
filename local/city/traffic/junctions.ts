import { type RandomSource, uniform } from "@/lib/kernel/random";
import type { GridPoint } from "@/local/city/basemap/grid";
import type { StreetEdge, Streets } from "@/local/city/streets";
import { importanceOf } from "@/local/city/streets/road-classes";
import { between } from "@/local/city/traffic/seeded-random";

/** What a junction asks of a vehicle: the speed (metres a second) at which it may be passed, and a wait (seconds) before. */
export type Passage = { readonly speedMax: number; readonly waitSeconds: number };

const STRAIGHT: Passage = { speedMax: Infinity, waitSeconds: 0 };

/** How a vehicle passes from one edge of its route to the next; chance decides whether the light is red. */
export function passJunction(streets: Streets, [arriving, leaving]: readonly [StreetEdge, StreetEdge], random: RandomSource): Passage {
  const waitSeconds = waitAt(streets, [arriving, leaving], random);
  if (waitSeconds > 0) return { speedMax: 0, waitSeconds };
  return { ...STRAIGHT, speedMax: turningSpeed(arriving, leaving) };
}

function waitAt(streets: Streets, [arriving, leaving]: readonly [StreetEdge, StreetEdge], random: RandomSource): number {
  const crossing = crossingImportance(streets, arriving, leaving);
  const chance = uniform(random);
  if (crossing === null || isFreeFlowing(arriving, leaving)) return 0;
  const [comesMajor, crossesMajor] = [isMajor(importanceOf(arriving.roadClass)), isMajor(crossing)];
  if (comesMajor && crossesMajor) return chance < 0.45 ? between(random, 3, 38) : 0; // a light
  if (comesMajor) return chance < 0.06 ? between(random, 2, 12) : 0; // somebody turns or crosses
  if (crossesMajor) return chance < 0.85 ? between(random, 2, 22) : 0; // gives way
  return chance < 0.4 ? between(random, 1, 4) : 0; // an all-way stop
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
