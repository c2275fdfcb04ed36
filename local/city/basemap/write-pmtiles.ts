import { gzipSync } from "node:zlib";
import { Compression, TileType, zxyToTileId } from "pmtiles";
import { AppError } from "@/lib/kernel/errors";
import type { CutTile } from "@/local/city/basemap/cut-tiles";

const HEADER_BYTES = 127;
/** A reader fetches the first 16 KiB; the root directory must be in it (PMTiles version 3, section 3). */
const ROOT_END_BYTES = 16_384;

export type ArchiveInfo = {
  readonly minZoom: number;
  readonly maxZoom: number;
  /** West, south, east, north in degrees. */
  readonly bounds: readonly [number, number, number, number];
  readonly center: readonly [number, number];
  readonly centerZoom: number;
  readonly metadata: Readonly<Record<string, unknown>>;
};

/**
 * A PMTiles archive (version 3, https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md) of gzipped vector
 * tiles: header, one root directory, metadata, tiles in the order of their ids. Equal input gives equal bytes.
 * Throws `internal` when there are too many tiles for one directory (some 9,000).
 */
export function writePmtiles(tiles: readonly CutTile[], info: ArchiveInfo): Uint8Array {
  const entries = tiles
    .map(({ z, x, y, bytes }) => ({ id: zxyToTileId(z, x, y), data: gzipSync(bytes, { level: 9 }) }))
    .sort((one, other) => one.id - other.id);
  const root = gzipSync(encodeDirectory(entries.map(({ id, data }) => ({ id, length: data.length }))));
  if (HEADER_BYTES + root.length > ROOT_END_BYTES) {
    throw new AppError("internal", `The map has ${tiles.length} tiles, too many for one directory of a PMTiles archive.`);
  }
  const metadata = gzipSync(JSON.stringify(info.metadata));
  const content = Buffer.concat(entries.map(({ data }) => data));
  const header = encodeHeader(info, { root: root.length, metadata: metadata.length, content: content.length, tiles: tiles.length });
  return Buffer.concat([header, root, metadata, content]);
}

/** Ids as differences, run lengths, lengths, offsets (0 = right behind the one before), each as varints. */
function encodeDirectory(entries: readonly { readonly id: number; readonly length: number }[]): Uint8Array {
  const ids = entries.map(({ id }, index) => id - (entries[index - 1]?.id ?? 0));
  const runs = entries.map(() => 1);
  const lengths = entries.map(({ length }) => length);
  const offsets = entries.map((_, index) => (index === 0 ? 1 : 0));
  return Uint8Array.from([entries.length, ...ids, ...runs, ...lengths, ...offsets].flatMap(encodeVarint));
}

function encodeVarint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

type Lengths = { readonly root: number; readonly metadata: number; readonly content: number; readonly tiles: number };

function encodeHeader(info: ArchiveInfo, lengths: Lengths): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("PMTiles", 0, "ascii");
  header.writeUInt8(3, 7);
  const metadataAt = HEADER_BYTES + lengths.root;
  const contentAt = metadataAt + lengths.metadata;
  const numbers = [HEADER_BYTES, lengths.root, metadataAt, lengths.metadata, 0, 0, contentAt, lengths.content];
  [...numbers, lengths.tiles, lengths.tiles, lengths.tiles].forEach((value, index) => {
    header.writeBigUInt64LE(BigInt(value), 8 + 8 * index);
  });
  const isClustered = 1;
  [isClustered, Compression.Gzip, Compression.Gzip, TileType.Mvt, info.minZoom, info.maxZoom].forEach((value, index) => {
    header.writeUInt8(value, 96 + index);
  });
  info.bounds.forEach((degrees, index) => header.writeInt32LE(Math.round(degrees * 1e7), 102 + 4 * index));
  header.writeUInt8(info.centerZoom, 118);
  info.center.forEach((degrees, index) => header.writeInt32LE(Math.round(degrees * 1e7), 119 + 4 * index));
  return header;
}
