import fc from "fast-check";
import { expect, test } from "vitest";
import { dissolveSeams, type PolygonPiece } from "@/local/city/basemap/dissolve";
import { doubleArea, type GridLine, type GridPolygon, segmentsOf, TILE_EXTENT, tileBox } from "@/local/city/basemap/grid";

const tiles = [0, 1, 2].flatMap((x) => [0, 1, 2].map((y) => ({ x, y })));

/** What tiles make of polygons: each hands out the whole polygon, to be clipped. */
function piecesOf(polygons: readonly GridPolygon[]): PolygonPiece[] {
  return tiles.flatMap((tile) => polygons.map((polygon) => ({ polygon, box: tileBox(tile) })));
}

function rectangle(west: number, north: number, east: number, south: number): GridLine {
  return [
    { x: west, y: north },
    { x: east, y: north },
    { x: east, y: south },
    { x: west, y: south },
  ];
}

function areaOf(polygons: readonly GridPolygon[]): number {
  return polygons.flat().reduce((sum, ring) => sum + doubleArea(ring) / 2, 0);
}

test("a lake over nine tiles becomes one polygon without a corner on a seam that it did not have", () => {
  const lake = rectangle(1000, 1000, 11_000, 11_000);
  const joined = dissolveSeams(piecesOf([[lake]]));
  expect(joined).toHaveLength(1);
  expect(joined[0]).toHaveLength(1);
  expect(new Set(joined[0]?.[0]?.map(({ x, y }) => `${x},${y}`))).toEqual(new Set(lake.map(({ x, y }) => `${x},${y}`)));
});

test("an island that a seam cuts stays a hole of its lake", () => {
  const island = rectangle(3000, 3000, 5000, 5000).toReversed();
  const joined = dissolveSeams(piecesOf([[rectangle(1000, 1000, 11_000, 11_000), island]]));
  expect(joined.map((polygon) => polygon.length)).toEqual([2]);
  expect(areaOf(joined)).toBe(10_000 ** 2 - 2000 ** 2);
});

test("an island in one tile stays a hole of a lake in many", () => {
  const island = rectangle(1500, 1500, 1600, 1600).toReversed();
  const joined = dissolveSeams(piecesOf([[rectangle(1000, 1000, 11_000, 11_000), island]]));
  expect(joined.map((polygon) => polygon.length)).toEqual([2]);
});

test("the two arms of a bay that only meet beyond a seam stay joined by the bay alone", () => {
  const seam = TILE_EXTENT;
  const bay: GridLine = [
    { x: seam - 500, y: 100 },
    { x: seam + 500, y: 100 },
    { x: seam + 500, y: 900 },
    { x: seam - 500, y: 900 },
    { x: seam - 500, y: 700 },
    { x: seam + 300, y: 700 },
    { x: seam + 300, y: 300 },
    { x: seam - 500, y: 300 },
  ];
  const joined = dissolveSeams(piecesOf([[bay]]));
  expect(joined).toHaveLength(1);
  expect(joined[0]?.[0]).toHaveLength(bay.length);
  expect(areaOf(joined)).toBe(doubleArea(bay) / 2);
});

test("two ponds that touch in one point of a seam stay two", () => {
  const pond = (x: number): GridLine => [
    { x: x - 50, y: 100 },
    { x, y: 50 },
    { x: x + 50, y: 100 },
    { x, y: 150 },
  ];
  const ponds = [pond(TILE_EXTENT - 50), pond(TILE_EXTENT + 50)];
  const joined = dissolveSeams(piecesOf(ponds.map((ring) => [ring])));
  expect(joined.map((polygon) => areaOf([polygon]))).toEqual([5000, 5000]);
});

test("what a tile hands out of its buffer is not drawn twice", () => {
  const [west, east] = [tileBox({ x: 0, y: 0 }), tileBox({ x: 1, y: 0 })];
  const joined = dissolveSeams([
    { polygon: [rectangle(4000, 10, 4224, 20)], box: west },
    { polygon: [rectangle(3968, 10, 4200, 20)], box: east },
  ]);
  expect(joined).toHaveLength(1);
  expect(areaOf(joined)).toBe(2000);
});

test("no area is won or lost and every ring is closed, whatever the shapes", () => {
  const corner = fc.record({ x: fc.integer({ min: 1, max: 12_200 }), y: fc.integer({ min: 1, max: 12_200 }) });
  const triangle = fc.tuple(corner, corner, corner).map((ring) => (doubleArea(ring) < 0 ? ring.toReversed() : ring));
  const keepsArea = fc.property(triangle, (ring) => {
    const joined = dissolveSeams(piecesOf([[ring]]));
    // Each crossing of a seam is rounded to the grid: half a unit along at most 17,000 units of edge, three edges.
    expect(Math.abs(areaOf(joined) - doubleArea(ring) / 2)).toBeLessThan(30_000);
    for (const part of joined.flat()) {
      expect(part.length).toBeGreaterThanOrEqual(3);
      for (const [from, to] of segmentsOf(part, true)) expect(Math.hypot(to.x - from.x, to.y - from.y)).toBeGreaterThan(0);
    }
  });
  fc.assert(keepsArea, { seed: 3, numRuns: 300 });
});

test("rectangles come out exactly as the union of what the tiles show", () => {
  const side = fc.tuple(fc.integer({ min: 0, max: 12_000 }), fc.integer({ min: 1, max: 12_000 }));
  const isExact = fc.property(side, side, ([west, width], [north, height]) => {
    const [east, south] = [Math.min(12_288, west + width), Math.min(12_288, north + height)];
    const joined = dissolveSeams(piecesOf([[rectangle(west, north, east, south)]]));
    expect(joined).toHaveLength(1);
    expect(areaOf(joined)).toBe((east - west) * (south - north));
  });
  fc.assert(isExact, { seed: 4, numRuns: 300 });
});
