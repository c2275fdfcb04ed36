import type { StreetEdge, Streets } from "@/local/city/streets";
import { PriorityQueue } from "@/local/city/streets/priority-queue";
import { FASTEST_KMH, freeSpeedKmh, type RoadClass } from "@/local/city/streets/road-classes";

export type RouteOptions = {
  readonly from: number;
  readonly to: number;
  /** Seconds that a driver expects on an edge; never less than its length at the fastest class's free speed. */
  readonly secondsOf?: (edge: StreetEdge) => number;
};

/** What the junction at an edge's end costs on average (slowing down, waiting, starting); small streets give way. */
const junctionSeconds: Readonly<Record<RoadClass, number>> = {
  motorway: 0,
  motorway_link: 0,
  trunk: 0,
  primary: 4,
  secondary: 4,
  tertiary: 4,
  link: 8,
  street: 8,
  street_limited: 8,
};

/** Seconds on an empty road, with an average stop at its end unless it is a motorway. */
export function freeSeconds({ lengthMetres, roadClass }: StreetEdge): number {
  return (3.6 * lengthMetres) / freeSpeedKmh[roadClass] + junctionSeconds[roadClass];
}

/**
 * The quickest way from one node to another (A*), as edges that follow each other; empty when both are the same.
 * A route always exists, since the network is one component; throws a RangeError on nodes that do not.
 */
export function findRoute(streets: Streets, { from, to, secondsOf = freeSeconds }: RouteOptions): StreetEdge[] {
  const target = streets.nodes[to];
  if (target === undefined || streets.nodes[from] === undefined) throw new RangeError("no such node");
  const secondsPerUnit = (3.6 * streets.metresPerUnit) / FASTEST_KMH;
  const atLeast = (node: number) => {
    const point = streets.nodes[node] ?? target;
    return Math.hypot(point.x - target.x, point.y - target.y) * secondsPerUnit;
  };
  const seconds = new Float64Array(streets.nodes.length).fill(Infinity);
  const arrivedBy = new Int32Array(streets.nodes.length).fill(-1);
  const queue = new PriorityQueue();
  const settled = new Uint8Array(streets.nodes.length);
  seconds[from] = 0;
  queue.push(from, atLeast(from));
  for (let node = queue.pop(); node !== undefined && node !== to; node = queue.pop()) {
    if (settled[node] === 1) continue;
    settled[node] = 1;
    for (const edge of streets.leaving[node] ?? []) {
      const arrival = (seconds[node] ?? Infinity) + secondsOf(edge);
      if (arrival >= (seconds[edge.to] ?? Infinity)) continue;
      seconds[edge.to] = arrival;
      arrivedBy[edge.to] = edge.id;
      queue.push(edge.to, arrival + atLeast(edge.to));
    }
  }
  return traceBack(streets, arrivedBy, { from, to });
}

/** The edges by which each node on the way was reached, `arrivedBy` being their numbers (-1: not reached). */
function traceBack(streets: Streets, arrivedBy: Int32Array, { from, to }: RouteOptions): StreetEdge[] {
  const route: StreetEdge[] = [];
  for (let node = to; node !== from; ) {
    const edge = streets.edges[arrivedBy[node] ?? -1];
    if (edge === undefined) throw new RangeError("no route");
    route.push(edge);
    node = edge.from;
  }
  return route.reverse();
}
