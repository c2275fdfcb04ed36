import { expect, test, vi } from "vitest";
import { cellToLatLng } from "h3-js";
import { type Region, regionTiles } from "@/lib/geo/model/region";
import { bitOf } from "@/lib/geo/model/words";
import { tileCells } from "@/lib/geo/model/tile";
import { chicagoCentral } from "@/local/city/chicago-central";
import { drawRoutes } from "@/local/city/past/city-routes";
import { CONTRIBUTIONS_MAX, drawTraffic, type TileTraffic } from "@/local/city/past/hour-traffic";
import { readStreets } from "@/local/city/streets";

vi.setConfig({ testTimeout: 120_000 });

const hour = 3600;
/** Midnight in Chicago at the beginning of a Tuesday in November. */
const tuesday = Date.UTC(2026, 10, 24, 6) / 1000;
const region: Region = { ...chicagoCentral(tuesday + 24 * hour), id: 1 };
const streets = await readStreets();
const routes = drawRoutes({ streets, region, count: 250, seed: 1 });

const draw = (at: number, changes: { vehicles?: number; seed?: number } = {}): TileTraffic[] =>
  drawTraffic({ streets, routes, region, start: tuesday + at * hour, epochSeconds: hour, vehicles: 6_000, seed: 1, ...changes });

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);
/** Sampled visits of each speed class. */
const byClass = (tiles: readonly TileTraffic[]): number[] =>
  [0, 1, 2, 3, 4].map((speedClass) => sum(tiles.flatMap(({ counts }) => [...counts.subarray(49 * speedClass, 49 * (speedClass + 1))])));

test("the same hour and seed give the same traffic, another seed or day gives another", () => {
  expect(draw(17)).toEqual(draw(17));
  expect(draw(17)).not.toEqual(draw(17, { seed: 2 }));
  expect(draw(17)).not.toEqual(draw(17 - 24));
});

test("every route stays in the region's cells, each once", () => {
  for (const route of [...routes.outbound.all, ...routes.inbound.all]) {
    expect(new Set(route.map(({ place }) => place)).size).toBe(route.length);
    for (const { tile, cover, cell, metres, stretches } of route) {
      expect(region.covers[cover]).toContain(tile);
      expect(cell >= 0 && cell < 49).toBe(true);
      expect(Math.abs(metres - sum(stretches.map((stretch) => stretch.metres)))).toBeLessThan(1e-6);
    }
  }
});

test("one in eight visits is kept, at most eight of a vehicle, in one cover of it", () => {
  const tiles = draw(12);
  const tickets = region.covers.map((_, cover) => tiles[4 * cover]?.tickets ?? 0);
  expect(tiles.map(({ tickets: own }) => own)).toEqual(tickets.flatMap((own) => [own, own, own, own]));
  const visits = sum(tiles.flatMap(({ counts }) => [...counts]));
  expect(visits).toBeLessThanOrEqual(8 * sum(tickets));
  expect(visits).toBeGreaterThan(2 * sum(tickets));
});

test("a tile takes no more than its fill", () => {
  const tiles = draw(17, { vehicles: 30_000 });
  expect(Math.max(...tiles.map(({ tickets }) => tickets))).toBe(CONTRIBUTIONS_MAX);
  expect(tiles.every(({ counts }) => Math.max(...counts) <= CONTRIBUTIONS_MAX)).toBe(true);
});

test("rush hours are full and slow, nights are empty and quick", () => {
  const [night, noon, evening] = [draw(3), draw(12), draw(17)];
  const fast = (tiles: readonly TileTraffic[]): number => {
    const classes = byClass(tiles);
    return ((classes[3] ?? 0) + (classes[4] ?? 0)) / sum(classes);
  };
  expect(sum(byClass(evening))).toBeGreaterThan(1.2 * sum(byClass(noon)));
  expect(sum(byClass(noon))).toBeGreaterThan(6 * sum(byClass(night)));
  expect(fast(night)).toBeGreaterThan(1.3 * fast(evening));
  expect(fast(noon)).toBeGreaterThan(1.15 * fast(evening));
});

test("mornings are slow towards the Loop, evenings away from it: counts near it are high in both", () => {
  const [morning, evening] = [draw(8), draw(17)];
  for (const tiles of [morning, evening]) {
    const loop = tiles.find(({ tile }) => tile === "872664c1affffff");
    expect(sum(loop?.counts ?? [])).toBeGreaterThan(sum(byClass(tiles)) / 12);
  }
});

test("at the evening's rush arterials and motorways of every cover reach the threshold", () => {
  const tiles = draw(17, { vehicles: 9_800 });
  for (const cover of region.covers) {
    const shown = tiles.filter(({ tile }) => cover.includes(tile)).flatMap(({ counts }) => [...Array(49).keys()].filter((cell) => [0, 1, 2, 3, 4].some((speedClass) => (counts[bitOf(cell, speedClass)] ?? 0) >= 40)));
    expect(shown.length).toBeGreaterThan(20);
  }
});

test("nobody drives on the lake", () => {
  const lake = tileCells("872664c1bffffff").flatMap((cell, index) => (cellToLatLng(cell)[1] > -87.605 ? [index] : []));
  expect(lake.length).toBeGreaterThan(3);
  const counts = draw(17).find(({ tile }) => tile === "872664c1bffffff")?.counts ?? [];
  for (const cell of lake) for (const speedClass of [0, 1, 2, 3, 4]) expect(counts[bitOf(cell, speedClass)]).toBe(0);
});

test("all twelve tiles are wholly on the street map", () => {
  expect(new Set(regionTiles(region)).size).toBe(12);
});
