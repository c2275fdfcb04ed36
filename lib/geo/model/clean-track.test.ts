import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanTrack, GAP_METRES, GAP_MS, SPEED_MAX_KMH, type CleanCounts } from "@/lib/geo/model/clean-track";
import { metresApart, toVector, travel } from "@/lib/geo/model/sphere";
import type { TrackPoint } from "@/lib/geo/model/track";

const seed = 20_260_405;
const home = { latitude: 41.88, longitude: -87.63 };

/** A fix so many seconds after the start and metres east of home. */
function fix(seconds: number, metresEast: number): TrackPoint {
  return { vehicle: "bus", timeMs: 1_300_000_000_000 + seconds * 1_000, ...travel(home, Math.PI / 2, metresEast) };
}

const none: CleanCounts = { points: 0, impossible: 0, duplicates: 0, backwards: 0, outsideWorld: 0, gaps: 0 };
const steady = Array.from({ length: 10 }, (_, index) => fix(10 * index, 100 * index));

describe("cleaning a track", () => {
  it("leaves a good track as it is", () => {
    const { segments, counts } = cleanTrack(steady);
    expect(counts).toEqual({ ...none, points: 10 });
    expect(segments).toHaveLength(1);
    expect(segments[0]).toEqual(steady.map((point) => ({ timeMs: point.timeMs, ...toVector(point) })));
  });

  it("of nothing is nothing", () => {
    expect(cleanTrack([])).toEqual({ segments: [], counts: none });
  });

  it("drops a jump and goes on from the fix before it", () => {
    const { segments, counts } = cleanTrack([...steady.slice(0, 5), fix(45, 9_000), ...steady.slice(5)]);
    expect(counts).toEqual({ ...none, points: 11, impossible: 1 });
    expect(segments.map((segment) => segment.length)).toEqual([10]);
  });

  it("drops a first fix that all others contradict", () => {
    const { segments, counts } = cleanTrack([fix(-5, 50_000), ...steady]);
    expect(counts).toEqual({ ...none, points: 11, impossible: 1 });
    expect(segments.map((segment) => segment.length)).toEqual([10]);
  });

  it("splits where the recorder jumps for good", () => {
    const later = Array.from({ length: 6 }, (_, index) => fix(95 + 10 * index, 60_000 + 100 * index));
    const { segments, counts } = cleanTrack([...steady, ...later]);
    expect(counts).toEqual({ ...none, points: 16, gaps: 1 });
    expect(segments.map((segment) => segment.length)).toEqual([10, 6]);
  });

  it("drops scattered jumps that contradict each other too", () => {
    const { segments, counts } = cleanTrack([...steady, fix(92, 40_000), fix(94, -40_000), fix(96, 80_000), fix(98, -80_000), fix(100, 1_000)]);
    expect(counts).toEqual({ ...none, points: 15, impossible: 4 });
    expect(segments.map((segment) => segment.length)).toEqual([11]);
  });

  it("believes 200 km/h and nothing above", () => {
    const metres = (SPEED_MAX_KMH / 3.6) * 10;
    expect(cleanTrack([fix(0, 0), fix(10, metres - 0.01)]).counts.impossible).toBe(0);
    expect(cleanTrack([fix(0, 0), fix(10, metres + 0.01)]).counts.impossible).toBe(1);
  });

  it("drops fixes of the same time", () => {
    const { segments, counts } = cleanTrack(steady.flatMap((point) => [point, point, { ...point, latitude: 41.8801 }]));
    expect(counts).toEqual({ ...none, points: 30, duplicates: 20 });
    expect(segments.map((segment) => segment.length)).toEqual([10]);
  });

  it("drops time that runs backwards, all of it", () => {
    expect(cleanTrack(steady.toReversed()).counts).toEqual({ ...none, points: 10, backwards: 9 });
    const { segments, counts } = cleanTrack([...steady, ...steady.slice(0, 8).map((point) => ({ ...point, timeMs: point.timeMs + 1 }))]);
    expect(counts).toEqual({ ...none, points: 18, backwards: 8 });
    expect(segments.map((segment) => segment.length)).toEqual([10]);
  });

  it("drops a lone first fix from the future", () => {
    const { segments, counts } = cleanTrack([fix(1e9, 0), ...steady]);
    expect(counts).toEqual({ ...none, points: 11, impossible: 1 });
    expect(segments.map((segment) => segment.length)).toEqual([10]);
  });

  it("never lets a clock that was put back after a gap make the vehicle be in two places", () => {
    const { segments, counts } = cleanTrack([...steady, fix(1e6, 0), ...steady.slice(1, 7)]);
    expect(counts).toEqual({ ...none, points: 17, backwards: 6, gaps: 1 });
    expect(segments.map((segment) => segment.length)).toEqual([10, 1]);
  });

  it.each<[string, Partial<TrackPoint>]>([
    ["a latitude beyond the pole", { latitude: 90.001 }],
    ["a longitude beyond 180", { longitude: -180.001 }],
    ["no latitude", { latitude: Number.NaN }],
    ["an infinite longitude", { longitude: Number.POSITIVE_INFINITY }],
    ["no time", { timeMs: Number.NaN }],
  ])("drops %s", (_, change) => {
    expect(cleanTrack([...steady, { ...fix(100, 1_000), ...change }]).counts).toEqual({ ...none, points: 11, outsideWorld: 1 });
  });

  it("splits at gaps of more than 90 seconds or 2 kilometres", () => {
    const lengths = (...points: TrackPoint[]): number[] => cleanTrack(points).segments.map((segment) => segment.length);
    expect(lengths(fix(0, 0), fix(90, 10))).toEqual([2]);
    expect(lengths(fix(0, 0), fix(90.001, 10))).toEqual([1, 1]);
    expect(lengths(fix(0, 0), fix(60, 1_999.9))).toEqual([2]);
    expect(lengths(fix(0, 0), fix(60, 2_000.1))).toEqual([1, 1]);
  });

  it("counts every point once and keeps its promises for any input", () => {
    const point = fc.record({ seconds: fc.integer({ min: -50, max: 400 }), metres: fc.integer({ min: -6_000, max: 6_000 }), isBroken: fc.boolean() });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 60 }), (points) => {
        const track = points.map(({ seconds, metres, isBroken }) => ({ ...fix(seconds, metres), ...(isBroken && seconds % 7 === 0 ? { latitude: 99 } : {}) }));
        const { segments, counts } = cleanTrack(track);
        const kept = segments.flat().length;
        expect(counts.points).toBe(track.length);
        expect(kept + counts.impossible + counts.duplicates + counts.backwards + counts.outsideWorld).toBe(track.length);
        expect(counts.gaps).toBe(Math.max(0, segments.length - 1));
        const times = segments.flat().map(({ timeMs }) => timeMs);
        expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? time))).toBe(true);
        for (const segment of segments) {
          segment.slice(1).forEach((next, index) => {
            const last = segment[index] ?? next;
            const [metres, milliseconds] = [metresApart(last, next), next.timeMs - last.timeMs];
            expect(milliseconds).toBeLessThanOrEqual(GAP_MS);
            expect(metres).toBeLessThanOrEqual(GAP_METRES);
            expect((metres / milliseconds) * 3_600).toBeLessThanOrEqual(SPEED_MAX_KMH * (1 + 1e-9));
          });
        }
      }),
      { seed, numRuns: 300 },
    );
  });

  it("works across the antimeridian and at the pole", () => {
    const over = [179.999, 179.9995, -179.9999, -179.999].map((longitude, index) => ({ vehicle: "ship", timeMs: 10_000 * index, latitude: -17, longitude }));
    expect(cleanTrack(over).counts).toEqual({ ...none, points: 4 });
    const pole = [0, 90, 180, -90].map((longitude, index) => ({ vehicle: "sled", timeMs: 10_000 * index, latitude: 89.9999, longitude }));
    expect(cleanTrack(pole).counts).toEqual({ ...none, points: 4 });
  });
});
