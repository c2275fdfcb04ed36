import { expect, test, vi } from "vitest";
import { lonLatToGrid } from "@/local/city/basemap/grid";
import { readStreets, type StreetEdge } from "@/local/city/streets";
import { findRoute } from "@/local/city/streets/find-route";
import { nearestNode } from "@/local/city/streets/nearest-node";
import type { RoadClass } from "@/local/city/streets/road-classes";
import { slowdownAt } from "@/local/city/traffic/congestion";
import { driveRoute, type Fix } from "@/local/city/traffic/drive";
import { seededRandom } from "@/local/city/traffic/seeded-random";
import { trafficAt } from "@/local/city/traffic/time-of-day";

vi.setConfig({ testTimeout: 120_000 });

const streets = await readStreets();
const at = (longitude: number, latitude: number) => nearestNode(lonLatToGrid(longitude, latitude), streets);

/** The longest stretch of a route that stays on roads of some classes. */
function longestStretch(route: readonly StreetEdge[], classes: readonly RoadClass[]): StreetEdge[] {
  const stretches: StreetEdge[][] = [[]];
  for (const edge of route) {
    if (classes.includes(edge.roadClass)) stretches.at(-1)?.push(edge);
    else stretches.push([]);
  }
  return stretches.reduce((best, stretch) => (stretch.length > best.length ? stretch : best));
}

function drive(route: readonly StreetEdge[], timeMs: number, seed = "drive"): Fix[] {
  const slowdown = slowdownAt(streets, trafficAt(timeMs));
  return [...driveRoute({ streets, route, startMs: timeMs, slowdown, pace: 1, random: seededRandom(seed) })];
}

function kmh(route: readonly StreetEdge[], timeMs: number, seed: string): number {
  const fixes = drive(route, timeMs, seed);
  const metres = route.reduce((sum, { lengthMetres }) => sum + lengthMetres, 0);
  return (3600 * metres) / ((fixes.at(-1)?.timeMs ?? timeMs) - timeMs);
}

function meanKmh(route: readonly StreetEdge[], timeMs: number): number {
  const speeds = Array.from({ length: 20 }, (_, seed) => kmh(route, timeMs, String(seed)));
  return speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length;
}

const midday = Date.UTC(2026, 5, 10, 18);
const rushHour = Date.UTC(2026, 5, 10, 22);
const night = Date.UTC(2026, 5, 10, 8);
const eisenhower = longestStretch(findRoute(streets, { from: at(-87.75, 41.87), to: at(-87.64, 41.876) }), ["motorway"]);
const western = longestStretch(findRoute(streets, { from: at(-87.6868, 41.91), to: at(-87.6845, 41.83) }), ["primary", "secondary", "tertiary"]);

test("arterials take 15 to 35 km/h by day, lights included", () => {
  for (const timeMs of [midday, rushHour]) {
    const speed = meanKmh(western, timeMs);
    expect(speed).toBeGreaterThan(15);
    expect(speed).toBeLessThan(35);
  }
});

test("the expressway takes 40 to 90 km/h at any time, less in the rush hour", () => {
  const speeds = [night, midday, rushHour].map((timeMs) => meanKmh(eisenhower, timeMs));
  for (const speed of speeds) {
    expect(speed).toBeGreaterThan(40);
    expect(speed).toBeLessThan(90);
  }
  expect(speeds[2]).toBeLessThan((speeds[0] ?? 0) * 0.8);
});

test("a drive begins at the route's first node, ends at its last and stands at lights in between", () => {
  const fixes = drive(western, midday);
  expect(fixes[0]).toMatchObject(western[0]?.shape[0] ?? {});
  expect(fixes.at(-1)).toMatchObject(western.at(-1)?.shape.at(-1) ?? {});
  const standing = fixes.filter((fix, index) => fix.x === fixes[index - 1]?.x && fix.y === fixes[index - 1]?.y);
  expect(standing.length).toBeGreaterThan(20);
});

test("nobody brakes or starts harder than a person would", () => {
  const fixes = drive(western, midday);
  const speeds = fixes.slice(1).map((fix, index) => Math.hypot(fix.x - (fixes[index]?.x ?? 0), fix.y - (fixes[index]?.y ?? 0)) * streets.metresPerUnit);
  speeds.forEach((speed, index) => {
    const change = speed - (speeds[index - 1] ?? speed);
    expect(change).toBeLessThan(2.5);
    expect(change).toBeGreaterThan(-4.5);
  });
});

test("an empty route is no drive", () => {
  expect(drive([], midday)).toEqual([]);
});
