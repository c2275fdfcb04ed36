import { type GridLine, type GridPoint, segmentsOf, tileBox } from "@/local/city/basemap/grid";
import { isOneWay, textOf } from "@/local/city/basemap/map-layers";
import { clipAndAlign } from "@/local/city/basemap/seam-ends";
import type { SourceFeature } from "@/local/city/basemap/source-tiles";
import { groupBy } from "@/local/city/collect";
import { type RoadClass, roadClassOf } from "@/local/city/streets/road-classes";

/** A straight piece of a street. One-way streets are driven from `from` to `to`. */
export type StreetSegment = {
  readonly from: GridPoint;
  readonly to: GridPoint;
  readonly roadClass: RoadClass;
  readonly oneWay: boolean;
  /** 0 on the ground, above zero on bridges, below zero in tunnels and under decks. */
  readonly level: number;
  /** Whether the line that the segment was cut from begins or ends there: where a bridge meets the ground. */
  readonly isLineStart: boolean;
  readonly isLineEnd: boolean;
};

type Street = Pick<StreetSegment, "roadClass" | "oneWay" | "level">;

/** The streets of the source's tiles as straight pieces, each place once. */
export function readSegments(source: readonly SourceFeature[]): StreetSegment[] {
  const streets = source.flatMap((feature) => {
    const street = streetOf(feature);
    return street === null ? [] : [{ street, feature }];
  });
  return [...groupBy(streets, ({ street }) => JSON.stringify(street)).values()].flatMap((group) => {
    const street = group[0]?.street;
    const pieces = group.flatMap(({ feature: { geometry, tile } }) =>
      geometry.kind === "line" ? geometry.lines.map((line) => ({ line, box: tileBox(tile) })) : [],
    );
    return street === undefined ? [] : clipAndAlign(pieces).flatMap((line) => cutLine(line, street));
  });
}

function streetOf({ layer, properties }: SourceFeature): Street | null {
  const roadClass = layer === "road" ? roadClassOf(textOf(properties, "class")) : undefined;
  if (roadClass === undefined) return null;
  return { roadClass, oneWay: isOneWay(properties) || roadClass === "motorway", level: levelOf(properties) };
}

function levelOf(properties: SourceFeature["properties"]): number {
  const structure = textOf(properties, "structure");
  const level = Number(properties.layer ?? 0);
  if (structure === "bridge") return Math.max(1, level);
  if (structure === "tunnel") return Math.min(-1, level);
  return 0;
}

function cutLine(line: GridLine, street: Street): StreetSegment[] {
  return [...segmentsOf(line)].map(([from, to], index, { length }) => ({
    ...street,
    from,
    to,
    isLineStart: index === 0,
    isLineEnd: index === length - 1,
  }));
}
