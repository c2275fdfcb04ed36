import type { GridPoint } from "@/local/city/basemap/grid";
import { addTo } from "@/local/city/collect";
import type { NodedStreets } from "@/local/city/streets/node-streets";
import type { RoadClass } from "@/local/city/streets/road-classes";

/** A street between two junctions (or ends), with its shape. One-way links are driven from `from` to `to`. */
export type StreetLink = {
  readonly from: number;
  readonly to: number;
  readonly roadClass: RoadClass;
  readonly oneWay: boolean;
  readonly shape: readonly GridPoint[];
};

/** Joins pieces of one street where nothing branches off; the nodes in between become corners of its shape. */
export function joinLinks({ nodes, pieces }: NodedStreets): StreetLink[] {
  const links = new Set<StreetLink>();
  const touching = new Map<number, StreetLink[]>();
  for (const { from, to, roadClass, oneWay } of pieces) {
    const [start, end] = [nodes[from], nodes[to]];
    if (start === undefined || end === undefined) continue;
    const link: StreetLink = { from, to, roadClass, oneWay, shape: [start, end] };
    links.add(link);
    addTo(touching, from, link);
    addTo(touching, to, link);
  }
  for (const [node, [one, other, third]] of touching) {
    if (one === undefined || other === undefined || third !== undefined || one === other) continue;
    const joined = joinAt(node, one, other);
    if (joined === null || joined.from === joined.to) continue;
    for (const old of [one, other]) links.delete(old);
    links.add(joined);
    touching.delete(node);
    replaceAt(touching, joined, [one, other]);
  }
  return [...links];
}

function replaceAt(touching: Map<number, StreetLink[]>, joined: StreetLink, replaced: readonly StreetLink[]): void {
  for (const end of [joined.from, joined.to]) {
    const others = (touching.get(end) ?? []).filter((link) => !replaced.includes(link));
    touching.set(end, [...others, joined]);
  }
}

/** The two links of a node as one, or null when they are not one street. */
function joinAt(node: number, one: StreetLink, other: StreetLink): StreetLink | null {
  if (one.roadClass !== other.roadClass || one.oneWay !== other.oneWay) return null;
  if (one.oneWay) {
    if (one.to === node && other.from === node) return append(one, other);
    return other.to === node && one.from === node ? append(other, one) : null;
  }
  return append(one.to === node ? one : turnAround(one), other.from === node ? other : turnAround(other));
}

function append(first: StreetLink, second: StreetLink): StreetLink {
  return { ...first, to: second.to, shape: [...first.shape, ...second.shape.slice(1)] };
}

function turnAround(link: StreetLink): StreetLink {
  return { ...link, from: link.to, to: link.from, shape: [...link.shape].reverse() };
}
