import { describe, expect, test } from "vitest";
import { tileCells } from "@/lib/geo/model/tile";
import type { CellEstimate } from "@/lib/privacy/model/decode-release";
import { describeSpeed, describeVehicles, markNames, shortCell, speedClassNames, summarize } from "@/lib/releases/model/cell-words";
import { epochMapCells, findEstimate, metricValue, shownValues, vehiclesMost } from "@/lib/releases/model/epoch-map";
import type { Epoch } from "@/lib/releases/schema";

const [tile, other] = ["872664ca9ffffff", "872664cadffffff"] as const;
const [first = "", second = "", third = ""] = tileCells(tile);
const shown = (cell: string, vehicles: number, mean: number | null): Extract<CellEstimate, { shown: true }> => ({
  cell, shown: true, nearThreshold: vehicles < 30,
  count: { value: vehicles, low: vehicles - 12, high: vehicles + 12 },
  vehicles: { value: vehicles, low: vehicles - 12, high: vehicles + 12 },
  speed: mean === null ? null : { mean, low: mean - 4, high: mean + 5 },
  percentiles: null, classes: [0, 0, vehicles, 0, 0], shares: [0, 0, 1, 0, 0],
});
const estimates: CellEstimate[] = [shown(first, 120, 28), shown(second, 25, null), { cell: third, shown: false }];
const epoch: Epoch = {
  epoch: 0, start: 0, end: 1, closesAt: 2, state: "published",
  tiles: [
    { tile, state: "published", tickets: 3, vehicles: 3, releaseId: "1", vault: null },
    { tile: other, state: "void", tickets: 1, vehicles: 1, releaseId: "2", vault: null },
  ],
};

describe("cells of the map", () => {
  test("before a purchase every cell is an outline, and a void tile's cells are dotted", () => {
    const cells = epochMapCells([tile, other], { epoch, opened: {}, metric: "count" });
    expect(cells).toHaveLength(98);
    expect(new Set(cells.slice(0, 49).map(({ kind }) => kind))).toEqual(new Set(["closed"]));
    expect(new Set(cells.slice(49).map(({ kind }) => kind))).toEqual(new Set(["void"]));
  });

  test("after it they carry numbers, or say that they are not shown", () => {
    const cells = epochMapCells([tile], { epoch, opened: { [tile]: estimates }, metric: "count" });
    expect(cells).toEqual([
      { cell: first, kind: "value", value: 120, nearThreshold: false },
      { cell: second, kind: "value", value: 25, nearThreshold: true },
      { cell: third, kind: "not-shown" },
    ]);
    expect(shownValues(cells)).toEqual([120, 25]);
  });

  test("a cell without a speed is not shown among speeds", () => {
    const cells = epochMapCells([tile], { epoch, opened: { [tile]: estimates }, metric: "speed" });
    expect(cells.map(({ kind }) => kind)).toEqual(["value", "not-shown", "not-shown"]);
    expect(metricValue(shown(first, 120, 28), "speed")).toBe(28);
  });

  test("one cell's estimate is found in whatever tile it is", () => {
    expect(findEstimate({ [other]: [], [tile]: estimates }, second)).toBe(estimates[1]);
    expect(findEstimate({ [tile]: estimates }, "nowhere")).toBeNull();
    expect(findEstimate({ [tile]: estimates }, null)).toBeNull();
  });

  test("scales reach to the widest interval", () => {
    expect([vehiclesMost({ [tile]: estimates }), vehiclesMost({})]).toEqual([132, 1]);
  });
});

describe("words about cells", () => {
  test("numbers carry interval and unit", () => {
    expect(describeVehicles(shown(first, 120, 28))).toBe("120 ± 12 vehicles");
    expect(describeVehicles(shown(first, 8, 28))).toBe("too few to tell");
    expect(describeSpeed(shown(first, 120, 28))).toBe("28 km/h (24–33)");
    expect(describeSpeed(shown(first, 120, null))).toBe("too few to tell");
  });

  test("cells of one resolution have names of one length, all different", () => {
    const names = tileCells(tile).map(shortCell);
    expect(new Set(names.map(({ length }) => length)).size).toBe(1);
    expect(new Set(names).size).toBe(49);
  });

  test("speed classes are named by the region's edges", () => {
    expect(speedClassNames([10, 20, 30, 45])).toEqual(["under 10", "10–20", "20–30", "30–45", "over 45"]);
  });

  test("the summary counts what is shown and finds the busiest", () => {
    expect(summarize(estimates)).toMatchObject({ shown: 2, all: 3, busiest: { cell: first } });
    expect(summarize([{ cell: third, shown: false }])).toEqual({ shown: 0, all: 1, busiest: null });
  });

  test("the legend names the region's own threshold", () => {
    expect(markNames(20)["not-shown"]).toBe("Not shown: fewer than 20, or none");
  });
});
