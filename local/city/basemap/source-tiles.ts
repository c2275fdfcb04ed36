import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { classifyRings, VectorTile, type VectorTileFeature } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";
import { AppError } from "@/lib/kernel/errors";
import { type GridLine, type GridPoint, type GridPolygon, samePoint, SOURCE_ZOOM, TILE_EXTENT } from "@/local/city/basemap/grid";

export type Properties = Readonly<Record<string, string | number | boolean>>;

export type GridGeometry =
  | { readonly kind: "point"; readonly points: readonly GridPoint[] }
  | { readonly kind: "line"; readonly lines: readonly GridLine[] }
  | { readonly kind: "polygon"; readonly polygons: readonly GridPolygon[] };

/** A feature of one source tile, with the tile's buffer (128 units) still around it. */
export type SourceFeature = {
  readonly layer: string;
  readonly tile: GridPoint;
  readonly properties: Properties;
  readonly geometry: GridGeometry;
};

const tileNamePattern = new RegExp(`^${SOURCE_ZOOM}-(\\d+)-(\\d+)\\.mvt$`);

/** The folder of Chicago's tiles in the package of test tiles (OpenStreetMap data, ODbL 1.0). */
export function sourceFolder(): string {
  const entry = createRequire(import.meta.url).resolve("@mapbox/mvt-fixtures");
  return path.join(path.dirname(entry), "real-world", "chicago");
}

/**
 * Every feature of the source's tiles, in the order of the tiles' names.
 * Throws `file.unreadable` when the package has no tiles of the expected shape.
 */
export async function readSourceTiles(folder: string = sourceFolder()): Promise<SourceFeature[]> {
  const features: SourceFeature[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const [, x, y] = tileNamePattern.exec(name) ?? [];
    if (x === undefined || y === undefined) continue;
    const bytes = await readFile(path.join(folder, name));
    features.push(...featuresOfTile(bytes, { x: Number(x), y: Number(y) }));
  }
  if (features.length === 0) throw new AppError("file.unreadable", `${folder} has no map tiles. Run npm ci.`);
  return features;
}

/** The features of one encoded vector tile (Mapbox vector tile 2), moved to the grid of the whole city. */
export function featuresOfTile(bytes: Uint8Array, tile: GridPoint): SourceFeature[] {
  const features: SourceFeature[] = [];
  for (const [layer, content] of Object.entries(new VectorTile(new PbfReader(bytes)).layers)) {
    for (let index = 0; index < content.length; index += 1) {
      const feature = content.feature(index);
      if (feature.extent !== TILE_EXTENT) {
        throw new AppError("file.unreadable", `layer ${layer} has an extent of ${feature.extent}, not ${TILE_EXTENT}`);
      }
      const geometry = geometryOf(feature, tile);
      if (geometry !== null) features.push({ layer, tile, properties: feature.properties, geometry });
    }
  }
  return features;
}

function geometryOf(feature: VectorTileFeature, tile: GridPoint): GridGeometry | null {
  const parts = feature.loadGeometry();
  const move = (point: GridPoint) => ({ x: tile.x * TILE_EXTENT + point.x, y: tile.y * TILE_EXTENT + point.y });
  if (feature.type === 1) return { kind: "point", points: parts.flat().map(move) };
  if (feature.type === 2) return { kind: "line", lines: parts.map((line) => line.map(move)) };
  if (feature.type !== 3) return null;
  return { kind: "polygon", polygons: classifyRings(parts).map((rings) => rings.map((ring) => openRing(ring.map(move)))) };
}

function openRing(ring: GridLine): GridLine {
  const [first, last] = [ring[0], ring.at(-1)];
  return first !== undefined && last !== undefined && samePoint(first, last) ? ring.slice(0, -1) : ring;
}
