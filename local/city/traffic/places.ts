import { type RandomSource, uniform } from "@/lib/kernel/random";
import type { Streets } from "@/local/city/streets";
import { importanceOf } from "@/local/city/streets/road-classes";
import { metresToCenter } from "@/local/city/traffic/congestion";

/** Nodes to choose from, by weight. */
export type Places = { readonly nodes: readonly number[]; readonly cumulative: readonly number[] };

export type TripEnds = {
  /** Where people live: small streets outside of the center. */
  readonly homes: Places;
  /** Where people go: the center, and the streets with shops elsewhere. */
  readonly works: Places;
};

/** The places that trips begin and end at, among the nodes that pass the filter. */
export function tripEnds(streets: Streets, isIncluded: (node: number) => boolean): TripEnds {
  const nodes = [...streets.nodes.keys()].filter((node) => isIncluded(node) && isStreetCorner(streets, node));
  return {
    homes: weighted(nodes, (node) => homeWeight(streets, node)),
    works: weighted(nodes, (node) => workWeight(streets, node)),
  };
}

function homeWeight(streets: Streets, node: number): number {
  return (isOnMajorStreet(streets, node) ? 0.25 : 1) * (1 - 0.7 * nearness(streets, node, 1_500));
}

function workWeight(streets: Streets, node: number): number {
  return 0.12 + (isOnMajorStreet(streets, node) ? 0.5 : 0) + 6 * nearness(streets, node, 1_800);
}

function nearness(streets: Streets, node: number, metres: number): number {
  const point = streets.nodes[node];
  return point === undefined ? 0 : Math.exp(-((metresToCenter(streets, point) / metres) ** 2) / 2);
}

function isOnMajorStreet(streets: Streets, node: number): boolean {
  return (streets.leaving[node] ?? []).some(({ roadClass }) => importanceOf(roadClass) <= importanceOf("tertiary"));
}

/** Nobody parks on a motorway or a ramp. */
function isStreetCorner(streets: Streets, node: number): boolean {
  return (streets.leaving[node] ?? []).every(({ roadClass }) => importanceOf(roadClass) >= importanceOf("primary"));
}

function weighted(nodes: readonly number[], weightOf: (node: number) => number): Places {
  let sum = 0;
  const cumulative = nodes.map((node) => (sum += weightOf(node)));
  return { nodes, cumulative };
}

/** One of the places, each as likely as its weight says; throws a RangeError when there are none. */
export function choosePlace({ nodes, cumulative }: Places, random: RandomSource): number {
  const wanted = uniform(random) * (cumulative.at(-1) ?? 0);
  let [low, high] = [0, nodes.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 0) > wanted) high = middle;
    else low = middle + 1;
  }
  const place = nodes[low];
  if (place === undefined) throw new RangeError("no places to choose from");
  return place;
}
