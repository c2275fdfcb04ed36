import fc from "fast-check";
import { cellToBoundary, cellToLatLng, getPentagons, latLngToCell } from "h3-js";
import { describe, expect, it } from "vitest";
import { exitShare, isInside, shapeAt, shapeOf } from "@/lib/geo/model/cell-shape";
import { between, metresApart, toVector, travel } from "@/lib/geo/model/sphere";
import { tileOfCell } from "@/lib/geo/model/tile";

const seed = 20_260_416;
const anywhere = fc.record({ latitude: fc.double({ min: -90, max: 90, noNaN: true }), longitude: fc.double({ min: -180, max: 180, noNaN: true }) });

describe("a cell's shape", () => {
  it("belongs to the cell that H3 finds, and knows its tile", () => {
    fc.assert(
      fc.property(anywhere, fc.integer({ min: 2, max: 15 }), (position, resolution) => {
        const shape = shapeAt(toVector(position), resolution);
        expect(shape.cell).toBe(latLngToCell(position.latitude, position.longitude, resolution));
        expect(shape.tile).toBe(tileOfCell(shape.cell));
        expect(shapeOf(shape.cell)).toBe(shape);
      }),
      { seed },
    );
  });

  it("holds its middle, and whatever it surely holds is H3's too", () => {
    fc.assert(
      fc.property(anywhere, fc.integer({ min: 4, max: 12 }), fc.double({ min: 0, max: 6.28, noNaN: true }), fc.double({ min: 0, max: 1.4, noNaN: true }), (position, resolution, bearing, away) => {
        const shape = shapeAt(toVector(position), resolution);
        const [latitude, longitude] = cellToLatLng(shape.cell);
        expect(isInside(shape, toVector({ latitude, longitude }))).toBe(true);
        const corner = cellToBoundary(shape.cell)[0] ?? [latitude, longitude];
        const radius = metresApart(toVector({ latitude, longitude }), toVector({ latitude: corner[0], longitude: corner[1] }));
        const near = travel({ latitude, longitude }, bearing, away * radius);
        if (isInside(shape, toVector(near))) expect(latLngToCell(near.latitude, near.longitude, resolution)).toBe(shape.cell);
      }),
      { seed, numRuns: 300 },
    );
  });

  it("is a pentagon's where H3 has one, with the kinks that its odd resolutions have", () => {
    for (const pentagon of getPentagons(8)) expect(shapeOf(pentagon).normals).toHaveLength(3 * 5);
    for (const pentagon of getPentagons(9)) expect(shapeOf(pentagon).normals).toHaveLength(3 * 10);
  });

  it("is left where the border is, or not at all", () => {
    const shape = shapeOf(latLngToCell(41.88, -87.63, 9));
    const [latitude, longitude] = cellToLatLng(shape.cell);
    const middle = toVector({ latitude, longitude });
    const [a, b] = cellToBoundary(shape.cell).map(([north, east]) => toVector({ latitude: north, longitude: east }));
    if (a === undefined || b === undefined) throw new Error("a hexagon has six corners");
    const edge = between(a, b, 0.5);
    const twice = between(middle, edge, 2);
    expect(exitShare(shape, middle, twice)).toBeCloseTo(0.5, 6);
    expect(exitShare(shape, middle, between(middle, edge, 0.9))).toBe(1);
    expect(exitShare(shape, middle, middle)).toBe(1);
    expect(exitShare(shape, twice, between(middle, edge, 3))).toBe(0);
  });
});
