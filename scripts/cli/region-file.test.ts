import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { getPentagons } from "h3-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAmount, readRegionFile, regionOf } from "@/scripts/cli/region-file";

const good = {
  slug: "loop", start: "2011-04-01T00:00:00Z", epochSeconds: 3_600, graceSeconds: 600, tileResolution: 7, samplingRate: 0.125,
  visitsMax: 8, ticketsMin: 20, profile: "standard", speedEdges: [10, 20, 30, 45], tiles: ["872664ca9ffffff"],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "region-file-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: unknown): ReturnType<typeof readRegionFile> {
  const file = path.join(folder, "region.json");
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  return readRegionFile(file);
}

describe("a region's file", () => {
  test("times are ISO 8601 or unix seconds", async () => {
    expect((await read(good)).start).toBe(1_301_616_000);
    expect((await read({ ...good, start: 1_301_616_000 })).start).toBe(1_301_616_000);
    expect((await read({ ...good, start: "2011-04-01T02:00:00+02:00" })).start).toBe(1_301_616_000);
    expect((await read({ ...good, studyUntil: "2030-01-01T00:00:00Z" })).studyUntil).toBe(1_893_456_000);
  });

  test("a tile stands for its default cover, a box for all tiles that touch it, covers for themselves", async () => {
    const [cover] = regionOf(await read(good), 31_337).covers;
    expect(cover).toHaveLength(7);
    expect(cover).toContain("872664ca9ffffff");
    const box = { south: 41.87, west: -87.67, north: 41.88, east: -87.65 };
    expect(regionOf(await read({ ...good, tiles: undefined, box }), 31_337).covers.flat()).toContain("872664ca9ffffff");
    const covers = [["872664ca9ffffff"]];
    expect(regionOf(await read({ ...good, tiles: undefined, covers }), 31_337).covers).toEqual(covers);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["no tiles", { tiles: undefined }, "exactly one of covers, tiles and box"],
    ["tiles and a box", { box: { south: 1, west: 1, north: 2, east: 2 } }, "exactly one of covers, tiles and box"],
    ["a time without a zone", { start: "2011-04-01T00:00:00" }, "start"],
    ["an unknown profile", { profile: "none" }, "profile"],
    ["three edges", { speedEdges: [10, 20, 30] }, "speedEdges"],
    ["a misspelt name", { ticketMin: 3 }, "ticketMin"],
    ["a price in words", { price: { token: "free", eur: "0.50" } }, "price.token"],
  ])("%s is refused by name", async (_, changes, named) => {
    await expect(read({ ...good, ...changes })).rejects.toMatchObject({ code: "region.invalid", message: expect.stringContaining(named) });
  });

  test("text that is not JSON, and a file that is not there, are refused by the file's name", async () => {
    await expect(read("{")).rejects.toMatchObject({ code: "region.invalid", message: expect.stringContaining("region.json") });
    await expect(readRegionFile("/nowhere.json")).rejects.toMatchObject({ code: "file.unreadable", message: expect.stringContaining("/nowhere.json") });
  });

  test("a pentagon is refused", async () => {
    const file = await read({ ...good, tiles: undefined, covers: [[getPentagons(7)[0]]] });
    expect(() => regionOf(file, 31_337)).toThrow(expect.objectContaining({ code: "tile.pentagon" }));
  });
});

describe("amounts", () => {
  test.each([
    ["0.50", 6, 500_000n],
    ["5", 6, 5_000_000n],
    ["1.234567", 6, 1_234_567n],
    ["0.50", 2, 50n],
    ["7", 0, 7n],
  ])("%s with %i decimals is %s units", (text, decimals, units) => {
    expect(parseAmount(text, decimals)).toBe(units);
  });

  test("more decimals than the currency has are refused, not rounded", () => {
    expect(() => parseAmount("0.505", 2)).toThrow(expect.objectContaining({ code: "region.invalid" }));
  });
});
