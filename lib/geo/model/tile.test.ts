import fc from "fast-check";
import { cellToChildren, cellToLatLng, cellToParent, getPentagons, getResolution, latLngToCell } from "h3-js";
import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import {
  assertTile,
  cellIndex,
  CELLS_PER_TILE,
  defaultCover,
  defaultCovers,
  tileCells,
  tileFromBigInt,
  tileOfCell,
  tilesInBox,
  tileToBigInt,
  type Box,
} from "@/lib/geo/model/tile";

const loop = "872664ca9ffffff";
const seed = 20_260_401;

const anyTile = fc
  .record({ latitude: fc.double({ min: -90, max: 90, noNaN: true }), longitude: fc.double({ min: -180, max: 180, noNaN: true }), resolution: fc.integer({ min: 0, max: 13 }) })
  .map(({ latitude, longitude, resolution }) => latLngToCell(latitude, longitude, resolution))
  .filter((tile) => !getPentagons(getResolution(tile)).includes(tile));

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return isAppError(error) ? error.code : "not an AppError";
  }
  return undefined;
}

describe("tiles", () => {
  it("hold 49 cells in ascending order of their index, whatever the resolution", () => {
    fc.assert(
      fc.property(anyTile, (tile) => {
        const cells = tileCells(tile);
        const numbers = cells.map((cell) => BigInt(`0x${cell}`));
        expect(cells).toHaveLength(CELLS_PER_TILE);
        expect(numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? number))).toBe(true);
        cells.forEach((cell, index) => {
          expect(cellIndex(tile, cell)).toBe(index);
          expect(tileOfCell(cell)).toBe(tile);
        });
      }),
      { seed, numRuns: 60 },
    );
  });

  it("survive the way to the chain's number and back", () => {
    fc.assert(fc.property(anyTile, (tile) => tileFromBigInt(tileToBigInt(tile)) === tile), { seed });
    expect(tileToBigInt(loop)).toBe(0x872664ca9ffffffn);
  });

  it.each([
    ["no hexadecimal digits", "chicago", "tile.invalid"],
    ["an empty text", "", "tile.invalid"],
    ["an index with a bad mode", "ffffffffffffffff", "tile.invalid"],
    ["resolution 14, whose cells would lie below H3's last", latLngToCell(41.88, -87.63, 14), "tile.wrong-resolution"],
    ["a pentagon of resolution 0", getPentagons(0)[0] ?? "", "tile.pentagon"],
    ["a pentagon of resolution 7", getPentagons(7)[5] ?? "", "tile.pentagon"],
  ])("refuse %s", (_, tile, code) => {
    expect(codeOf(() => { assertTile(tile); })).toBe(code);
    expect(codeOf(() => tileCells(tile))).toBe(code);
  });

  it("refuse another resolution than the region's", () => {
    expect(codeOf(() => { assertTile(loop, 8); })).toBe("tile.wrong-resolution");
    expect(codeOf(() => { assertTile(loop, 7); })).toBeUndefined();
  });

  it("refuse cells of other tiles and texts that are no cells", () => {
    const [elsewhere = ""] = tileCells(latLngToCell(48.1, 11.5, 7));
    expect(codeOf(() => cellIndex(loop, elsewhere))).toBe("tile.invalid");
    expect(codeOf(() => tileOfCell("nothing"))).toBe("tile.invalid");
    expect(codeOf(() => tileOfCell(latLngToCell(0, 0, 1)))).toBe("tile.invalid");
    expect(codeOf(() => tileFromBigInt(0n))).toBe("tile.invalid");
  });

  it("next to a pentagon still have 49 cells each", () => {
    for (const pentagon of getPentagons(6)) {
      const children = cellToChildren(pentagon, 7);
      const hexagons = children.filter((child) => !getPentagons(7).includes(child));
      expect(hexagons).toHaveLength(5);
      for (const tile of hexagons) expect(new Set(tileCells(tile)).size).toBe(CELLS_PER_TILE);
    }
  });
});

describe("covers", () => {
  it("are the seven children of one parent, the same for each of them", () => {
    const cover = defaultCover(loop);
    expect(cover).toHaveLength(7);
    expect(cover).toContain(loop);
    for (const tile of cover) expect(defaultCover(tile)).toEqual(cover);
    expect(new Set(cover.map((tile) => cellToParent(tile, 6))).size).toBe(1);
  });

  it("of many tiles hold each tile once", () => {
    const tiles = tilesInBox({ south: 41.8, west: -87.75, north: 41.95, east: -87.6 }, 7);
    const covered = defaultCovers(tiles).flat();
    expect(new Set(covered).size).toBe(covered.length);
    for (const tile of tiles) expect(covered).toContain(tile);
  });

  it("of no tiles are none", () => {
    expect(defaultCovers([])).toEqual([]);
  });

  it("cannot be made for a tile without a parent or beside a pentagon", () => {
    expect(codeOf(() => defaultCover(latLngToCell(41.88, -87.63, 0)))).toBe("tile.wrong-resolution");
    const [, beside = ""] = cellToChildren(getPentagons(6)[0] ?? "", 7);
    expect(codeOf(() => defaultCover(beside))).toBe("tile.pentagon");
  });
});

describe("bounding boxes", () => {
  const contains = ({ south, west, north, east }: Box, latitude: number, longitude: number): boolean =>
    latitude >= south && latitude <= north && (west < east ? longitude >= west && longitude <= east : longitude >= west || longitude <= east);

  it.each([
    ["a city", { south: 41.8, west: -87.75, north: 41.95, east: -87.6 }, 7],
    ["across the antimeridian", { south: -18, west: 179.5, north: -17, east: -179.5 }, 6],
    ["around the north pole", { south: 88.5, west: -180, north: 90, east: 180 }, 4],
    ["around the south pole", { south: -90, west: -180, north: -88.5, east: 180 }, 4],
    ["wider than half the globe", { south: 33, west: -100, north: 36, east: 110 }, 3],
  ])("%s: every position in it lies in one of its tiles", (_, box, resolution) => {
    const tiles = new Set(tilesInBox(box, resolution));
    const width = box.east > box.west ? box.east - box.west : box.east + 360 - box.west;
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), fc.double({ min: 0.001, max: 0.999, noNaN: true }), (up, right) => {
        const longitude = box.west + right * width;
        const tile = latLngToCell(box.south + up * (box.north - box.south), longitude > 180 ? longitude - 360 : longitude, resolution);
        expect(tiles.has(tile)).toBe(true);
      }),
      { seed, numRuns: 300 },
    );
    const centresInside = [...tiles].filter((tile) => contains(box, ...cellToLatLng(tile)));
    expect(centresInside.length).toBeGreaterThan(0);
  });

  it.each([
    ["upside down", { south: 2, west: 0, north: 1, east: 1 }],
    ["without width", { south: 1, west: 0, north: 2, east: 0 }],
    ["beyond the pole", { south: 80, west: 0, north: 91, east: 1 }],
    ["beyond 180 degrees", { south: 1, west: 170, north: 2, east: 190 }],
    ["with a hole in its numbers", { south: Number.NaN, west: 0, north: 2, east: 1 }],
    ["with far too many tiles", { south: 30, west: -120, north: 45, east: -80 }],
  ])("%s are refused", (_, box) => {
    expect(codeOf(() => tilesInBox(box, 7))).toBe("region.invalid");
  });

  it("of the whole world are refused at once, whatever the resolution", () => {
    expect(codeOf(() => tilesInBox({ south: -90, west: -180, north: 90, east: 180 }, 13))).toBe("region.invalid");
  });

  it("with a pentagon in them are refused", () => {
    const [latitude, longitude] = cellToLatLng(getPentagons(5)[3] ?? "");
    expect(codeOf(() => tilesInBox({ south: latitude - 0.1, west: longitude - 0.1, north: latitude + 0.1, east: longitude + 0.1 }, 5))).toBe("tile.pentagon");
  });
});
