import { expect, test } from "vitest";
import { dayRows, groupByDay, placesOfDay } from "@/lib/releases/model/timeline";
import { viewEpoch, type EpochView } from "@/lib/releases/model/epoch-view";

const view = (start: number, length = 3_600): EpochView => ({
  epoch: start / length, start, end: start + length, closesAt: start + length, state: "published", tiles: [], work: null, tickets: 0, vehicles: 0, publishedTiles: 0,
});
const hours = (from: string, count: number) => Array.from({ length: count }, (_, hour) => view(Date.parse(from) / 1000 + 3_600 * hour));

test("hours stand in columns of the same time of the day, in the viewer's zone", () => {
  const rows = dayRows(hours("2026-11-24T06:00:00Z", 48), 24, "America/Chicago");
  expect(rows.map(({ day }) => day)).toEqual(["Tue 24 Nov", "Wed 25 Nov"]);
  for (const { slots } of rows) expect(slots.map((slot) => slot.length)).toEqual(new Array(24).fill(1));
});

test("no hour is lost when clocks are set back or forward", () => {
  const back = dayRows(hours("2026-11-01T05:00:00Z", 25), 24, "America/Chicago");
  expect(back).toHaveLength(1);
  expect(back[0]?.slots.flat()).toHaveLength(25);
  expect(back[0]?.slots[1]).toHaveLength(2);
  const forward = dayRows(hours("2026-03-08T06:00:00Z", 23), 24, "America/Chicago");
  expect(forward[0]?.slots.flat()).toHaveLength(23);
  expect(forward[0]?.slots[2]).toHaveLength(0);
});

test("short, long and uneven epochs stand in a strip", () => {
  expect(placesOfDay(view(0, 3_600))).toBe(24);
  expect(placesOfDay(view(0, 21_600))).toBe(4);
  expect(placesOfDay(view(0, 1_800))).toBeNull();
  expect(placesOfDay(view(0, 86_400))).toBeNull();
  expect(placesOfDay(view(0, 5_000))).toBeNull();
  expect(groupByDay(hours("2026-11-24T22:00:00Z", 4), "UTC").map(({ epochs }) => epochs.length)).toEqual([2, 2]);
});

test("a contribution to a cover counts once, though every tile of the cover has it", () => {
  const tile = (name: string, tickets: number) => ({ tile: name, state: "published" as const, tickets, vehicles: 2 * tickets, releaseId: "1", vault: null });
  const epoch = { epoch: 1, start: 0, end: 3_600, closesAt: 3_600, state: "published" as const, tiles: [tile("a", 30), tile("b", 31), tile("c", 5), tile("d", 7)] };
  expect(viewEpoch(epoch, null, [["a", "b"], ["c"]])).toMatchObject({ tickets: 31 + 5 + 7, vehicles: 62 + 10 + 14 });
});
