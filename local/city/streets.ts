import { sourceBox } from "@/local/city/basemap";
import { type GridBox, type GridLine, type GridPoint, metresPerUnit, segmentsOf } from "@/local/city/basemap/grid";
import { readSourceTiles, type SourceFeature } from "@/local/city/basemap/source-tiles";
import { joinLinks, type StreetLink } from "@/local/city/streets/join-links";
import { largestComponent } from "@/local/city/streets/largest-component";
import { nodeStreets } from "@/local/city/streets/node-streets";
import { bucketNodes, type NodeBuckets } from "@/local/city/streets/nearest-node";
import type { RoadClass } from "@/local/city/streets/road-classes";
import { readSegments } from "@/local/city/streets/street-segments";

/** One direction of a street between two junctions. */
export type StreetEdge = {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly roadClass: RoadClass;
  readonly lengthMetres: number;
  /** On the map's grid, from the first junction to the second, both included. */
  readonly shape: GridLine;
  /** The same street in the other direction; null on one-way streets. */
  readonly opposite: number | null;
};

/** The street network of the map: every node can be reached from every other. */
export type Streets = {
  readonly box: GridBox;
  readonly metresPerUnit: number;
  readonly nodes: readonly GridPoint[];
  readonly edges: readonly StreetEdge[];
  /** The edges that leave each node, and those that arrive there. */
  readonly leaving: readonly (readonly StreetEdge[])[];
  readonly arriving: readonly (readonly StreetEdge[])[];
  readonly buckets: NodeBuckets;
};

/** Reads the street network from the map's source; takes about a second. */
export async function readStreets(): Promise<Streets> {
  return buildStreets(await readSourceTiles());
}

/** The street network of the source's tiles, without what cannot be reached and left again. */
export function buildStreets(source: readonly SourceFeature[]): Streets {
  const noded = nodeStreets(readSegments(source));
  const links = joinLinks(noded);
  const arcs = links.flatMap(({ from, to, oneWay }) => (oneWay ? [{ from, to }] : [{ from, to }, { from: to, to: from }]));
  const kept = largestComponent(noded.nodes.length, arcs);
  const box = sourceBox(source);
  const scale = metresPerUnit((box.north + box.south) / 2);
  const used = links.filter(({ from, to }) => kept.has(from) && kept.has(to));
  const { nodes, renumbered } = renumber(noded.nodes, used);
  const edges = edgesOf(used, renumbered, scale);
  const leaving = nodes.map(() => new Array<StreetEdge>());
  const arriving = nodes.map(() => new Array<StreetEdge>());
  for (const edge of edges) {
    leaving[edge.from]?.push(edge);
    arriving[edge.to]?.push(edge);
  }
  return { box, metresPerUnit: scale, nodes, edges, leaving, arriving, buckets: bucketNodes(nodes) };
}

/** Only the nodes at the ends of links stay, in the order of their first use. */
function renumber(points: readonly GridPoint[], links: readonly StreetLink[]) {
  const renumbered = new Map<number, number>();
  const nodes: GridPoint[] = [];
  for (const node of links.flatMap(({ from, to }) => [from, to])) {
    const point = points[node];
    if (point === undefined || renumbered.has(node)) continue;
    renumbered.set(node, nodes.push(point) - 1);
  }
  return { nodes, renumbered };
}

function edgesOf(links: readonly StreetLink[], renumbered: ReadonlyMap<number, number>, scale: number): StreetEdge[] {
  const edges: StreetEdge[] = [];
  for (const { shape, roadClass, oneWay, ...link } of links) {
    const [from, to] = [renumbered.get(link.from), renumbered.get(link.to)];
    if (from === undefined || to === undefined) continue;
    const lengthMetres = lengthOf(shape) * scale;
    const id = edges.length;
    edges.push({ id, from, to, roadClass, lengthMetres, shape, opposite: oneWay ? null : id + 1 });
    if (oneWay) continue;
    edges.push({ id: id + 1, from: to, to: from, roadClass, lengthMetres, shape: [...shape].reverse(), opposite: id });
  }
  return edges;
}

function lengthOf(shape: GridLine): number {
  let length = 0;
  for (const [from, to] of segmentsOf(shape)) length += Math.hypot(to.x - from.x, to.y - from.y);
  return length;
}
