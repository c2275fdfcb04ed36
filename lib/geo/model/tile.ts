import {
  cellToChildren,
  cellToParent,
  getHexagonAreaAvg,
  getResolution,
  gridDisk,
  isPentagon,
  isValidCell,
  polygonToCellsExperimental,
  POLYGON_TO_CELLS_FLAGS,
  UNITS,
} from "h3-js";
import { AppError } from "@/lib/kernel/errors";
import { EARTH_RADIUS_METRES } from "@/lib/geo/model/sphere";

/** Grandchildren of a hexagonal H3 cell: 7 children, each with 7 of its own. */
export const CELLS_PER_TILE = 49;

/** Cells lie two resolutions below their tile (H3 has 16 resolutions, so tiles may have 0 to 13). */
export const CELL_DEPTH = 2;

/** Most tiles that a bounding box may hold; a larger region is described by covers. */
export const BOX_TILES_MAX = 20_000;

const TILE_RESOLUTION_MAX = 13;
const TILE_CACHE_MAX = 4_096;

type TileCells = { readonly cells: readonly string[]; readonly indexes: ReadonlyMap<string, number> };

const knownTiles = new Map<string, TileCells>();

/** Degrees WGS84; `west` greater than `east` means that the box crosses the antimeridian. */
export type Box = {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
};

/**
 * Checks that a text is an H3 cell that can be a tile: valid, of resolution 0 to 13 (or exactly the given one), no pentagon.
 * A hexagon has no pentagon among its descendants, so this also holds for all its cells.
 * Throws `tile.invalid`, `tile.wrong-resolution` or `tile.pentagon`.
 */
export function assertTile(tile: string, resolution?: number): void {
  if (!isValidCell(tile)) {
    throw new AppError("tile.invalid", `Tile ${tile} is not an H3 cell: expected 15 hexadecimal digits, such as 872664ca9ffffff.`);
  }
  const actual = getResolution(tile);
  if (actual > TILE_RESOLUTION_MAX || (resolution !== undefined && actual !== resolution)) {
    const expected = resolution === undefined ? `at most ${TILE_RESOLUTION_MAX}` : String(resolution);
    throw new AppError("tile.wrong-resolution", `Tile ${tile} has H3 resolution ${actual}; expected ${expected}.`);
  }
  if (isPentagon(tile)) {
    throw new AppError("tile.pentagon", `Tile ${tile} is one of H3's 12 pentagons, which have no 49 cells: leave it out of the region.`);
  }
}

function knownTile(tile: string): TileCells {
  const known = knownTiles.get(tile);
  if (known !== undefined) return known;
  assertTile(tile);
  const cells = cellToChildren(tile, getResolution(tile) + CELL_DEPTH).toSorted();
  const made = { cells, indexes: new Map(cells.map((cell, index) => [cell, index])) };
  if (knownTiles.size >= TILE_CACHE_MAX) knownTiles.clear();
  knownTiles.set(tile, made);
  return made;
}

/**
 * The tile's 49 cells in ascending H3 index order: position c in this list is bit 49·s + c of a word.
 * Equal-length lower-case hexadecimal texts sort as their numbers. Throws what `assertTile` throws.
 */
export function tileCells(tile: string): readonly string[] {
  return knownTile(tile).cells;
}

/** Position 0..48 of a cell in its tile. Throws `tile.invalid` when the cell is not one of the tile's. */
export function cellIndex(tile: string, cell: string): number {
  const index = knownTile(tile).indexes.get(cell);
  if (index === undefined) throw new AppError("tile.invalid", `The cell is not one of the 49 cells of tile ${tile}.`);
  return index;
}

/** The tile that a cell belongs to: its grandparent. Throws `tile.invalid` when the text is no cell of resolution 2 to 15. */
export function tileOfCell(cell: string): string {
  const resolution = isValidCell(cell) ? getResolution(cell) : 0;
  if (resolution < CELL_DEPTH) throw new AppError("tile.invalid", "A cell must be an H3 cell of resolution 2 to 15.");
  return cellToParent(cell, resolution - CELL_DEPTH);
}

/** The 64-bit index under which the chain knows a tile. Throws what `assertTile` throws. */
export function tileToBigInt(tile: string): bigint {
  assertTile(tile);
  return BigInt(`0x${tile}`);
}

/** A tile from its 64-bit index. Throws what `assertTile` throws. */
export function tileFromBigInt(index: bigint): string {
  const tile = index.toString(16).padStart(15, "0");
  assertTile(tile);
  return tile;
}

/**
 * The cover that a tile belongs to unless its region says otherwise: the 7 children of its parent, ascending.
 * Throws `tile.wrong-resolution` for resolution 0 (no parent) and `tile.pentagon` when one of the children is a pentagon.
 */
export function defaultCover(tile: string): string[] {
  assertTile(tile);
  const resolution = getResolution(tile);
  if (resolution === 0) throw new AppError("tile.wrong-resolution", `Tile ${tile} has resolution 0 and so no parent to share with others.`);
  const cover = cellToChildren(cellToParent(tile, resolution - 1), resolution).toSorted();
  for (const member of cover) assertTile(member);
  return cover;
}

/** The default covers that hold all the given tiles, each once, ascending. Throws what `defaultCover` throws. */
export function defaultCovers(tiles: readonly string[]): string[][] {
  const covers = new Map<string, string[]>();
  const covered = new Set<string>();
  for (const tile of tiles.toSorted()) {
    if (covered.has(tile)) continue;
    const cover = defaultCover(tile);
    covers.set(tile, cover);
    for (const member of cover) covered.add(member);
  }
  return [...covers.values()];
}

function assertBox(box: Box): void {
  const isLatitude = (value: number): boolean => Number.isFinite(value) && Math.abs(value) <= 90;
  const isLongitude = (value: number): boolean => Number.isFinite(value) && Math.abs(value) <= 180;
  const isValid = isLatitude(box.south) && isLatitude(box.north) && box.south < box.north && isLongitude(box.west) && isLongitude(box.east) && box.west !== box.east;
  if (!isValid) {
    throw new AppError("region.invalid", "The bounding box needs south < north within ±90 and west, east within ±180 degrees (west > east crosses the antimeridian).");
  }
}

/** H3 reads polygons wider than half the globe inside out, so the box is cut into strips of at most 45 degrees. */
function stripsOf(box: Box): Box[] {
  const width = box.east > box.west ? box.east - box.west : box.east + 360 - box.west;
  const count = Math.ceil(width / 45);
  return Array.from({ length: count }, (_, index) => ({
    ...box,
    west: box.west + (index * width) / count,
    east: box.west + ((index + 1) * width) / count,
  }));
}

/** Beyond this latitude H3's flat view of polygons misses tiles at a box's border, so their neighbours are taken too. */
const POLAR_LATITUDE = 75;

function tilesInStrip({ south, west, north, east }: Box, resolution: number): string[] {
  const wrap = (longitude: number): number => (longitude > 180 ? longitude - 360 : longitude);
  const ring = [[south, wrap(west)], [south, wrap(east)], [north, wrap(east)], [north, wrap(west)]];
  const tiles = polygonToCellsExperimental(ring, resolution, POLYGON_TO_CELLS_FLAGS.containmentOverlapping);
  const isPolar = Math.max(Math.abs(south), Math.abs(north)) > POLAR_LATITUDE;
  return isPolar ? tiles.flatMap((tile) => gridDisk(tile, 1)) : tiles;
}

function refuseManyTiles(): never {
  throw new AppError("region.invalid", `The bounding box holds more than ${BOX_TILES_MAX} tiles: choose a smaller box or a coarser tile resolution.`);
}

/** Refuses a box by its area alone, before H3 makes a list of it. */
function assertBoxSize({ south, north, ...box }: Box, resolution: number): void {
  const radians = Math.PI / 180;
  const width = (box.east > box.west ? box.east - box.west : box.east + 360 - box.west) * radians;
  const area = width * (Math.sin(north * radians) - Math.sin(south * radians)) * EARTH_RADIUS_METRES ** 2;
  // Cells differ in area by up to a factor of two over the globe.
  if (area > 2 * BOX_TILES_MAX * getHexagonAreaAvg(resolution, UNITS.m2)) refuseManyTiles();
}

/**
 * Every tile of the resolution that touches the box, ascending; beyond 75 degrees of latitude also some neighbours.
 * Throws `region.invalid` for a malformed box or one with more than 20,000 tiles, and `tile.pentagon` when it holds a pentagon.
 */
export function tilesInBox(box: Box, resolution: number): string[] {
  assertBox(box);
  assertBoxSize(box, resolution);
  const tiles = new Set<string>();
  for (const strip of stripsOf(box)) {
    for (const tile of tilesInStrip(strip, resolution)) tiles.add(tile);
    if (tiles.size > BOX_TILES_MAX) refuseManyTiles();
  }
  for (const tile of tiles) assertTile(tile, resolution);
  return [...tiles].toSorted();
}
