import fc from "fast-check";
import { expect, test } from "vitest";
import { doubleArea, gridToLonLat, lonLatToGrid, metresPerUnit, ringContains, WORLD_UNITS } from "@/local/city/basemap/grid";

test("degrees survive the way to the grid and back", () => {
  const place = fc.tuple(fc.double({ min: -180, max: 179.9, noNaN: true }), fc.double({ min: -84, max: 84, noNaN: true }));
  const roundTrip = fc.property(place, ([longitude, latitude]) => {
    const [east, north] = gridToLonLat(lonLatToGrid(longitude, latitude));
    expect(east).toBeCloseTo(longitude, 9);
    expect(north).toBeCloseTo(latitude, 9);
  });
  fc.assert(roundTrip, { seed: 7 });
});

test("a unit is 1.19 m at the equator and 0.89 m in Chicago", () => {
  expect(metresPerUnit(WORLD_UNITS / 2)).toBeCloseTo(1.193, 3);
  expect(metresPerUnit(lonLatToGrid(-87.6, 41.88).y)).toBeCloseTo(0.888, 3);
});

test("a ring that turns clockwise on the map has a positive area and contains its middle", () => {
  const clockwise = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 10 }, { x: 0, y: 10 }];
  expect(doubleArea(clockwise)).toBe(200);
  expect(doubleArea(clockwise.toReversed())).toBe(-200);
  expect(ringContains(clockwise, { x: 5, y: 5 })).toBe(true);
  expect(ringContains(clockwise, { x: 15, y: 5 })).toBe(false);
});
