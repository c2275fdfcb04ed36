import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { lonLatToGrid } from "@/local/city/basemap/grid";
import { readStreets, type StreetEdge } from "@/local/city/streets";
import { findRoute, freeSeconds } from "@/local/city/streets/find-route";
import { nearestNode } from "@/local/city/streets/nearest-node";

vi.setConfig({ testTimeout: 120_000 });

const streets = await readStreets();
const node = fc.integer({ min: 0, max: streets.nodes.length - 1 });

function secondsOf(route: readonly StreetEdge[]): number {
  return route.reduce((sum, edge) => sum + freeSeconds(edge), 0);
}

test("both ends of every edge exist, and its shape runs from one to the other inside of the map", () => {
  const { west, north, east, south } = streets.box;
  for (const { from, to, shape, lengthMetres } of streets.edges) {
    const [start, end] = [streets.nodes[from], streets.nodes[to]];
    expect(start).toBeDefined();
    expect(end).toBeDefined();
    expect(shape[0]).toEqual(start);
    expect(shape.at(-1)).toEqual(end);
    expect(lengthMetres).toBeGreaterThan(0);
    for (const { x, y } of shape) expect(x >= west && x <= east && y >= north && y <= south).toBe(true);
  }
});

test("the other direction of a two-way street is its mirror, and one-way streets have none", () => {
  for (const edge of streets.edges) {
    if (edge.opposite === null) continue;
    const other = streets.edges[edge.opposite];
    expect([other?.from, other?.to, other?.opposite]).toEqual([edge.to, edge.from, edge.id]);
    expect(other?.shape).toEqual(edge.shape.toReversed());
  }
  const motorways = streets.edges.filter(({ roadClass }) => roadClass === "motorway");
  expect(motorways.length).toBeGreaterThan(100);
  expect(motorways.every(({ opposite }) => opposite === null)).toBe(true);
});

test("the network is most of the map: more than 6,500 km of lanes and every class", () => {
  const metres = streets.edges.reduce((sum, { lengthMetres }) => sum + lengthMetres, 0);
  expect(metres).toBeGreaterThan(6.5e6);
  expect(new Set(streets.edges.map(({ roadClass }) => roadClass)).size).toBe(9);
});

test("between any two nodes there is a route of edges that follow each other", () => {
  const isConnected = fc.property(node, node, (from, to) => {
    let at = from;
    for (const edge of findRoute(streets, { from, to })) {
      expect(edge.from).toBe(at);
      expect(streets.leaving[at]).toContain(edge);
      at = edge.to;
    }
    expect(at).toBe(to);
  });
  fc.assert(isConnected, { seed: 11, numRuns: 60 });
});

test("a route over any third node is never quicker", () => {
  const isQuickest = fc.property(node, node, node, (from, over, to) => {
    const detour = [...findRoute(streets, { from, to: over }), ...findRoute(streets, { from: over, to })];
    expect(secondsOf(findRoute(streets, { from, to }))).toBeLessThanOrEqual(secondsOf(detour) + 1e-6);
  });
  fc.assert(isQuickest, { seed: 12, numRuns: 40 });
});

test("the expressway is the way from Oak Park to the Loop", () => {
  const at = (longitude: number, latitude: number) => nearestNode(lonLatToGrid(longitude, latitude), streets);
  const route = findRoute(streets, { from: at(-87.78, 41.872), to: at(-87.63, 41.878) });
  const metresOn = (edges: readonly StreetEdge[]) => edges.reduce((sum, { lengthMetres }) => sum + lengthMetres, 0);
  expect(metresOn(route)).toBeLessThan(16_000);
  expect(metresOn(route.filter(({ roadClass }) => roadClass === "motorway"))).toBeGreaterThan(6_000);
});

test("a node that does not exist has no routes", () => {
  expect(() => findRoute(streets, { from: 0, to: streets.nodes.length })).toThrow(RangeError);
});
