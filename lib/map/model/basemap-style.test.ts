import { describe, expect, test } from "vitest";
import { basemapStyle, firstLabelLayer } from "@/lib/map/model/basemap-style";
import { firstCity } from "@/lib/map/model/cities";

const city = firstCity();

describe.each(["light", "dark"] as const)("the %s basemap", (theme) => {
  const style = basemapStyle(city, theme);

  test("says whose data it shows, and under which licence", () => {
    const [source] = Object.values(style.sources);
    expect(source).toMatchObject({ type: "vector", attribution: expect.stringContaining("OpenStreetMap contributors") });
    expect(JSON.stringify(source)).toContain("ODbL");
  });

  test("names lie above everything that hexagons may cover", () => {
    const ids = style.layers.map(({ id }) => id);
    const names = style.layers.flatMap(({ type }, index) => (type === "symbol" ? [index] : []));
    expect(Math.min(...names)).toBe(ids.indexOf(firstLabelLayer));
    expect(names.at(-1)).toBe(style.layers.length - 1);
    expect(names).toHaveLength(style.layers.length - ids.indexOf(firstLabelLayer));
  });

  test("asks for nothing from elsewhere: no glyphs, no sprites, tiles of this site", () => {
    expect(style.glyphs ?? style.sprite).toBeUndefined();
    expect(JSON.stringify(style.sources)).toContain(`"url":"pmtiles:///map/`);
  });

  test("no two layers have one name", () => {
    const ids = style.layers.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test("elsewhere there is the land's colour alone", () => {
  expect(basemapStyle(null, "light")).toMatchObject({ sources: {}, layers: [{ id: "land" }] });
});

test("both themes have the same layers, so that a change of theme moves nothing", () => {
  const ids = (["light", "dark"] as const).map((theme) => basemapStyle(city, theme).layers.map(({ id }) => id));
  expect(ids[0]).toEqual(ids[1]);
});
