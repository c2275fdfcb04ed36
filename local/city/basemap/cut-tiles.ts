import { GeoJSONVT, type GeoJSONVTTile } from "@maplibre/geojson-vt";
import { fromGeojsonVt } from "@maplibre/vt-pbf";
import type { CityFeature } from "@/local/city/basemap/city-features";
import { type GridBox, type GridLine, TILE_EXTENT, WORLD_UNITS } from "@/local/city/basemap/grid";
import { type CityLayer, cityLayers } from "@/local/city/basemap/map-layers";
import { groupBy } from "@/local/city/collect";

/** One encoded tile of the map (Mapbox vector tile 2, not compressed). */
export type CutTile = { readonly z: number; readonly x: number; readonly y: number; readonly bytes: Uint8Array };

export type CutOptions = { readonly minZoom: number; readonly maxZoom: number; readonly box: GridBox };

/** Cuts the city into tiles, zoom by zoom, each layer from its features' first zoom on. Empty tiles are left out. */
export function cutTiles(features: readonly CityFeature[], options: CutOptions): CutTile[] {
  const tiles: CutTile[] = [];
  for (let z = options.minZoom; z <= options.maxZoom; z += 1) {
    const shown = features.filter(({ minZoom }) => minZoom <= z);
    const layers = [...groupBy(shown, ({ layer }) => layer)].map(([layer, content]) => [layer, indexOf(content, z)] as const);
    for (const { x, y } of tilesOf(options.box, z)) {
      const content = tileContent(layers, { z, x, y });
      if (content !== null) tiles.push({ z, x, y, bytes: fromGeojsonVt(content, { version: 2, extent: TILE_EXTENT }) });
    }
  }
  return tiles;
}

function indexOf(features: readonly CityFeature[], zoom: number): GeoJSONVT {
  const collection: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: features.map(toGeoJson) };
  return new GeoJSONVT(collection, {
    maxZoom: zoom + 1,
    indexMaxZoom: zoom,
    indexMaxPoints: 0,
    tolerance: 2.5,
    extent: TILE_EXTENT,
    buffer: 64,
    coordinates: "unitSquare",
  });
}

type Indexes = readonly (readonly [CityLayer, GeoJSONVT])[];

function tileContent(layers: Indexes, { z, x, y }: Omit<CutTile, "bytes">): Record<string, GeoJSONVTTile> | null {
  const content: Record<string, GeoJSONVTTile> = {};
  for (const name of cityLayers) {
    const index = layers.find(([layer]) => layer === name)?.[1];
    const tile = index?.getTile(z, x, y);
    if (tile !== undefined && tile !== null && tile.features.length > 0) content[name] = tile;
  }
  return Object.keys(content).length === 0 ? null : content;
}

function* tilesOf(box: GridBox, zoom: number): Generator<{ x: number; y: number }> {
  const size = WORLD_UNITS / 2 ** zoom;
  for (let x = Math.floor(box.west / size); x * size < box.east; x += 1) {
    for (let y = Math.floor(box.north / size); y * size < box.south; y += 1) yield { x, y };
  }
}

function toGeoJson(feature: CityFeature): GeoJSON.Feature {
  return { type: "Feature", properties: { ...feature.properties }, geometry: geometryOf(feature) };
}

function geometryOf(feature: CityFeature): GeoJSON.Geometry {
  if (feature.kind === "point") return { type: "Point", coordinates: toUnitSquare([feature.point]).flat() };
  if (feature.kind === "line") return { type: "LineString", coordinates: toUnitSquare(feature.line) };
  return {
    type: "Polygon",
    coordinates: feature.polygon.map((ring) => toUnitSquare([...ring, ...ring.slice(0, 1)])),
  };
}

function toUnitSquare(line: GridLine): number[][] {
  return line.map(({ x, y }) => [x / WORLD_UNITS, y / WORLD_UNITS]);
}
