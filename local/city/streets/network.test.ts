import fc from "fast-check";
import { expect, test } from "vitest";
import type { GridPoint } from "@/local/city/basemap/grid";
import { joinLinks } from "@/local/city/streets/join-links";
import { largestComponent } from "@/local/city/streets/largest-component";
import { nearestNode, bucketNodes } from "@/local/city/streets/nearest-node";
import { nodeStreets } from "@/local/city/streets/node-streets";
import { PriorityQueue } from "@/local/city/streets/priority-queue";
import type { StreetSegment } from "@/local/city/streets/street-segments";

type Wish = Partial<Omit<StreetSegment, "from" | "to">>;

function segment(from: readonly [number, number], to: readonly [number, number], wish: Wish = {}): StreetSegment {
  return {
    from: { x: from[0], y: from[1] },
    to: { x: to[0], y: to[1] },
    roadClass: "street",
    oneWay: false,
    level: 0,
    isLineStart: true,
    isLineEnd: true,
    ...wish,
  };
}

test("two streets that cross on the ground meet in one junction", () => {
  const { nodes, pieces } = nodeStreets([segment([0, 50], [100, 50]), segment([50, 0], [50, 100])]);
  expect(nodes).toHaveLength(5);
  expect(pieces).toHaveLength(4);
});

test("a bridge passes over a street without meeting it, and meets the street that goes on at its end", () => {
  const bridge = segment([50, 0], [50, 100], { level: 1 });
  const { nodes, pieces } = nodeStreets([segment([0, 50], [100, 50]), bridge, segment([50, 100], [50, 200])]);
  expect(nodes).toHaveLength(5);
  expect(pieces).toHaveLength(3);
});

test("a motorway meets a ramp, but no street that crosses it", () => {
  const motorway = segment([0, 0], [200, 0], { roadClass: "motorway", oneWay: true });
  const crossing = nodeStreets([motorway, segment([100, -50], [100, 50])]);
  expect(crossing.pieces).toHaveLength(2);
  const ramp = segment([100, 0], [150, 50], { roadClass: "motorway_link", oneWay: true });
  expect(nodeStreets([motorway, ramp]).pieces).toHaveLength(3);
});

test("a street that ends a unit before another still meets it", () => {
  const { pieces } = nodeStreets([segment([0, 0], [100, 0]), segment([50, 1], [50, 100])]);
  expect(pieces).toHaveLength(3);
});

test("corners without a junction become the shape of one street", () => {
  const links = joinLinks(nodeStreets([segment([0, 0], [100, 0]), segment([100, 0], [100, 100]), segment([100, 100], [200, 100])]));
  const corners = [[0, 0], [100, 0], [100, 100], [200, 100]].map(([x, y]) => ({ x, y }));
  expect(links).toHaveLength(1);
  expect([corners, corners.toReversed()]).toContainEqual(links[0]?.shape);
});

test("a street that changes its class is two", () => {
  const links = joinLinks(nodeStreets([segment([0, 0], [100, 0]), segment([100, 0], [200, 0], { roadClass: "primary" })]));
  expect(links.map(({ roadClass }) => roadClass)).toEqual(["street", "primary"]);
});

test("one-way streets that meet head on stay two", () => {
  const oneWay = { oneWay: true };
  expect(joinLinks(nodeStreets([segment([0, 0], [100, 0], oneWay), segment([200, 0], [100, 0], oneWay)]))).toHaveLength(2);
  expect(joinLinks(nodeStreets([segment([100, 0], [200, 0], oneWay), segment([0, 0], [100, 0], oneWay)]))).toHaveLength(1);
});

const arcs = fc.array(fc.record({ from: fc.nat(11), to: fc.nat(11) }), { maxLength: 30 });

/** The nodes that can be reached from a node, itself included. */
function reachable(from: number, list: readonly { from: number; to: number }[]): Set<number> {
  const seen = new Set([from]);
  for (const node of seen) for (const arc of list) if (arc.from === node) seen.add(arc.to);
  return seen;
}

test("the largest component is one of the largest sets that reach each other", () => {
  const isLargest = fc.property(arcs, (list) => {
    const component = largestComponent(12, list);
    const sets = Array.from({ length: 12 }, (_, node) => [...reachable(node, list)].filter((other) => reachable(other, list).has(node)));
    expect(component.size).toBe(Math.max(...sets.map(({ length }) => length)));
    const [first] = component;
    expect(new Set(sets[first ?? 0])).toEqual(component);
  });
  fc.assert(isLargest, { seed: 8, numRuns: 300 });
});

test("a chain that is longer than the stack is deep is searched through", () => {
  const ring = Array.from({ length: 200_000 }, (_, node) => ({ from: node, to: (node + 1) % 200_000 }));
  expect(largestComponent(200_000, ring).size).toBe(200_000);
});

test("the queue hands everything out, the cheapest first", () => {
  const isSorted = fc.property(fc.array(fc.integer()), (costs) => {
    const queue = new PriorityQueue();
    costs.forEach((cost, item) => queue.push(item, cost));
    const taken: number[] = [];
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) taken.push(costs[item] ?? NaN);
    expect(taken).toEqual([...costs].sort((one, other) => one - other));
  });
  fc.assert(isSorted, { seed: 9, numRuns: 200 });
});

test("the nearest node is the nearest of all, near and far", () => {
  const near = fc.record({ x: fc.nat(20_000), y: fc.nat(20_000) });
  const far = fc.record({ x: fc.nat(2 ** 25), y: fc.nat(2 ** 25) });
  const distance = (one: GridPoint, other: GridPoint | undefined) => Math.hypot(one.x - (other?.x ?? NaN), one.y - (other?.y ?? NaN));
  const isNearest = fc.property(fc.array(near, { minLength: 1, maxLength: 30 }), fc.oneof(near, far), (nodes, place) => {
    const found = nearestNode(place, { nodes, buckets: bucketNodes(nodes) });
    expect(distance(place, nodes[found])).toBe(Math.min(...nodes.map((node) => distance(place, node))));
  });
  fc.assert(isNearest, { seed: 10, numRuns: 300 });
});
