import fc from "fast-check";
import { greatCircleDistance, UNITS } from "h3-js";
import { describe, expect, it } from "vitest";
import { arcMetres, between, chordOf, metresApart, metresBetween, normalize, toPosition, toVector, travel } from "@/lib/geo/model/sphere";
import type { Position } from "@/lib/geo/model/track";

const seed = 20_260_403;
const anywhere = fc.record({ latitude: fc.double({ min: -90, max: 90, noNaN: true }), longitude: fc.double({ min: -180, max: 180, noNaN: true }) });

describe("the sphere", () => {
  it("gives a position back from its vector", () => {
    fc.assert(
      fc.property(anywhere, (position) => {
        expect(metresBetween(toPosition(toVector(position)), position)).toBeLessThan(1e-6);
      }),
      { seed },
    );
  });

  it("measures as H3 does, near and far", () => {
    fc.assert(
      fc.property(anywhere, anywhere, (left, right) => {
        const expected = greatCircleDistance([left.latitude, left.longitude], [right.latitude, right.longitude], UNITS.m);
        expect(Math.abs(metresBetween(left, right) - expected)).toBeLessThan(1e-6 * expected + 1);
      }),
      { seed },
    );
  });

  it.each<[string, Position, Position, number]>([
    ["a step across the antimeridian", { latitude: 0, longitude: 179.9995 }, { latitude: 0, longitude: -179.9995 }, 111.195],
    ["a step over the north pole", { latitude: 89.9995, longitude: 10 }, { latitude: 89.9995, longitude: -170 }, 111.195],
    ["a step over the south pole", { latitude: -89.9995, longitude: 0 }, { latitude: -89.9995, longitude: 180 }, 111.195],
    ["no step at the pole, whatever the longitude says", { latitude: 90, longitude: 0 }, { latitude: 90, longitude: 123 }, 0],
    ["no step at the antimeridian, whatever its sign", { latitude: 5, longitude: 180 }, { latitude: 5, longitude: -180 }, 0],
  ])("%s", (_, left, right, metres) => {
    expect(metresBetween(left, right)).toBeCloseTo(metres, 2);
  });

  it("keeps millimetres for near points", () => {
    const start = { latitude: 41.88, longitude: -87.63 };
    for (const metres of [0.001, 1, 50, 2_000]) {
      expect(metresBetween(start, travel(start, 1, metres))).toBeCloseTo(metres, 5);
    }
  });

  it("travels the given way in the given direction, also from a pole and across the antimeridian", () => {
    fc.assert(
      fc.property(anywhere, fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }), fc.double({ min: 0, max: 1e6, noNaN: true }), (from, bearing, metres) => {
        expect(metresBetween(from, travel(from, bearing, metres))).toBeCloseTo(metres, 2);
      }),
      { seed },
    );
    expect(travel({ latitude: 0, longitude: 0 }, 0, 111_195).latitude).toBeCloseTo(1, 4);
    expect(travel({ latitude: 0, longitude: 0 }, Math.PI / 2, 111_195).longitude).toBeCloseTo(1, 4);
  });

  it("turns arcs into chords and back", () => {
    for (const metres of [0, 1, 800, 20_000, 10_000_000]) expect(arcMetres(chordOf(metres))).toBeCloseTo(metres, 4);
  });

  it("divides a segment in proportion, to a millimetre for fixes 2 km apart", () => {
    const start = toVector({ latitude: 41.88, longitude: -87.63 });
    const end = toVector(travel({ latitude: 41.88, longitude: -87.63 }, 2, 2_000));
    for (const share of [0, 0.1, 0.5, 0.9, 1]) expect(metresApart(start, between(start, end, share))).toBeCloseTo(2_000 * share, 3);
  });

  it("brings vectors to length one", () => {
    const { x, y, z } = normalize({ x: 3, y: 0, z: 4 });
    expect([x, y, z]).toEqual([0.6, 0, 0.8]);
  });
});
