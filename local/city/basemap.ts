import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { joinCity } from "@/local/city/basemap/city-features";
import { cutTiles } from "@/local/city/basemap/cut-tiles";
import { boxOf, type GridBox, gridToLonLat, tileBox } from "@/local/city/basemap/grid";
import { cityLayers } from "@/local/city/basemap/map-layers";
import { readSourceTiles, type SourceFeature } from "@/local/city/basemap/source-tiles";
import { writePmtiles } from "@/local/city/basemap/write-pmtiles";

/** What a page must know about the map before it loads it. */
export type MapInfo = {
  /** West, south, east, north in degrees: where the map has streets. */
  readonly bounds: readonly [number, number, number, number];
  readonly center: readonly [number, number];
  readonly minzoom: number;
  readonly maxzoom: number;
  readonly attribution: string;
  readonly license: string;
};

export type Basemap = { readonly info: MapInfo; readonly archive: Uint8Array; readonly tiles: number };

const MIN_ZOOM = 9;
const MAX_ZOOM = 14;
const ATTRIBUTION = "© OpenStreetMap contributors";
const LICENSE = "ODbL 1.0";
/** State and Madison, where Chicago's addresses begin. */
const CENTER = [-87.6278, 41.882] as const;

/** The box of the grid that the source's tiles cover. */
export function sourceBox(source: readonly SourceFeature[]): GridBox {
  return boxOf(
    source.flatMap(({ tile }) => {
      const { west, north, east, south } = tileBox(tile);
      return [
        { x: west, y: north },
        { x: east, y: south },
      ];
    }),
  );
}

/** The street map of Chicago as a PMTiles archive. Equal input gives equal bytes; takes some seconds. */
export function buildBasemap(source: readonly SourceFeature[]): Basemap {
  const covered = sourceBox(source);
  const info = mapInfo(covered);
  const features = joinCity(source);
  const drawn = boxOf([
    { x: covered.west, y: covered.north },
    ...features.flatMap((feature) => (feature.kind === "polygon" ? feature.polygon.flat() : [])),
  ]);
  const tiles = cutTiles(features, { minZoom: MIN_ZOOM, maxZoom: MAX_ZOOM, box: drawn });
  const archive = writePmtiles(tiles, {
    minZoom: MIN_ZOOM,
    maxZoom: MAX_ZOOM,
    bounds: lonLatBounds(drawn),
    center: info.center,
    centerZoom: 12,
    metadata: {
      name: "Chicago",
      attribution: `${ATTRIBUTION} (${LICENSE})`,
      vector_layers: cityLayers.map((id) => ({ id, fields: {}, minzoom: MIN_ZOOM, maxzoom: MAX_ZOOM })),
    },
  });
  return { info, archive, tiles: tiles.length };
}

/** Writes `chicago.pmtiles` and `chicago.json` into a folder; a reader never sees half a file. */
export async function writeBasemap(folder: string): Promise<Basemap & { readonly file: string }> {
  const basemap = buildBasemap(await readSourceTiles());
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, "chicago.pmtiles");
  await replaceFile(file, basemap.archive);
  await replaceFile(path.join(folder, "chicago.json"), `${JSON.stringify(basemap.info, null, 2)}\n`);
  return { ...basemap, file };
}

async function replaceFile(file: string, content: Uint8Array | string): Promise<void> {
  const unfinished = `${file}.${process.pid}.part`;
  await writeFile(unfinished, content);
  await rename(unfinished, file);
}

function mapInfo(covered: GridBox): MapInfo {
  return {
    bounds: lonLatBounds(covered),
    center: CENTER,
    minzoom: MIN_ZOOM,
    maxzoom: MAX_ZOOM,
    attribution: ATTRIBUTION,
    license: LICENSE,
  };
}

function lonLatBounds({ west, south, east, north }: GridBox): [number, number, number, number] {
  const [left, bottom] = gridToLonLat({ x: west, y: south });
  const [right, top] = gridToLonLat({ x: east, y: north });
  return [left, bottom, right, top];
}
