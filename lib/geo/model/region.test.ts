import fc from "fast-check";
import { latLngToCell } from "h3-js";
import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { assertRegion } from "@/lib/geo/model/assert-region";
import {
  coverByTile,
  epochAt,
  epochClosesAt,
  epochEnd,
  epochStart,
  isEpochOpen,
  openEpochs,
  regionTiles,
  type Region,
} from "@/lib/geo/model/region";
import { defaultCover } from "@/lib/geo/model/tile";

const loop = "872664ca9ffffff";
const seed = 20_260_402;

const region: Region = {
  id: 1,
  slug: "loop-pilot",
  start: 1_000_000,
  epochSeconds: 1_800,
  graceSeconds: 600,
  studyUntil: null,
  tileResolution: 7,
  samplingRate: 1,
  visitsMax: 8,
  ticketsMin: 3,
  profile: "demo",
  speedEdges: [10, 20, 30, 45],
  covers: [[loop]],
};

function problemOf(change: Partial<Record<keyof Region, unknown>>): string | undefined {
  try {
    assertRegion(Object.assign({}, region, change));
  } catch (error) {
    return isAppError(error) ? `${error.code} ${error.message}` : "not an AppError";
  }
  return undefined;
}

describe("epochs", () => {
  it("begin at the region's start and follow each other without a gap", () => {
    expect(epochAt(region, 999_999.999)).toBeNull();
    expect(epochAt(region, 1_000_000)).toBe(0);
    expect(epochAt(region, 1_001_799.999)).toBe(0);
    expect(epochAt(region, 1_001_800)).toBe(1);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (epoch) => {
        expect(epochAt(region, epochStart(region, epoch))).toBe(epoch);
        expect(epochAt(region, epochEnd(region, epoch) - 1)).toBe(epoch);
        expect(epochEnd(region, epoch)).toBe(epochStart(region, epoch + 1));
      }),
      { seed },
    );
    expect(epochAt(region, epochStart(region, 2 ** 32))).toBeNull();
  });

  it("close at their end plus the grace, or with the study when that is later", () => {
    expect(epochClosesAt(region, 0)).toBe(1_002_400);
    const study = { ...region, studyUntil: 1_010_000 };
    expect(epochClosesAt(study, 0)).toBe(1_010_000);
    expect(epochClosesAt(study, 9)).toBe(1_018_600);
  });

  it.each([["a region", null], ["a study", 1_200_000]])("the open ones of %s are one range: exactly those that are open", (_, studyUntil) => {
    const one = { ...region, studyUntil };
    fc.assert(
      fc.property(fc.integer({ min: 990_000, max: 1_250_000 }), (now) => {
        const range = openEpochs(one, now);
        const open = Array.from({ length: 150 }, (_unused, epoch) => epoch).filter((epoch) => isEpochOpen(one, epoch, now));
        expect(range === null ? [] : [range.first, range.last]).toEqual(range === null ? open : [open[0], open.at(-1)]);
        if (range !== null) expect(open).toHaveLength(range.last - range.first + 1);
      }),
      { seed },
    );
  });
});

describe("a region's parameters", () => {
  const cover = defaultCover(loop);

  it("name each tile's cover", () => {
    const other = defaultCover(latLngToCell(48.137, 11.575, 7));
    const two = { ...region, covers: [cover, other] };
    expect(regionTiles(two)).toEqual([...cover, ...other]);
    expect(coverByTile(two).get(loop)).toBe(0);
    expect(coverByTile(two).get(other[3] ?? "")).toBe(1);
  });

  it("in bounds are accepted", () => {
    expect(problemOf({})).toBeUndefined();
    expect(problemOf({ covers: [cover], studyUntil: 2_000_000, samplingRate: 0.125 })).toBeUndefined();
  });

  it.each<[keyof Region, unknown, string]>([
    ["start", -1, "start"],
    ["start", 1.5, "start"],
    ["epochSeconds", 0, "epochSeconds"],
    ["graceSeconds", -1, "graceSeconds"],
    ["studyUntil", 0, "studyUntil"],
    ["samplingRate", 0, "samplingRate"],
    ["samplingRate", 1.01, "samplingRate"],
    ["samplingRate", Number.NaN, "samplingRate"],
    ["visitsMax", 0, "visitsMax"],
    ["ticketsMin", 0, "ticketsMin"],
    ["speedEdges", [10, 20, 20, 45], "speedEdges"],
    ["speedEdges", [0, 20, 30, 45], "speedEdges"],
    ["covers", [], "cover"],
    ["covers", [[]], "0 tiles"],
    ["covers", [[...cover, ...defaultCover(latLngToCell(48.137, 11.575, 7))]], "14 tiles"],
    ["covers", [[loop], cover], "two covers"],
  ])("%s = %j is refused by name", (name, value, word) => {
    const problem = problemOf({ [name]: value });
    expect(problem).toContain("region.invalid");
    expect(problem).toContain(word);
  });

  it("refuse tiles of another resolution", () => {
    expect(problemOf({ tileResolution: 8 })).toContain("tile.wrong-resolution");
  });
});
