import { cellToChildren } from "h3-js";
import { expect, test } from "vitest";
import { shapeCells } from "@/lib/map/model/cell-shapes";
import { buildScale } from "@/lib/map/model/color-scale";
import { legendOf } from "@/lib/map/model/legend";
import type { MapCell } from "@/lib/map/model/map-cell";
import { nextMetric } from "@/lib/map/model/metric";
import { ramps } from "@/lib/map/model/ramps";

const [first = "", second = "", third = "", fourth = "", fifth = ""] = cellToChildren("872664ca9ffffff", 9);
const cells: MapCell[] = [
  { cell: first, kind: "value", value: 30, nearThreshold: true },
  { cell: second, kind: "value", value: 300, nearThreshold: false },
  { cell: third, kind: "not-shown" },
  { cell: fourth, kind: "void" },
  { cell: fifth, kind: "closed" },
];
const scale = buildScale([30, 300], { steps: "even", ramp: ramps.light.count });

test("each kind of cell is drawn in its own way, once", () => {
  const { filled, hatched, dotted, outlined, nearThreshold } = shapeCells(cells, scale);
  expect(filled.map(({ cell }) => cell)).toEqual([first, second]);
  expect([hatched, dotted, outlined].map((shapes) => shapes.map(({ cell }) => cell))).toEqual([[third], [fourth], [fifth]]);
  expect(nearThreshold.map(({ cell }) => cell)).toEqual([first]);
});

test("a cell has its class's colour", () => {
  const { filled } = shapeCells(cells, scale);
  expect(filled.map(({ color }) => color)).toEqual([scale[0]?.color, scale.at(-1)?.color]);
});

test("nothing to draw has no edge", () => {
  expect(shapeCells([], []).edges).toEqual([]);
});

test("the legend explains what is on the map and nothing else", () => {
  expect(legendOf(cells, scale).marks).toEqual(["near-threshold", "not-shown", "void", "closed"]);
  expect(legendOf(cells.slice(1, 3), scale).marks).toEqual(["not-shown"]);
  expect(legendOf([], []).marks).toEqual([]);
});

test("M goes from count to speed and back", () => {
  expect([nextMetric("count"), nextMetric("speed")]).toEqual(["speed", "count"]);
});
