import fc from "fast-check";
import { cellToLatLng, latLngToCell } from "h3-js";
import { describe, expect, it } from "vitest";
import { cleanTrack } from "@/lib/geo/model/clean-track";
import { crossCells, visitSpeed, type Visit } from "@/lib/geo/model/cross-cells";
import { metresApart, travel } from "@/lib/geo/model/sphere";
import type { Position, TrackPoint } from "@/lib/geo/model/track";

const seed = 20_260_406;
const startSeconds = 1_300_000_000;
const lattice = { tileResolution: 7, start: startSeconds, epochSeconds: 600 };
const [latitude, longitude] = cellToLatLng(latLngToCell(41.88, -87.63, 9));
/** The middle of a cell, 150 m from its borders. */
const city = { latitude, longitude };

function at(seconds: number, position: Position): TrackPoint {
  return { vehicle: "bus", timeMs: (startSeconds + seconds) * 1_000, ...position };
}

function cross(points: TrackPoint[], own = lattice): Visit[] {
  return crossCells(cleanTrack(points).segments, own);
}

function total(visits: readonly Visit[], of: "metres" | "seconds" | "points"): number {
  return visits.reduce((sum, visit) => sum + visit[of], 0);
}

describe("crossing cells", () => {
  it("keeps every metre and second, by cell and epoch", () => {
    const step = fc.record({ seconds: fc.integer({ min: 1, max: 120 }), metres: fc.double({ min: 0, max: 2_500, noNaN: true }), bearing: fc.double({ min: 0, max: 6.28, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), fc.integer({ min: 0, max: 5_000 }), (steps, from) => {
        let [seconds, position]: [number, Position] = [from, city];
        const points = [at(seconds, position), ...steps.map((one) => {
          seconds += one.seconds;
          position = travel(position, one.bearing, Math.min(one.metres, one.seconds * 50));
          return at(seconds, position);
        })];
        const { segments } = cleanTrack(points);
        const visits = crossCells(segments, lattice);
        const driven = segments.map((segment) => segment.slice(1).reduce((sum, next, index) => sum + metresApart(segment[index] ?? next, next), 0));
        const lasted = segments.map((segment) => ((segment.at(-1)?.timeMs ?? 0) - (segment[0]?.timeMs ?? 0)) / 1_000);
        expect(total(visits, "metres")).toBeCloseTo(driven.reduce((sum, metres) => sum + metres, 0), 4);
        expect(total(visits, "seconds")).toBeCloseTo(lasted.reduce((sum, one) => sum + one, 0), 6);
        expect(total(visits, "points")).toBeLessThanOrEqual(segments.flat().length);
        expect(new Set(visits.map(({ cell, epoch }) => `${cell} ${epoch}`)).size).toBe(visits.length);
        for (const { epoch, firstMs, lastMs } of visits) {
          expect(firstMs).toBeGreaterThanOrEqual((startSeconds + epoch * 600) * 1_000);
          expect(lastMs).toBeLessThanOrEqual((startSeconds + (epoch + 1) * 600) * 1_000);
        }
      }),
      { seed, numRuns: 200 },
    );
  });

  it("gives a segment's even speed to every cell on its way, and skips none", () => {
    const visits = cross([at(0, city), at(80, travel(city, 1, 1_600))]);
    expect(visits.length).toBeGreaterThan(4);
    for (const visit of visits) expect(visitSpeed(visit)).toBeCloseTo(72, 4);
  });

  it("takes the overall speed in a cell, standing included", () => {
    const there = travel(city, 0, 20);
    const visits = cross([at(0, city), at(10, there), at(70, there), at(80, city)]);
    expect(visits).toHaveLength(1);
    expect(visits[0]?.metres).toBeCloseTo(40, 4);
    expect(visits[0]?.seconds).toBe(80);
    expect(visits[0]).toMatchObject({ cell: latLngToCell(city.latitude, city.longitude, 9), epoch: 0, points: 4 });
  });

  it("adds up several passages through a cell within an epoch", () => {
    const away = travel(city, 0, 800);
    const visits = cross([at(0, city), at(60, away), at(120, city), at(180, away)]);
    const first = visits.find(({ cell }) => cell === latLngToCell(city.latitude, city.longitude, 9));
    expect(first?.firstMs).toBe(startSeconds * 1_000);
    expect(first?.lastMs).toBeGreaterThan((startSeconds + 120) * 1_000);
    expect(visits.every(({ epoch }) => epoch === 0)).toBe(true);
  });

  it("splits a segment by time where an epoch ends", () => {
    const there = travel(city, 0, 60);
    const visits = cross([at(580, city), at(640, there)]);
    expect(visits.map(({ epoch, seconds }) => [epoch, seconds])).toEqual([[0, 20], [1, 40]]);
    expect(visits[0]?.metres).toBeCloseTo(20, 4);
    expect(visits[1]?.metres).toBeCloseTo(40, 4);
  });

  it("puts the moment an epoch ends into the next one", () => {
    const visits = cross([at(590, city), at(600, city), at(610, city)]);
    expect(visits.map(({ epoch, points, seconds }) => [epoch, points, seconds])).toEqual([[0, 1, 10], [1, 2, 10]]);
  });

  it("cuts a segment into many short epochs", () => {
    const visits = cross([at(0, city), at(80, city)], { ...lattice, epochSeconds: 7 });
    expect(visits).toHaveLength(12);
    expect(total(visits, "seconds")).toBeCloseTo(80, 9);
  });

  it("counts time before the region's start in negative epochs", () => {
    expect(cross([at(-10, city), at(10, city)]).map(({ epoch }) => epoch)).toEqual([-1, 0]);
  });

  it("bridges no gap", () => {
    const far = travel(city, 0, 3_000);
    const visits = cross([at(0, city), at(10, city), at(90, far), at(100, far)]);
    expect(visits).toHaveLength(2);
    expect(total(visits, "seconds")).toBe(20);
  });

  it("makes nothing of lone fixes or of no segments", () => {
    expect(cross([at(0, city)])).toEqual([]);
    expect(cross([at(0, city), at(200, city), at(400, city)])).toEqual([]);
    expect(crossCells([], lattice)).toEqual([]);
  });

  it.each<[string, Position, number]>([
    ["across the antimeridian", { latitude: -17, longitude: 179.995 }, Math.PI / 2],
    ["over the north pole", { latitude: 89.995, longitude: 30 }, 0],
    ["over the south pole", { latitude: -89.995, longitude: 30 }, Math.PI],
  ])("works %s", (_, from, bearing) => {
    const visits = cross([at(0, from), at(60, travel(from, bearing, 1_200))]);
    expect(visits.length).toBeGreaterThan(3);
    expect(total(visits, "metres")).toBeCloseTo(1_200, 3);
  });
});
