import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fix } from "@/lib/geo/model/clean-track";
import { metresAlong, metresBetween, toPosition, toVector, travel } from "@/lib/geo/model/sphere";
import type { Position } from "@/lib/geo/model/track";
import { cutDiscs } from "@/lib/privacy/model/cut-discs";
import { isHidden, type SecretDisc } from "@/lib/privacy/model/zones";

const seed = 20_260_411;
const home = { latitude: 41.88, longitude: -87.63 };

function fix(seconds: number, position: Position): Fix {
  return { timeMs: 1_000_000 + seconds * 1_000, ...toVector(position) };
}

function disc(centre: Position, radiusMetres: number): SecretDisc {
  return { place: centre, centre, radiusMetres };
}

/** Straight east through the middle of home, 100 m every 10 s, from 2 km west to 2 km east. */
const through = Array.from({ length: 41 }, (_, index) => fix(10 * index, travel(home, Math.PI / 2, -2_000 + 100 * index)));

describe("cutting discs out of drives", () => {
  it("cuts a passing drive in two at the disc's border", () => {
    const { segments, cutMetres, cutPoints } = cutDiscs([through], [disc(home, 830)]);
    expect(segments).toHaveLength(2);
    expect(cutMetres).toBeCloseTo(1_660, 3);
    expect(cutPoints).toBe(17);
    const [before = [], after = []] = segments;
    for (const border of [before.at(-1), after[0]]) expect(metresBetween(home, toPosition(border ?? fix(0, home)))).toBeCloseTo(830, 3);
    expect(before.at(-1)?.timeMs).toBeCloseTo(1_000_000 + 117_000, 0);
    expect(after[0]?.timeMs).toBeCloseTo(1_000_000 + 283_000, 0);
  });

  it("cuts a disc that lies between two fixes", () => {
    const { segments, cutMetres, cutPoints } = cutDiscs([[fix(0, travel(home, 0, 950)), fix(80, travel(home, Math.PI, 950))]], [disc(home, 400)]);
    expect(segments.map((segment) => segment.length)).toEqual([2, 2]);
    expect(cutMetres).toBeCloseTo(800, 3);
    expect(cutPoints).toBe(0);
  });

  it("cuts overlapping discs once", () => {
    const { segments, cutMetres } = cutDiscs([through], [disc(home, 500), disc(travel(home, Math.PI / 2, 600), 500), disc(home, 300)]);
    expect(segments).toHaveLength(2);
    expect(cutMetres).toBeCloseTo(1_600, 2);
  });

  it("leaves drives alone that touch no disc, and all drives when there is none", () => {
    expect(cutDiscs([through], []).segments).toEqual([through]);
    const far = cutDiscs([through], [disc(travel(home, 0, 801), 800)]);
    expect(far).toEqual({ segments: [through], cutMetres: 0, cutPoints: 0 });
  });

  it("leaves nothing of a drive inside one disc", () => {
    expect(cutDiscs([through], [disc(home, 2_500)])).toMatchObject({ segments: [], cutPoints: 41 });
    expect(cutDiscs([[fix(0, home)]], [disc(home, 10)])).toEqual({ segments: [], cutMetres: 0, cutPoints: 1 });
    expect(cutDiscs([[fix(0, home), fix(10, home)]], [disc(home, 10)])).toEqual({ segments: [], cutMetres: 0, cutPoints: 2 });
    expect(cutDiscs([[]], [disc(home, 10)]).segments).toEqual([]);
  });

  it.each<[string, Position]>([["the antimeridian", { latitude: -17, longitude: 180 }], ["the north pole", { latitude: 90, longitude: 0 }]])("works at %s", (_, centre) => {
    const drive = [-900, -300, 300, 900].map((metres, index) => fix(30 * index, travel({ ...centre, latitude: centre.latitude - 1e-9 }, Math.PI / 2, metres)));
    const { segments, cutMetres } = cutDiscs([drive], [disc(centre, 500)]);
    expect(segments).toHaveLength(2);
    expect(cutMetres).toBeCloseTo(1_000, 0);
  });

  it("of any drives leaves no point inside any disc, loses nothing outside, and counts what it cut", () => {
    const step = fc.record({ bearing: fc.double({ min: 0, max: 6.28, noNaN: true }), metres: fc.double({ min: 0, max: 1_900, noNaN: true }) });
    const place = fc.record({ bearing: fc.double({ min: 0, max: 6.28, noNaN: true }), metres: fc.double({ min: 0, max: 5_000, noNaN: true }), radius: fc.integer({ min: 50, max: 1_500 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.array(place, { maxLength: 4 }), (steps, places) => {
        let position: Position = home;
        const drive = [fix(0, home), ...steps.map(({ bearing, metres }, index) => {
          position = travel(position, bearing, metres);
          return fix(60 * (index + 1), position);
        })];
        const discs = places.map(({ bearing, metres, radius }) => disc(travel(home, bearing, metres), radius));
        const { segments, cutMetres, cutPoints } = cutDiscs([drive], discs);
        const kept = segments.reduce((sum, segment) => sum + metresAlong(segment), 0);
        expect(kept + cutMetres).toBeCloseTo(metresAlong(drive), 2);
        expect(cutPoints).toBe(drive.filter((one) => isHidden(discs, toPosition(one))).length);
        const smaller = discs.map((one) => ({ ...one, radiusMetres: one.radiusMetres - 0.01 }));
        for (const segment of segments) {
          for (const [index, one] of segment.entries()) {
            expect(isHidden(smaller, toPosition(one))).toBe(false);
            const before = segment[index - 1];
            if (before === undefined) continue;
            const middle = { x: (before.x + one.x) / 2, y: (before.y + one.y) / 2, z: (before.z + one.z) / 2 };
            expect(isHidden(smaller, toPosition(middle))).toBe(false);
            expect(one.timeMs).toBeGreaterThanOrEqual(before.timeMs);
          }
        }
      }),
      { seed, numRuns: 200 },
    );
  });
});
