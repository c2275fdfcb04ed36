import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { latLngToCell } from "h3-js";
import { describe, expect, test } from "vitest";
import { tileCells } from "@/lib/geo/model/tile";
import type { CellEstimate } from "@/lib/privacy/model/decode-release";
import { formatOf, outlineOf, renderHeatmap, writeWhole, type DecodedRelease } from "@/scripts/cli/heatmap-file";

const tile = "872664ca9ffffff";
const [first = "", second = ""] = tileCells(tile);
const estimate = { value: 100.126, low: 80, high: 120 };
const shown: CellEstimate = {
  cell: first, shown: true, nearThreshold: false, count: estimate, vehicles: estimate, speed: { mean: 33.333, low: 30, high: 36 },
  percentiles: { p15: 20, p50: 33, p85: 45 }, classes: [-0.5, 10, 20, 30, 40.5], shares: [0, 0.1, 0.2, 0.3, 0.4],
};
const release: DecodedRelease = { tile, epoch: 0, epochStart: "2011-04-01T00:00:00Z", cells: [shown, { cell: second, shown: false }] };

describe("a heatmap's file", () => {
  test("as CSV has one line a cell; what is not shown has no numbers, not zeros", () => {
    const [header = "", one = "", two = "", rest] = renderHeatmap("csv", [release], {}).split("\r\n");
    expect(header.split(",")).toEqual([
      "cell", "tile", "epoch_start", "shown", "near_threshold", "count", "count_low", "count_high", "vehicles", "vehicles_low", "vehicles_high",
      "speed_kmh", "speed_low", "speed_high", "speed_p15", "speed_p50", "speed_p85", "class_0", "class_1", "class_2", "class_3", "class_4",
    ]);
    expect(one).toBe(`${first},${tile},2011-04-01T00:00:00Z,true,false,100.13,80,120,100.13,80,120,33.33,30,36,20,33,45,-0.5,10,20,30,40.5`);
    expect(two).toBe(`${second},${tile},2011-04-01T00:00:00Z,false${",".repeat(18)}`);
    expect(rest).toBe("");
  });

  test("as GeoJSON has a closed polygon a cell, and says what its numbers mean", () => {
    const parsed = JSON.parse(renderHeatmap("geojson", [release], { meaning: "m" }));
    expect(parsed).toMatchObject({ type: "FeatureCollection", properties: { meaning: "m" } });
    expect(parsed.features[0].geometry.coordinates[0].at(0)).toEqual(parsed.features[0].geometry.coordinates[0].at(-1));
    expect(parsed.features[0].properties).toMatchObject({ shown: true, count: 100.13, speed_kmh: 33.33 });
    expect(parsed.features[1].properties).toMatchObject({ shown: false, count: null });
  });

  test("a cell on the antimeridian is one piece", () => {
    const ring = outlineOf(latLngToCell(0, 180, 5));
    const longitudes = ring.map(([longitude]) => longitude);
    expect(Math.max(...longitudes) - Math.min(...longitudes)).toBeLessThan(1);
  });

  test.each([["a.geojson", "geojson"], ["A.JSON", "geojson"], ["b.csv", "csv"]])("%s is %s", (file, format) => {
    expect(formatOf(file)).toBe(format);
  });

  test.each(["a.txt", "csv", ""])("%j has no format", (file) => {
    expect(() => formatOf(file)).toThrow(expect.objectContaining({ code: "usage.invalid" }));
  });

  test("is there whole or not at all, and an older one stays until then", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "heatmap-"));
    const file = path.join(folder, "deep", "map.csv");
    await writeWhole(file, "first");
    await writeWhole(file, "second");
    expect(await readFile(file, "utf8")).toBe("second");
    expect(await readdir(path.dirname(file))).toEqual(["map.csv"]);
    await writeFile(path.join(folder, "blocker"), "");
    await expect(writeWhole(path.join(folder, "blocker", "map.csv"), "x")).rejects.toMatchObject({ code: "file.unreadable" });
    await rm(folder, { recursive: true });
  });
});
