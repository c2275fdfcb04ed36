import { VectorTile } from "@mapbox/vector-tile";
import { cellToBoundary } from "h3-js";
import { PbfReader } from "pbf";
import { expect, test, vi } from "vitest";
import { buildBasemap, sourceBox } from "@/local/city/basemap";
import { type CityFeature, joinCity } from "@/local/city/basemap/city-features";
import { cutTiles } from "@/local/city/basemap/cut-tiles";
import { boxContains, boxOf, type GridPoint, lonLatToGrid, ringContains, TILE_EXTENT } from "@/local/city/basemap/grid";
import { readSourceTiles, type SourceFeature } from "@/local/city/basemap/source-tiles";

vi.setConfig({ testTimeout: 120_000 });

const source = await readSourceTiles();
const features = joinCity(source);
const loopPilotTile = "872664ca9ffffff";

function isWater(longitude: number, latitude: number): boolean {
  const point = lonLatToGrid(longitude, latitude);
  return features.some((feature) => feature.layer === "water" && feature.kind === "polygon" && contains(feature.polygon, point));
}

function contains(polygon: readonly (readonly GridPoint[])[], point: GridPoint): boolean {
  return polygon.filter((ring) => ringContains(ring, point)).length % 2 === 1;
}

function named(name: string): CityFeature[] {
  return features.filter(({ properties }) => properties.name === name);
}

test("the same source makes the same map, byte by byte", () => {
  const [one, other] = [buildBasemap(source), buildBasemap(source)];
  expect(Buffer.compare(one.archive, other.archive)).toBe(0);
  expect(one.archive.length).toBeLessThan(4e6);
});

test("the pilot's tile is wholly on the map", () => {
  const corners = cellToBoundary(loopPilotTile).map(([latitude, longitude]) => lonLatToGrid(longitude, latitude));
  expect(boxContains(sourceBox(source), boxOf(corners))).toBe(true);
});

test("Lake Michigan is water, also past the east edge; the Loop and the lake shore are land", () => {
  for (const [longitude, latitude] of [[-87.595, 41.9], [-87.585, 41.85], [-87.59, 41.96], [-87.5, 41.88], [-87.585, 41.82]] as const) {
    expect(isWater(longitude, latitude), `${longitude},${latitude}`).toBe(true);
  }
  for (const [longitude, latitude] of [[-87.6278, 41.882], [-87.6646, 41.8706], [-87.6069, 41.8663], [-87.59, 41.79]] as const) {
    expect(isWater(longitude, latitude), `${longitude},${latitude}`).toBe(false);
  }
});

test("the river is water where its branches meet", () => {
  expect(isWater(-87.6375, 41.8865)).toBe(true);
});

test("the lake is one polygon, although twelve tiles show it", () => {
  const offShore = [[-87.588, 41.83], [-87.588, 41.87], [-87.588, 41.92], [-87.588, 41.96]] as const;
  const around = features.filter(
    (feature) => feature.kind === "polygon" && feature.layer === "water" && offShore.some(([longitude, latitude]) => contains(feature.polygon, lonLatToGrid(longitude, latitude))),
  );
  expect(around).toHaveLength(1);
});

test("no label stands twice: not one place or station comes from two tiles", () => {
  for (const name of ["Lake Michigan", "Near West Side", "Soldier Field", "Cicero"]) {
    const points = named(name).filter(({ properties }) => properties.class !== "rail-metro" && properties.class !== "rail");
    expect(points.length, name).toBe(1);
  }
});

test("a place that two tiles name at slightly different points is named once, its namesake far away too", () => {
  const [west, north] = [2100 * TILE_EXTENT, 3044 * TILE_EXTENT];
  const label = (tileX: number, x: number): SourceFeature => ({
    layer: "place_label",
    tile: { x: 2100 + tileX, y: 3044 },
    properties: { name: "Pilsen", type: "neighbourhood" },
    geometry: { kind: "point", points: [{ x: west + x, y: north + 10 }] },
  });
  const joined = joinCity([label(0, 4090), label(1, 4100), label(1, 8000), label(0, 4100)]);
  const points = joined.flatMap((feature) => (feature.kind === "point" && feature.layer === "place" ? [feature.point.x - west] : []));
  expect(points).toEqual([4090, 8000]);
});

test("streets are not broken at seams: motorways have few pieces", () => {
  const motorways = features.filter(({ layer, properties }) => layer === "road" && properties.class === "motorway" && properties.structure === undefined);
  const pieces = source.filter(({ layer, properties }) => layer === "road" && properties.class === "motorway").length;
  expect(motorways.length).toBeGreaterThan(10);
  expect(motorways.length).toBeLessThan(pieces * 4);
});

test("a tile of the Loop holds its streets, names and buildings in the documented layers", () => {
  const [cut] = cutTiles(features, { minZoom: 14, maxZoom: 14, box: boxOf([lonLatToGrid(-87.63, 41.882), lonLatToGrid(-87.629, 41.881)]) });
  const { layers } = new VectorTile(new PbfReader(cut?.bytes ?? new Uint8Array()));
  expect(Object.keys(layers).sort()).toEqual(["building", "landuse", "place", "poi", "road", "road_label", "water", "water_label", "waterway"].sort());
  const road = layers.road?.feature(0).properties ?? {};
  expect(Object.keys(road).every((name) => ["class", "structure", "oneway"].includes(name))).toBe(true);
});

test("wide views leave small streets, buildings and parking lots out", () => {
  const [cut] = cutTiles(features, { minZoom: 9, maxZoom: 9, box: boxOf([lonLatToGrid(-87.63, 41.882), lonLatToGrid(-87.629, 41.881)]) });
  const { layers } = new VectorTile(new PbfReader(cut?.bytes ?? new Uint8Array()));
  const classes = new Set(Array.from({ length: layers.road?.length ?? 0 }, (_, index) => layers.road?.feature(index).properties.class));
  expect([...classes].sort()).toEqual(["motorway", "primary", "trunk"]);
  expect(layers.building).toBeUndefined();
});
