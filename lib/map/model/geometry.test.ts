import { cellToChildren, latLngToCell } from "h3-js";
import { describe, expect, test } from "vitest";
import { cityAt, firstCity, middleOf, unite } from "@/lib/map/model/cities";
import { boundsOf, cellCenter, cellRing, outlineOf } from "@/lib/map/model/geometry";

const tile = "872664ca9ffffff";
const cells = cellToChildren(tile, 9);
const atDateLine = latLngToCell(0, 180, 4);

function widest(ring: readonly (readonly [number, number])[]): number {
  const longitudes = ring.map(([longitude]) => longitude);
  return Math.max(...longitudes) - Math.min(...longitudes);
}

describe("rings", () => {
  test("a cell's outline is closed and has its six corners", () => {
    const ring = cellRing("892664ca903ffff");
    expect(ring).toHaveLength(7);
    expect(ring[0]).toEqual(ring.at(-1));
  });

  test("a cell on the antimeridian stays in one piece", () => {
    expect(widest(cellRing(atDateLine))).toBeLessThan(2);
  });

  test("cells near the pole have finite outlines", () => {
    for (const [longitude, latitude] of cellRing(latLngToCell(89.9, 0, 5))) {
      expect(Number.isFinite(longitude) && Math.abs(latitude) <= 90).toBe(true);
    }
  });

  test("a tile's outline is one ring around all its cells", () => {
    const outline = outlineOf(cells);
    expect(outline).toHaveLength(1);
    expect(outline[0]?.length).toBeGreaterThan(40);
  });
});

describe("bounds", () => {
  test("a region's box holds every cell's middle", () => {
    const bounds = boundsOf([tile]);
    expect(bounds).not.toBeNull();
    const [west, south, east, north] = bounds ?? [0, 0, 0, 0];
    const [longitude, latitude] = cellCenter(tile);
    expect(west < longitude && longitude < east && south < latitude && latitude < north).toBe(true);
  });

  test("a box over the antimeridian is narrow", () => {
    const [west, , east] = boundsOf([atDateLine, latLngToCell(0, -179, 4)]) ?? [0, 0, 360, 0];
    expect(east - west).toBeLessThan(4);
  });

  test("nothing has no bounds", () => {
    expect(boundsOf([])).toBeNull();
  });
});

describe("cities", () => {
  test("the pilot's tile lies in Chicago, Montevideo does not", () => {
    expect(cityAt(...cellCenter(tile))?.timeZone).toBe("America/Chicago");
    expect(cityAt(-56.16, -34.9)).toBeNull();
    expect(firstCity()?.name).toBe("Chicago");
  });

  test("one sees a city's middle first, and can't leave what is known of it", () => {
    expect(middleOf([0, 0, 8, 4])).toEqual([2, 1, 6, 3]);
    expect(unite([0, 0, 8, 4], [-1, 2, 3, 5])).toEqual([-1, 0, 8, 5]);
  });
});
