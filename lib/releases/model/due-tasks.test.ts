import { expect, test } from "vitest";
import type { Region } from "@/lib/geo/model/region";
import { dueTaskOf, isDone, type IndexedTile } from "@/lib/releases/model/due-tasks";

const region: Region = {
  id: 1, slug: "r", start: 1_000, epochSeconds: 100, graceSeconds: 20, studyUntil: null, tileResolution: 7, samplingRate: 1, visitsMax: 8,
  ticketsMin: 3, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [["872664ca9ffffff"]],
};
const tile: IndexedTile = { regionId: 1, epoch: 2, tile: "872664ca9ffffff", state: "collecting", tickets: 1, imported: false };
const kindAt = (now: number, changes: Partial<IndexedTile> = {}, of: Region | null = region): string | undefined => dueTaskOf({ ...tile, ...changes }, of, now)?.kind;

test("a tile is sealed from the very second on at which the grace is over, not before", () => {
  expect([1_319, 1_320, 9_999].map((now) => kindAt(now))).toEqual([undefined, "seal", "seal"]);
  expect(kindAt(1_320, {}, { ...region, studyUntil: 5_000 })).toBeUndefined();
});
test("a tile that nobody contributed to, an imported one, and one of an unknown region are left alone", () => {
  expect([kindAt(9_999, { tickets: 0 }), kindAt(9_999, { imported: true }), kindAt(9_999, {}, null), kindAt(9_999, { state: "sealed", imported: true })]).toEqual([undefined, undefined, undefined, undefined]);
});
test("a sealed tile is released, also one that is noised already; a void and a published one are finished", () => {
  expect((["sealed", "noised", "void", "published"] as const).map((state) => kindAt(0, { state }))).toEqual(["release", "release", undefined, undefined]);
});
test("a task is done when the index says so", () => {
  expect((["collecting", "sealed", "noised", "published", "void"] as const).map((state) => [isDone("seal", state), isDone("release", state)])).toEqual([
    [false, false], [true, false], [true, false], [true, true], [true, false],
  ]);
});
