import { cellToLatLng } from "h3-js";
import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import type { Region } from "@/lib/geo/model/region";
import { travel } from "@/lib/geo/model/sphere";
import { defaultCover, tileCells } from "@/lib/geo/model/tile";
import type { TrackPoint } from "@/lib/geo/model/track";
import { bitOf, countersOf } from "@/lib/geo/model/words";
import { epsilonSpent } from "@/lib/privacy/model/budget";
import { prepareVehicle } from "@/lib/privacy/model/prepare-contribution";
import { FLEET_VEHICLES_MAX, prepareFleet, type PreparedFleet, type PrepareFleetInput } from "@/lib/privacy/model/prepare-fleet";
import { seededRandom, seededUniform } from "@/lib/privacy/model/seeded-random";

const loop = "872664ca9ffffff";
const start = Date.parse("2026-04-01T00:00:00Z") / 1_000;
const [latitude, longitude] = cellToLatLng(loop);
const middle = { latitude, longitude };

const region: Region = {
  id: 1, slug: "loop", start, epochSeconds: 3_600, graceSeconds: 600, studyUntil: null, tileResolution: 7,
  samplingRate: 1, visitsMax: 300, ticketsMin: 1, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [[loop]],
};

/** A drive out from near the tile's middle, its direction and speed by the number. */
function drive(number: number, seconds = 200): TrackPoint[] {
  const uniform = seededUniform(BigInt(number));
  const [from, bearing, kmh] = [travel(middle, 6.28 * uniform(), 500 * uniform()), 6.28 * uniform(), 5 + 60 * uniform()];
  return Array.from({ length: seconds / 5 }, (_, index) => ({ vehicle: `bus ${number}`, timeMs: (start + 5 * index) * 1_000, ...travel(from, bearing, (kmh / 3.6) * 5 * index) }));
}

function vehicles(count: number): Map<string, TrackPoint[]> {
  return new Map(Array.from({ length: count }, (_, number) => [`bus ${number}`, drive(number)]));
}

function prepare(change: Partial<PrepareFleetInput> = {}): PreparedFleet {
  return prepareFleet({ vehicles: vehicles(20), region, trimEnds: false, random: seededRandom(1n), ...change });
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
  return undefined;
}

describe("preparing a fleet", () => {
  it("sums what its vehicles would contribute one by one", () => {
    const { epochs, report } = prepare();
    const expected = new Array<number>(245).fill(0);
    for (const points of vehicles(20).values()) {
      const { epochs: own } = prepareVehicle({ points, region, trimEnds: false, random: seededRandom(2n) });
      for (const { cells } of own) {
        for (const { cell, speedClass } of cells) {
          const bit = bitOf(tileCells(loop).indexOf(cell), speedClass);
          expected[bit] = (expected[bit] ?? 0) + 1;
        }
      }
    }
    expect(epochs).toHaveLength(1);
    expect(epochs[0]?.tiles.map(({ tile, vehicles: count }) => [tile, count])).toEqual([[loop, 20]]);
    expect(countersOf(epochs[0]?.tiles[0]?.planes ?? [])).toEqual(expected);
    expect(report).toMatchObject({ vehicles: 20, vehiclesOutside: 0, points: 800, counted: expected.reduce((sum, one) => sum + one, 0) });
  });

  it.each([[1, 1], [2, 2], [3, 2], [4, 3], [127, 7], [128, 8], [255, 8]])("declares %d vehicles with %d planes, whatever their counts", (count, planes) => {
    const alike = new Map(Array.from({ length: count }, (_, number) => [`bus ${number}`, drive(number, 20)]));
    const [epoch] = prepare({ vehicles: alike }).epochs;
    expect(epoch?.tiles.map((tile) => [tile.planes.length, tile.vehicles])).toEqual([[planes, count]]);
  });

  it("gives several contributions to more vehicles than one can count", () => {
    const many = new Map(Array.from({ length: FLEET_VEHICLES_MAX + 3 }, (_, number) => [`bus ${number}`, drive(1, 20)]));
    const { epochs, report } = prepare({ vehicles: many });
    const tiles = epochs[0]?.tiles ?? [];
    expect(tiles.map(({ planes, vehicles: count }) => [planes.length, count])).toEqual([[8, 255], [2, 3]]);
    const total = tiles.flatMap(({ planes }) => countersOf(planes)).reduce((sum, one) => sum + one, 0);
    expect(total).toBe(report.counted);
  });

  it("sends all tiles of a cover for the same number of vehicles, so that neither tells where one vehicle was", () => {
    const wide = { ...region, covers: [defaultCover(loop)] };
    const { epochs } = prepare({ region: wide });
    expect(epochs[0]?.tiles.map(({ tile }) => tile)).toEqual(defaultCover(loop));
    expect(new Set(epochs[0]?.tiles.map(({ planes, vehicles: count }) => `${planes.length} ${count}`))).toEqual(new Set(["5 20"]));
  });

  it("samples and clips every vehicle on its own", () => {
    const small = { ...region, visitsMax: 2 };
    const { books, report } = prepare({ region: small });
    expect(report.kept).toBeLessThanOrEqual(2 * 20);
    expect(books.size).toBe(20);
    for (const book of books.values()) expect(epsilonSpent(book, "2026-04-01")).toBeLessThanOrEqual(1);
    const again = prepare({ region: small, books });
    expect(again.epochs).toEqual([]);
    expect(again.report.cellsRepeated).toBe(report.cells);
  });

  it("keeps one book of discs for all its vehicles", () => {
    const shared = new Map([["a", drive(1)], ["b", drive(1)]]);
    expect(prepare({ vehicles: shared, trimEnds: true }).zones).toHaveLength(prepare({ vehicles: new Map([["a", drive(1)]]), trimEnds: true }).zones.length);
  });

  it("leaves vehicles outside the region out and counts them", () => {
    const away = drive(3).map((point) => ({ ...point, latitude: point.latitude + 5 }));
    const { report, epochs } = prepare({ vehicles: new Map([["bus 1", drive(1)], ["away", away]]) });
    expect(report).toMatchObject({ vehicles: 2, vehiclesOutside: 1, points: 80 });
    expect(epochs[0]?.tiles[0]?.vehicles).toBe(1);
  });

  it("refuses what fits for no vehicle", () => {
    const away = drive(3).map((point) => ({ ...point, latitude: point.latitude + 5 }));
    const swapped = drive(3).map((point) => ({ ...point, latitude: point.longitude, longitude: point.latitude }));
    expect(codeOf(() => prepare({ vehicles: new Map([["away", away]]) }))).toBe("region.outside");
    expect(codeOf(() => prepare({ vehicles: new Map([["away", away], ["swapped", swapped]]) }))).toBe("file.coordinates-swapped");
    expect(codeOf(() => prepare({ open: { first: 7, last: 8 } }))).toBe("epoch.closed");
    expect(prepare({ vehicles: new Map() })).toMatchObject({ epochs: [], report: { vehicles: 0 } });
  });
});
