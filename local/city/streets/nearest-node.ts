import type { GridPoint } from "@/local/city/basemap/grid";
import { addTo } from "@/local/city/collect";

const BUCKET_UNITS = 512;
const ROW = 2 ** 20;

/** The nodes by squares of the plane. */
export type NodeBuckets = ReadonlyMap<number, readonly number[]>;

export function bucketNodes(nodes: readonly GridPoint[]): NodeBuckets {
  const buckets = new Map<number, number[]>();
  nodes.forEach(({ x, y }, node) => addTo(buckets, keyOf(bucketOf(x), bucketOf(y)), node));
  return buckets;
}

function bucketOf(units: number): number {
  return Math.floor(units / BUCKET_UNITS);
}

function keyOf(x: number, y: number): number {
  return x * ROW + y;
}

/** The node nearest to a place on the grid, wherever that is; throws a RangeError when there are no nodes. */
export function nearestNode(place: GridPoint, streets: { readonly nodes: readonly GridPoint[]; readonly buckets: NodeBuckets }): number {
  let best = { node: -1, distance: Infinity };
  if (streets.nodes.length === 0) throw new RangeError("no streets");
  for (let ring = 0; (ring - 1) * BUCKET_UNITS < best.distance; ring += 1) {
    if (ring * BUCKET_UNITS > 2 ** 17) return nearestOf(place, streets.nodes);
    for (const node of nodesOnRing(place, ring, streets.buckets)) {
      const point = streets.nodes[node];
      const distance = point === undefined ? Infinity : Math.hypot(point.x - place.x, point.y - place.y);
      if (distance < best.distance) best = { node, distance };
    }
  }
  return best.node;
}

/** The nodes in the squares that are `ring` squares away from the place's own. */
function* nodesOnRing(place: GridPoint, ring: number, buckets: NodeBuckets): Generator<number> {
  const [centerX, centerY] = [bucketOf(place.x), bucketOf(place.y)];
  for (let dx = -ring; dx <= ring; dx += 1) {
    const step = Math.abs(dx) === ring ? 1 : Math.max(1, 2 * ring);
    for (let dy = -ring; dy <= ring; dy += step) yield* buckets.get(keyOf(centerX + dx, centerY + dy)) ?? [];
  }
}

/** Far away from every street the squares would be too many to walk. */
function nearestOf(place: GridPoint, nodes: readonly GridPoint[]): number {
  const distances = nodes.map(({ x, y }) => Math.hypot(x - place.x, y - place.y));
  return distances.reduce((best, distance, node) => (distance < (distances[best] ?? Infinity) ? node : best), 0);
}
