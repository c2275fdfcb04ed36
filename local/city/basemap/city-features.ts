import { dissolveSeams } from "@/local/city/basemap/dissolve";
import { doubleArea, type GridLine, type GridPoint, type GridPolygon, metresPerUnit, tileBox } from "@/local/city/basemap/grid";
import { joinLines } from "@/local/city/basemap/join-lines";
import { extendLake, lakeLabelPoint } from "@/local/city/basemap/lake";
import { placeFeature, type Placement } from "@/local/city/basemap/map-layers";
import { clipAndAlign } from "@/local/city/basemap/seam-ends";
import type { SourceFeature } from "@/local/city/basemap/source-tiles";
import { groupBy } from "@/local/city/collect";

/** A feature of the whole city, joined over the seams of the source's tiles. */
export type CityFeature = Placement &
  (
    | { readonly kind: "point"; readonly point: GridPoint }
    | { readonly kind: "line"; readonly line: GridLine }
    | { readonly kind: "polygon"; readonly polygon: GridPolygon }
  );

/** Labels of one name that are closer than this are one label, placed twice by the source. */
const SAME_LABEL_METRES = 600;

/** Joins what the source's tiles cut: the features of the map, in drawing order. */
export function joinCity(source: readonly SourceFeature[]): CityFeature[] {
  const placed = source.flatMap((feature) => {
    const placement = placeFeature(feature);
    return placement === null ? [] : [{ feature, placement }];
  });
  const groups = groupBy(placed, ({ placement }) => JSON.stringify(placement));
  const joined = [...groups.values()].flatMap((group) => {
    const placement = group[0]?.placement;
    return placement === undefined ? [] : joinGroup(group.map(({ feature }) => feature), placement);
  });
  const lake: CityFeature = {
    layer: "water_label",
    properties: { name: "Lake Michigan", class: "lake", rank: 1 },
    minZoom: 9,
    kind: "point",
    point: lakeLabelPoint,
  };
  return [...oneOfEachLabel(joined), lake].sort((one, other) => drawingOrder(one) - drawingOrder(other));
}

function joinGroup(features: readonly SourceFeature[], placement: Placement): CityFeature[] {
  const dissolved = dissolveSeams(features.flatMap(polygonPieces));
  const polygons = placement.layer === "water" ? extendLake(dissolved) : dissolved;
  const lines = joinLines(clipAndAlign(features.flatMap(linePieces)), { mayReverse: placement.properties.oneway !== true });
  return [
    ...polygons.map((polygon): CityFeature => ({ ...placement, kind: "polygon", polygon })),
    ...lines.map((line): CityFeature => ({ ...placement, kind: "line", line })),
    ...features.flatMap(ownPoints).map((point): CityFeature => ({ ...placement, kind: "point", point })),
  ];
}

function polygonPieces({ geometry, tile }: SourceFeature) {
  return geometry.kind === "polygon" ? geometry.polygons.map((polygon) => ({ polygon, box: tileBox(tile) })) : [];
}

function linePieces({ geometry, tile }: SourceFeature) {
  return geometry.kind === "line" ? geometry.lines.map((line) => ({ line, box: tileBox(tile) })) : [];
}

/** The points inside of the feature's own tile; those in its buffer belong to a neighbour. */
function ownPoints({ geometry, tile }: SourceFeature): readonly GridPoint[] {
  const { west, north, east, south } = tileBox(tile);
  return geometry.kind === "point" ? geometry.points.filter(({ x, y }) => x >= west && x < east && y >= north && y < south) : [];
}

function oneOfEachLabel(features: readonly CityFeature[]): CityFeature[] {
  const byName = new Map<string, GridPoint[]>();
  const ranked = [...features].sort((one, other) => Number(one.properties.rank ?? 0) - Number(other.properties.rank ?? 0));
  return ranked.filter((feature) => {
    if (feature.kind !== "point") return true;
    const { point } = feature;
    const key = [feature.layer, feature.properties.class, feature.properties.name].join("\n");
    const others = byName.get(key) ?? [];
    const distance = SAME_LABEL_METRES / metresPerUnit(point.y);
    if (others.some(({ x, y }) => Math.hypot(x - point.x, y - point.y) < distance)) return false;
    byName.set(key, [...others, point]);
    return true;
  });
}

/** Large areas go below small ones (a pitch lies on a park); among lines and points the order does not matter. */
function drawingOrder(feature: CityFeature): number {
  const outer = feature.kind === "polygon" ? feature.polygon[0] : undefined;
  return outer === undefined ? 0 : -doubleArea(outer);
}
