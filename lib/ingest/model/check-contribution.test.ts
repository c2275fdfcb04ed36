import { describe, expect, test } from "vitest";
import { defaultCover, tileToBigInt } from "@/lib/geo/model/tile";
import type { Region } from "@/lib/geo/model/region";
import { checkShape, checkTicketShape, type ContributionShape } from "@/lib/ingest/model/check-contribution";

const cover = defaultCover("872664ca9ffffff");
const region: Region = {
  id: 1, slug: "test", start: 0, epochSeconds: 3_600, graceSeconds: 0, studyUntil: null, tileResolution: 7, samplingRate: 1, visitsMax: 8, ticketsMin: 1,
  profile: "demo", speedEdges: [10, 20, 30, 45], covers: [cover],
};
const handles = (count: number): string[] => Array.from({ length: count }, (_, index) => `0x${index}`);
const vehicle: ContributionShape = { cover: 0, tile: 0n, levels: [], handles: handles(7), vehicles: 1, maxLevel: 0 };
const fleet: ContributionShape = { cover: 0, tile: tileToBigInt(cover[0] ?? ""), levels: [0, 1, 2], handles: handles(3), vehicles: 7, maxLevel: 2 };

describe("a contribution's form", () => {
  test("is good as the chain takes it", () => {
    expect([checkShape(region, vehicle), checkShape(region, fleet)]).toEqual([null, null]);
  });

  test.each<[string, ContributionShape, string]>([
    ["a cover that there is not", { ...vehicle, cover: 1 }, "unknown-cover"],
    ["words for fewer tiles than the cover has", { ...vehicle, handles: handles(6) }, "wrong-word-count"],
    ["a single vehicle with levels", { ...vehicle, levels: [0] }, "levels-not-increasing"],
    ["a single vehicle that says it is two", { ...vehicle, vehicles: 2 }, "wrong-vehicles"],
    ["a fleet with a cover", { ...fleet, cover: 1 }, "unknown-cover"],
    ["a fleet outside of the region", { ...fleet, tile: tileToBigInt("872830828ffffff") }, "tile-outside-region"],
    ["a fleet whose tile is no tile", { ...fleet, tile: 5n }, "tile-outside-region"],
    ["a fleet that leaves a level out", { ...fleet, levels: [0, 1, 3] }, "levels-not-increasing"],
    ["a fleet with more planes than levels", { ...fleet, handles: handles(4) }, "wrong-word-count"],
    ["a fleet above its ticket", { ...fleet, maxLevel: 1 }, "level-above-ticket"],
    ["a fleet of more vehicles than its planes can count", { ...fleet, vehicles: 8 }, "wrong-vehicles"],
  ])("%s is refused", (_, shape, reason) => {
    expect(checkShape(region, shape)).toBe(reason);
  });

  test("a ticket is for as many vehicles as its levels can count", () => {
    expect([checkTicketShape({ maxLevel: 0, vehicles: 1 }), checkTicketShape({ maxLevel: 7, vehicles: 255 })]).toEqual([null, null]);
    expect([checkTicketShape({ maxLevel: 0, vehicles: 2 }), checkTicketShape({ maxLevel: 7, vehicles: 256 })]).toEqual(["wrong-vehicles", "wrong-vehicles"]);
  });
});
