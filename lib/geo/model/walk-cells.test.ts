import fc from "fast-check";
import { cellToBoundary, cellToLatLng, getPentagons, gridDisk, gridDistance, latLngToCell } from "h3-js";
import { describe, expect, it } from "vitest";
import { shapeAt } from "@/lib/geo/model/cell-shape";
import { between, metresApart, toPosition, toVector, travel } from "@/lib/geo/model/sphere";
import type { Position } from "@/lib/geo/model/track";
import { walkCells } from "@/lib/geo/model/walk-cells";

const seed = 20_260_404;

type Stretch = { readonly cell: string; readonly from: number; readonly to: number };

function walk(from: Position, to: Position, resolution: number): { stretches: Stretch[]; last: string } {
  const [start, end] = [toVector(from), toVector(to)];
  const stretches: Stretch[] = [];
  const last = walkCells({ start, end, metres: metresApart(start, end), resolution }, shapeAt(start, resolution), ({ cell }, first, until) => {
    stretches.push({ cell, from: first, to: until });
  });
  return { stretches, last: last.cell };
}

/** What must hold of every walk, checked against H3 at points along it. */
function expectTrue(from: Position, to: Position, resolution: number): Stretch[] {
  const { stretches, last } = walk(from, to, resolution);
  const [start, end] = [toVector(from), toVector(to)];
  const metres = metresApart(start, end);
  expect(last).toBe(latLngToCell(to.latitude, to.longitude, resolution));
  expect(stretches[0]?.from).toBe(0);
  expect(stretches.at(-1)?.to).toBe(1);
  stretches.forEach((stretch, index) => {
    expect(stretch.to).toBeGreaterThan(stretch.from);
    if (index > 0) expect(stretch.from).toBe(stretches[index - 1]?.to);
    // Three points inside the stretch, a millimetre from its ends, lie in the cell by H3's own rule.
    const margin = metres === 0 ? 0 : 1e-3 / metres;
    for (const share of [stretch.from + margin, (stretch.from + stretch.to) / 2, stretch.to - margin]) {
      if (share <= stretch.from || share >= stretch.to) continue;
      const { latitude, longitude } = toPosition(between(start, end, share));
      expect(latLngToCell(latitude, longitude, resolution)).toBe(stretch.cell);
    }
  });
  return stretches;
}

const direction = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true });
const length = fc.double({ min: 0, max: 2_000, noNaN: true });

describe("walking a segment through the grid", { timeout: 60_000 }, () => {
  it("passes through cells as H3 draws them, in every part of the world and at every resolution", () => {
    const anywhere = fc.record({ latitude: fc.double({ min: -90, max: 90, noNaN: true }), longitude: fc.double({ min: -180, max: 180, noNaN: true }) });
    fc.assert(
      fc.property(anywhere, direction, length, fc.integer({ min: 2, max: 12 }), (from, bearing, metres, resolution) => {
        expectTrue(from, travel(from, bearing, metres), resolution);
      }),
      { seed, numRuns: 400 },
    );
  });

  it("skips no cell between fixes that are far apart: neighbours follow neighbours", () => {
    const city = { latitude: 41.88, longitude: -87.63 };
    fc.assert(
      fc.property(direction, direction, fc.double({ min: 500, max: 2_000, noNaN: true }), (shift, bearing, metres) => {
        const from = travel(city, shift, 700);
        const stretches = expectTrue(from, travel(from, bearing, metres), 10);
        expect(stretches.length).toBeGreaterThanOrEqual(4);
        stretches.slice(1).forEach(({ cell }, index) => {
          expect(gridDistance(stretches[index]?.cell ?? "", cell)).toBe(1);
        });
      }),
      { seed, numRuns: 200 },
    );
  });

  it("gives a straight way through a cell its exact length", () => {
    const cell = latLngToCell(41.88, -87.63, 9);
    const [a, b, , d, e] = cellToBoundary(cell).map(([latitude, longitude]) => toVector({ latitude, longitude }));
    if (a === undefined || b === undefined || d === undefined || e === undefined) throw new Error("a hexagon has six corners");
    const [entry, exit] = [between(a, b, 0.5), between(d, e, 0.5)];
    const centre = toPosition(between(entry, exit, 0.5));
    const [from, to] = [toPosition(between(entry, exit, -0.4)), toPosition(between(entry, exit, 1.4))];
    const inside = expectTrue(from, to, 9).find((stretch) => stretch.cell === latLngToCell(centre.latitude, centre.longitude, 9));
    const metres = metresApart(toVector(from), toVector(to));
    expect((inside?.to ?? 0) * metres - (inside?.from ?? 0) * metres).toBeCloseTo(metresApart(entry, exit), 3);
  });

  it.each<[string, Position, Position]>([
    ["east over the antimeridian", { latitude: -17.5, longitude: 179.995 }, { latitude: -17.501, longitude: -179.994 }],
    ["west over the antimeridian", { latitude: 52, longitude: -179.99 }, { latitude: 52, longitude: 179.99 }],
    ["along the antimeridian, written with both signs", { latitude: 10, longitude: 180 }, { latitude: 10.01, longitude: -180 }],
    ["over the north pole", { latitude: 89.995, longitude: 20 }, { latitude: 89.995, longitude: -160 }],
    ["from the north pole itself", { latitude: 90, longitude: 0 }, { latitude: 89.985, longitude: 77 }],
    ["over the south pole", { latitude: -89.994, longitude: -45 }, { latitude: -89.994, longitude: 135 }],
    ["over the equator and the null meridian", { latitude: -0.005, longitude: -0.005 }, { latitude: 0.005, longitude: 0.005 }],
  ])("goes %s", (_, from, to) => {
    expect(expectTrue(from, to, 9).length).toBeGreaterThan(2);
  });

  it("goes through and past every pentagon", () => {
    for (const resolution of [8, 9]) {
      for (const pentagon of getPentagons(resolution)) {
        const [latitude, longitude] = cellToLatLng(pentagon);
        for (let turn = 0; turn < 12; turn += 1) {
          const bearing = (turn * Math.PI) / 6;
          const through = expectTrue(travel({ latitude, longitude }, bearing, 900), travel({ latitude, longitude }, bearing + Math.PI, 900), resolution);
          expect(through.map(({ cell }) => cell)).toContain(pentagon);
          const beside = travel({ latitude, longitude }, bearing, 500);
          expectTrue(travel(beside, bearing + 1.6, 800), travel(beside, bearing + 4.7, 800), resolution);
        }
      }
    }
  });

  it("goes along the icosahedron's edges, where cells have a kink", () => {
    // Pentagons sit on the icosahedron's corners; the great circle between two neighbouring ones is an edge.
    const corners = getPentagons(9).map((cell) => cellToLatLng(cell)).map(([latitude, longitude]) => toVector({ latitude, longitude }));
    const edges = corners.flatMap((one, index) => corners.slice(index + 1).map((other) => ({ one, other })).filter(({ other }) => metresApart(one, other) < 7_100_000));
    expect(edges).toHaveLength(30);
    edges.forEach(({ one, other }, index) => {
      for (const share of [0.13, 0.37, 0.61]) {
        const at = toPosition(between(one, other, share));
        const bearing = index + share;
        expectTrue(travel(at, bearing, 700), travel(at, bearing + Math.PI, 700), 9);
        expectTrue(travel(at, bearing, 250), travel(at, bearing + 3, 900), 8);
      }
    });
  });

  it("along a border shared by two cells counts every metre once", () => {
    const cell = latLngToCell(41.88, -87.63, 9);
    const corners = cellToBoundary(cell).map(([latitude, longitude]) => ({ latitude, longitude }));
    corners.forEach((corner, index) => {
      const next = corners[(index + 1) % corners.length] ?? corner;
      const { stretches } = walk(corner, next, 9);
      expect(stretches.reduce((sum, { from, to }) => sum + to - from, 0)).toBeCloseTo(1, 9);
      for (const stretch of stretches) expect(gridDisk(cell, 1)).toContain(stretch.cell);
    });
  });

  it("that does not move stays in its cell", () => {
    const here = { latitude: 41.88, longitude: -87.63 };
    expect(walk(here, here, 9).stretches).toEqual([{ cell: latLngToCell(41.88, -87.63, 9), from: 0, to: 1 }]);
    const [latitude = 0, longitude = 0] = cellToBoundary(latLngToCell(41.88, -87.63, 9))[0] ?? [];
    expect(walk({ latitude, longitude }, { latitude, longitude }, 9).stretches).toHaveLength(1);
  });
});
