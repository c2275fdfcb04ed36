import { expect, test } from "vitest";
import { sampleCellOf, sampleSchema, type Sample } from "@/lib/releases/model/sample";
import { sampleMapCells, sampleSummary } from "@/lib/releases/model/sample-map";

const estimate = (value: number) => ({ value, low: value - 10.4, high: value + 10.4 });
const shown = {
  cell: "892664ca90bffff", shown: true, nearThreshold: false, count: estimate(50), vehicles: estimate(400.6),
  speed: { mean: 31.4, low: 25.2, high: 37.7 }, percentiles: null, classes: [1, 2, 3, 4, 5], shares: [0, 0, 0, 0, 1],
} as const;

test("a cell is rounded to whole vehicles and km/h; a hidden cell has no numbers", () => {
  expect(sampleCellOf(shown)).toEqual({ cell: shown.cell, vehicles: { value: 401, low: 390, high: 411 }, speed: { value: 31, low: 25, high: 38 }, nearThreshold: false });
  expect(sampleCellOf({ cell: "892664ca90bffff", shown: false })).toEqual({ cell: "892664ca90bffff", vehicles: null, speed: null, nearThreshold: false });
});

test("the map shows hidden cells as hidden in both metrics, and a cell without a speed as hidden in speeds", () => {
  const cells: Sample["cells"] = [sampleCellOf(shown), sampleCellOf({ cell: "a", shown: false }), sampleCellOf({ ...shown, cell: "b", speed: null, vehicles: estimate(900) })];
  expect(sampleMapCells({ cells }, "count").map(({ kind }) => kind)).toEqual(["value", "not-shown", "value"]);
  expect(sampleMapCells({ cells }, "speed").map(({ kind }) => kind)).toEqual(["value", "not-shown", "not-shown"]);
  expect(sampleSummary({ cells })).toMatchObject({ shown: 2, all: 3, busiest: { value: 900 } });
});

test("what was kept in another form is not taken for a sample", () => {
  expect(sampleSchema.safeParse({ slug: "x" }).success).toBe(false);
});
