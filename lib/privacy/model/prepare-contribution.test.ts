import fc from "fast-check";
import { cellToLatLng, latLngToCell } from "h3-js";
import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import type { Region } from "@/lib/geo/model/region";
import { travel } from "@/lib/geo/model/sphere";
import { defaultCover, tileCells } from "@/lib/geo/model/tile";
import type { Position, TrackPoint } from "@/lib/geo/model/track";
import { countersOf } from "@/lib/geo/model/words";
import { emptyBudget, epsilonSpent } from "@/lib/privacy/model/budget";
import { prepareVehicle, type PreparedVehicle, type PrepareVehicleInput } from "@/lib/privacy/model/prepare-contribution";
import { seededRandom } from "@/lib/privacy/model/seeded-random";
import { isHidden, markPlace, MARGIN_METRES } from "@/lib/privacy/model/zones";

const seed = 20_260_414;
const loop = "872664ca9ffffff";
const start = Date.parse("2026-04-01T00:00:00Z") / 1_000;
const [latitude, longitude] = cellToLatLng(loop);
const middle = { latitude, longitude };

const region: Region = {
  id: 1, slug: "loop", chainId: 31_337, start, epochSeconds: 3_600, graceSeconds: 600, studyUntil: null, tileResolution: 7,
  samplingRate: 1, visitsMax: 300, ticketsMin: 1, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [defaultCover(loop)],
};

/** Straight on at an even speed from a place, a fix every five seconds. */
function straight(from: Position, bearing: number, how: { kmh: number; seconds: number; at?: number }): TrackPoint[] {
  return Array.from({ length: how.seconds / 5 + 1 }, (_, index) => ({
    vehicle: "car",
    timeMs: (start + (how.at ?? 0) + 5 * index) * 1_000,
    ...travel(from, bearing, (how.kmh / 3.6) * 5 * index),
  }));
}

const crossing = straight(travel(middle, Math.PI / 2, -3_000), Math.PI / 2, { kmh: 36, seconds: 600 });

function prepare(change: Partial<PrepareVehicleInput> = {}): PreparedVehicle {
  return prepareVehicle({ points: crossing, region, trimEnds: false, random: seededRandom(1n), ...change });
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return isAppError(error) ? `${error.code}: ${error.message}` : String(error);
  }
  return "nothing was wrong";
}

/** Bits set in all words of an epoch. */
function bitsOf(words: readonly bigint[]): number {
  return words.flatMap((word) => countersOf([word])).reduce((sum, bit) => sum + bit, 0);
}

describe("preparing one vehicle's drive", () => {
  it("gives a word for every tile of the cover, zeros included, with one bit for each crossed cell at its speed", () => {
    const { epochs, report } = prepare();
    expect(epochs.map(({ epoch, cover, words }) => [epoch, cover, words.length])).toEqual([[0, 0, 7]]);
    const { words = [], visits = 0, cells = [] } = epochs[0] ?? {};
    expect(words.some((word) => word === 0n)).toBe(true);
    expect(bitsOf(words)).toBe(visits);
    expect(cells).toHaveLength(visits);
    expect(report).toMatchObject({ points: 121, vehicles: 1, cells: visits, sampled: visits, kept: visits, counted: visits, otherCover: 0 });
    expect(report.metres).toBeCloseTo(6_000, 0);
    const tiles = region.covers[0] ?? [];
    for (const { cell, speedClass } of cells) {
      expect(speedClass).toBe(3);
      const index = tiles.findIndex((tile) => tileCells(tile).includes(cell));
      const bit = 49 * 3 + tileCells(tiles[index] ?? "").indexOf(cell);
      expect(((words[index] ?? 0n) >> BigInt(bit)) & 1n).toBe(1n);
    }
  });

  it("recounts as a plain walk of the same drive does, step by metre step", () => {
    const expected = new Set<string>();
    for (let metres = 0; metres <= 6_000; metres += 0.5) {
      const at = travel(travel(middle, Math.PI / 2, -3_000), Math.PI / 2, metres);
      expected.add(latLngToCell(at.latitude, at.longitude, 9));
    }
    const inRegion = [...expected].filter((cell) => (region.covers[0] ?? []).some((tile) => tileCells(tile).includes(cell)));
    expect(new Set(prepare().epochs.flatMap(({ cells }) => cells.map(({ cell }) => cell)))).toEqual(new Set(inRegion));
  });

  it("keeps 36 km/h out of the class that 36 mph would be in, and splits a drive at the epoch's end", () => {
    const late = straight(middle, 0, { kmh: 15, seconds: 120, at: 3_540 });
    const { epochs } = prepare({ points: late });
    expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 1]);
    for (const { cells } of epochs) for (const { speedClass } of cells) expect(speedClass).toBe(1);
  });

  it("samples with the region's rate and clips to L0 a day", () => {
    const sampled = { ...region, samplingRate: 1 / 4, visitsMax: 3 };
    const runs = Array.from({ length: 300 }, (_, index) => prepare({ region: sampled, random: seededRandom(BigInt(index)) }).report);
    const cells = runs[0]?.cells ?? 0;
    const mean = runs.reduce((sum, { sampled: count }) => sum + count, 0) / runs.length;
    expect(cells).toBeGreaterThan(10);
    expect(Math.abs(mean - cells / 4)).toBeLessThan(4 * Math.sqrt((cells * 0.25 * 0.75) / runs.length));
    for (const { sampled: count, kept } of runs) expect(kept).toBe(Math.min(3, count));
  });

  it("spends e for each counted visit and nothing more, over drives and regions", () => {
    const small = { ...region, visitsMax: 5 };
    const first = prepare({ region: small });
    expect(epsilonSpent(first.book, "2026-04-01")).toBe(5 * 0.5);
    const later = straight(middle, 0, { kmh: 36, seconds: 300, at: 7_200 });
    const second = prepare({ region: small, points: later, book: first.book });
    expect([second.epochs.length, second.report.kept]).toEqual([0, 0]);
    const elsewhere = prepare({ region: { ...small, slug: "other", profile: "standard", visitsMax: 8 }, points: later, book: first.book });
    expect(elsewhere.report.kept).toBe(0);
    const nextDay = prepare({ region: small, points: straight(middle, 0, { kmh: 36, seconds: 300, at: 86_400 }), book: first.book });
    expect(nextDay.report.kept).toBe(5);
  });

  it("contributes once to an epoch: the same file again adds nothing", () => {
    const first = prepare();
    const again = prepare({ book: first.book });
    expect(again.epochs).toEqual([]);
    expect(again.report).toMatchObject({ cellsRepeated: first.report.cells, sampled: 0 });
    expect(again.book).toEqual(first.book);
  });

  it("takes the cover with most visits in an epoch, counts the rest as dropped and does not charge them", () => {
    const split = { ...region, covers: [[loop], defaultCover(loop).filter((tile) => tile !== loop)] };
    const { epochs, report, book } = prepare({ region: split });
    expect(epochs).toHaveLength(1);
    expect(report.otherCover).toBeGreaterThan(2);
    expect(report.counted).toBeGreaterThan(2);
    expect(report.otherCover).toBe(report.kept - report.counted);
    expect(epsilonSpent(book, "2026-04-01")).toBe(report.counted / 2);
  });

  it("takes only epochs that are open now, and says so when none is", () => {
    const both = straight(middle, 0, { kmh: 15, seconds: 120, at: 3_540 });
    const { epochs, report } = prepare({ points: both, open: { first: 1, last: 1 } });
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1]);
    expect(report.cellsClosed).toBe(report.cells - report.sampled);
    expect(codeOf(() => prepare({ open: { first: 5, last: 9 } }))).toContain("epoch.closed");
    expect(codeOf(() => prepare({ region: { ...region, start: start + 86_400 } }))).toContain("epoch.closed");
  });

  it("begins days at the stated zone's midnight", () => {
    expect(Object.keys(prepare({ timeZone: "America/Chicago" }).book.spent)).toEqual(["2026-03-31"]);
    expect(codeOf(() => prepare({ timeZone: "Chicago" }))).toContain("usage.invalid");
  });
});

describe("places that must stay secret", () => {
  it("are cut from a drive at its ends, remembered, and cut from every later drive too", () => {
    const long = straight(travel(middle, Math.PI / 2, -4_000), Math.PI / 2, { kmh: 36, seconds: 800 });
    const first = prepare({ points: long, trimEnds: true });
    expect(first.zones).toHaveLength(2);
    expect(first.report.cutMetres).toBeGreaterThan(400);
    expect(first.report.cutMetres).toBeLessThan(2 * 1_400);
    const passing = straight(travel(middle, Math.PI / 2, -4_500), Math.PI / 2, { kmh: 36, seconds: 900, at: 7_200 });
    const second = prepare({ points: passing, trimEnds: false, zones: first.zones });
    expect(second.zones).toBe(first.zones);
    expect(second.report.cutMetres).toBeGreaterThan(400);
  });

  it("never have a counted cell that was driven only inside a disc", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 60n }), fc.double({ min: 0, max: 6.28, noNaN: true }), (key, bearing) => {
        const random = seededRandom(key);
        const zones = markPlace([], { ...travel(middle, bearing, 900), metres: 500 }, random);
        const points = straight(travel(middle, bearing, -2_500), bearing, { kmh: 36, seconds: 500 });
        const { epochs, zones: known } = prepare({ points, zones, trimEnds: true, random });
        const visible = new Set<string>();
        for (let metres = 0; metres <= 5_000; metres += 1) {
          const at = travel(travel(middle, bearing, -2_500), bearing, metres);
          if (!isHidden(known, at)) visible.add(latLngToCell(at.latitude, at.longitude, 9));
        }
        for (const { cells } of epochs) for (const { cell } of cells) expect(visible.has(cell)).toBe(true);
        for (const end of [points[0], points.at(-1)]) expect(end !== undefined && isHidden(known, travel(end, bearing, MARGIN_METRES - 1))).toBe(true);
      }),
      { seed, numRuns: 40 },
    );
  });

  it("may leave nothing of a short drive: the report says so, nothing is charged", () => {
    const short = straight(middle, 1, { kmh: 36, seconds: 40 });
    const { epochs, report, book } = prepare({ points: short, trimEnds: true });
    expect(epochs).toEqual([]);
    expect(report).toMatchObject({ cells: 0, kept: 0, cutPoints: 9 });
    expect(book.spent).toEqual({});
  });
});

describe("drives that do not fit the region", () => {
  const munich = straight({ latitude: 48.137, longitude: 11.575 }, 0, { kmh: 36, seconds: 300 });
  const swapped = crossing.map((point) => ({ ...point, latitude: point.longitude, longitude: point.latitude }));

  it("are refused when they lie elsewhere", () => {
    expect(codeOf(() => prepare({ points: munich }))).toContain("region.outside");
    expect(codeOf(() => prepare({ points: munich.map((point) => ({ ...point, latitude: 99 })) }))).toContain("region.outside");
  });

  it("are refused by another name when latitude and longitude are swapped", () => {
    expect(codeOf(() => prepare({ points: swapped }))).toContain("file.coordinates-swapped");
  });

  it("never show a position or a cell in the refusal", () => {
    for (const points of [munich, swapped]) expect(codeOf(() => prepare({ points }))).not.toMatch(/48\.1|11\.5|41\.8|87\.6|8926/);
  });

  it("are taken in part when only a part lies in the region", () => {
    const mixed = [...crossing, ...munich.map((point) => ({ ...point, timeMs: point.timeMs + 7_200_000 }))];
    const { report } = prepare({ points: mixed });
    expect(report.cells).toBe(prepare().report.cells);
    expect(report.cellsOutside).toBeGreaterThan(prepare().report.cellsOutside);
  });

  it("give nothing when there are no points", () => {
    expect(prepare({ points: [] })).toMatchObject({ epochs: [], zones: [], report: { points: 0, cells: 0 } });
    expect(prepare({ points: [] }).book.spent).toEqual(emptyBudget.spent);
  });
});
