import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { PMTiles, type RangeResponse, type Source } from "pmtiles";
import { expect, test, vi } from "vitest";
import { writePmtiles } from "@/local/city/basemap/write-pmtiles";
import { isAppError } from "@/lib/kernel/errors";

vi.setConfig({ testTimeout: 120_000 });

const info = {
  minZoom: 9,
  maxZoom: 14,
  bounds: [-87.8, 41.7, -87.5, 41.9],
  center: [-87.6, 41.8],
  centerZoom: 12,
  metadata: { name: "somewhere" },
} as const;

/** An archive in memory, read by the library that the site reads it with. */
function open(archive: Uint8Array): PMTiles {
  const source: Source = {
    getKey: () => "memory",
    getBytes: (offset, length): Promise<RangeResponse> =>
      Promise.resolve({ data: Uint8Array.from(archive.subarray(offset, offset + length)).buffer }),
  };
  return new PMTiles(source, undefined, (bytes) => Promise.resolve(Uint8Array.from(gunzipSync(new Uint8Array(bytes))).buffer));
}

const tile = fc.integer({ min: 9, max: 14 }).chain((z) =>
  fc.record({ z: fc.constant(z), x: fc.integer({ min: 0, max: 2 ** z - 1 }), y: fc.integer({ min: 0, max: 2 ** z - 1 }), bytes: fc.uint8Array() }),
);

test("every tile is read back as it was written, in whatever order it came", async () => {
  const tiles = fc.uniqueArray(tile, { minLength: 1, maxLength: 40, selector: ({ z, x, y }) => `${z}/${x}/${y}` });
  const readsBack = fc.asyncProperty(tiles, async (written) => {
    const archive = open(writePmtiles(written, info));
    for (const { z, x, y, bytes } of written) {
      const read = await archive.getZxy(z, x, y);
      expect(new Uint8Array(read?.data ?? new ArrayBuffer())).toEqual(Uint8Array.from(bytes));
    }
  });
  await fc.assert(readsBack, { seed: 6, numRuns: 40 });
});

test("the header says where and what the map is", async () => {
  const archive = open(writePmtiles([{ z: 9, x: 131, y: 190, bytes: Uint8Array.of(1) }], info));
  const header = await archive.getHeader();
  expect([header.minLon, header.minLat, header.maxLon, header.maxLat]).toEqual([-87.8, 41.7, -87.5, 41.9]);
  expect([header.minZoom, header.maxZoom, header.centerZoom]).toEqual([9, 14, 12]);
  expect(await archive.getMetadata()).toEqual({ name: "somewhere" });
  expect(await archive.getZxy(9, 131, 191)).toBeUndefined();
});

test("more tiles than one directory holds are refused", () => {
  const tiles = Array.from({ length: 12_000 }, (_, index) => {
    const mixed = Math.imul(index + 1, 0x9e3779b1) >>> 0;
    const bytes = Uint8Array.from({ length: mixed % 499 }, (__, place) => Math.imul(mixed + place, 0x85ebca6b) >>> 24);
    return { z: 14, x: mixed % 16_384, y: index, bytes };
  });
  expect(() => writePmtiles(tiles, info)).toThrow(expect.toSatisfy((error) => isAppError(error, "internal")));
});
