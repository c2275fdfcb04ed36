import fc from "fast-check";
import { expect, test } from "vitest";
import { clipLine } from "@/local/city/basemap/clip";
import { type GridLine, segmentsOf, TILE_EXTENT, tileBox } from "@/local/city/basemap/grid";
import { joinLines } from "@/local/city/basemap/join-lines";
import { clipAndAlign } from "@/local/city/basemap/seam-ends";

const [west, east] = [tileBox({ x: 0, y: 0 }), tileBox({ x: 1, y: 0 })];

function line(...corners: readonly (readonly [number, number])[]): GridLine {
  return corners.map(([x, y]) => ({ x, y }));
}

function lengthOf(lines: readonly GridLine[]): number {
  return lines
    .flatMap((points) => [...segmentsOf(points)])
    .reduce((sum, [from, to]) => sum + Math.hypot(to.x - from.x, to.y - from.y), 0);
}

test("a line that leaves a tile and comes back is two parts, in its direction", () => {
  const parts = clipLine(line([4000, 10], [4200, 10], [4200, 20], [4000, 20]), west);
  expect(parts).toEqual([line([4000, 10], [4096, 10]), line([4096, 20], [4000, 20])]);
});

test("a line outside of a tile is nothing, also when its box touches the tile's", () => {
  expect(clipLine(line([4090, -20], [4200, 90]), west)).toEqual([]);
});

test("the parts in two neighbouring tiles are as long as the whole", () => {
  const inTwoTiles = fc.record({ x: fc.integer({ min: 0, max: 2 * TILE_EXTENT }), y: fc.integer({ min: 0, max: TILE_EXTENT }) });
  const keepsLength = fc.property(fc.array(inTwoTiles, { minLength: 2, maxLength: 8 }), (points) => {
    const parts = [...clipLine(points, west), ...clipLine(points, east)];
    const alongSeam = [...segmentsOf(points)].filter(([from, to]) => from.x === TILE_EXTENT && to.x === TILE_EXTENT);
    const expected = lengthOf([points]) + lengthOf(alongSeam);
    expect(Math.abs(lengthOf(parts) - expected)).toBeLessThan(points.length); // crossings are rounded
  });
  fc.assert(keepsLength, { seed: 5 });
});

test("a street whose halves end some units apart is one line", () => {
  const halves = clipAndAlign([
    { line: line([3000, 100], [4224, 104]), box: west },
    { line: line([3968, 107], [5000, 107]), box: east },
  ]);
  expect(joinLines(halves, { mayReverse: true })).toHaveLength(1);
});

test("the two carriageways of an avenue are not mixed up at a seam", () => {
  const halves = clipAndAlign([
    { line: line([3000, 100], [4224, 100]), box: west },
    { line: line([3968, 103], [5000, 103]), box: east },
    { line: line([5000, 109], [3968, 109]), box: east },
    { line: line([4224, 109], [3000, 109]), box: west },
  ]);
  const joined = joinLines(halves, { mayReverse: false });
  expect(joined.map((points) => [points[0]?.x, points.at(-1)?.x])).toEqual([
    [3000, 5000],
    [5000, 3000],
  ]);
});

test("of several ends the nearest ones meet", () => {
  const halves = clipAndAlign([
    { line: line([3000, 100], [4224, 100]), box: west },
    { line: line([3000, 104], [4224, 104]), box: west },
    { line: line([3968, 103], [5000, 103]), box: east },
    { line: line([3968, 101], [5000, 101]), box: east },
  ]);
  const joined = joinLines(halves, { mayReverse: false });
  expect(joined.map((points) => [points[0]?.y, points.at(-1)?.y])).toEqual([
    [100, 101],
    [104, 103],
  ]);
});

test("ends further apart than the source's error stay apart", () => {
  const halves = clipAndAlign([
    { line: line([3000, 100], [4224, 100]), box: west },
    { line: line([3968, 106], [5000, 106]), box: east },
  ]);
  expect(joinLines(halves, { mayReverse: true })).toHaveLength(2);
});

test("three streets that meet are not joined, two are", () => {
  const [one, two, three] = [line([0, 0], [10, 0]), line([10, 0], [20, 0]), line([10, 0], [10, 10])];
  expect(joinLines([one, two, three], { mayReverse: true })).toHaveLength(3);
  expect(joinLines([one, two], { mayReverse: true })).toEqual([line([20, 0], [10, 0], [0, 0])]);
});

test("one-way streets are never turned around", () => {
  const against = [line([0, 0], [10, 0]), line([20, 0], [10, 0])];
  expect(joinLines(against, { mayReverse: false })).toEqual(against);
  const behind = [line([10, 0], [20, 0]), line([0, 0], [10, 0])];
  expect(joinLines(behind, { mayReverse: false })).toEqual([line([0, 0], [10, 0], [20, 0])]);
});

test("a one-way ring stays whole", () => {
  const ring = [line([0, 0], [10, 0]), line([10, 0], [10, 10]), line([10, 10], [0, 0])];
  expect(joinLines(ring, { mayReverse: false })).toEqual([line([0, 0], [10, 0], [10, 10], [0, 0])]);
});

test("a line that two tiles hand out is drawn once", () => {
  expect(joinLines([line([0, 0], [10, 0]), line([0, 0], [10, 0])], { mayReverse: true })).toHaveLength(1);
});
