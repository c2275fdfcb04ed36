import { describe, expect, it } from "vitest";
import { cleanTrack } from "@/lib/geo/model/clean-track";
import { metresBetween, travel } from "@/lib/geo/model/sphere";
import type { Position, TrackPoint } from "@/lib/geo/model/track";
import { findTripEnds, PAUSE_MS, STAY_METRES, STAY_MS } from "@/lib/privacy/model/trip-ends";

const home = { latitude: 41.88, longitude: -87.63 };

/** A fix so many seconds after the start and metres east of home. */
function fix(seconds: number, metresEast: number): TrackPoint {
  return { vehicle: "car", timeMs: seconds * 1_000, ...travel(home, Math.PI / 2, metresEast) };
}

/** A fix every `step` seconds from `from` to `to`, driving 10 m/s east from a place. */
function drive(from: number, to: number, metresEast: number): TrackPoint[] {
  return Array.from({ length: (to - from) / 10 + 1 }, (_, index) => fix(from + 10 * index, metresEast + 100 * index));
}

function endsOf(points: TrackPoint[]): Position[] {
  return findTripEnds(cleanTrack(points).segments);
}

function metresEast(ends: Position[]): number[] {
  return ends.map((end) => Math.round(metresBetween(home, end))).toSorted((left, right) => left - right);
}

describe("trip ends", () => {
  it("are the first and last fix of a recording", () => {
    expect(metresEast(endsOf(drive(0, 300, 0)))).toEqual([0, 3_000]);
  });

  it("of nothing are none, of one fix that fix", () => {
    expect(endsOf([])).toEqual([]);
    expect(new Set(metresEast(endsOf([fix(0, 500)])))).toEqual(new Set([500]));
  });

  it("are both sides of a pause of more than five minutes", () => {
    const pause = PAUSE_MS / 1_000;
    const short = [...drive(0, 100, 0), ...drive(100 + pause, 200 + pause, 1_500)];
    expect(metresEast(endsOf(short))).toEqual([0, 2_500]);
    const long = [...drive(0, 100, 0), ...drive(110 + pause, 210 + pause, 1_500)];
    expect(metresEast(endsOf(long))).toEqual([0, 1_000, 1_500, 2_500]);
  });

  it("are where a car stays for ten minutes though the recorder runs on", () => {
    const parked = Array.from({ length: STAY_MS / 10_000 + 1 }, (_, index) => fix(110 + 10 * index, 1_000 + (index % 3)));
    const onward = drive(120 + STAY_MS / 1_000, 220 + STAY_MS / 1_000, 1_110);
    const ends = metresEast(endsOf([...drive(0, 100, 0), ...parked, ...onward]));
    expect(ends).toHaveLength(3);
    expect(ends[1]).toBeGreaterThan(1_000 - STAY_METRES);
    expect(ends[1]).toBeLessThan(1_000 + STAY_METRES);
  });

  it("are not where a car waits at a light, or crawls", () => {
    const waiting = Array.from({ length: 12 }, (_, index) => fix(110 + 10 * index, 1_000));
    expect(endsOf([...drive(0, 100, 0), ...waiting, ...drive(240, 340, 1_100)])).toHaveLength(2);
    const crawl = Array.from({ length: 100 }, (_, index) => fix(10 * index, 12 * index));
    expect(endsOf(crawl)).toHaveLength(2);
  });

  it("at the end of a recording include a stay that lasts to its end", () => {
    const parked = Array.from({ length: 80 }, (_, index) => fix(110 + 10 * index, 1_000));
    expect(metresEast(endsOf([...drive(0, 100, 0), ...parked])).filter((metres) => metres > 900)).toHaveLength(2);
  });
});
