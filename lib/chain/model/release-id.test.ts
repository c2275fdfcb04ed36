import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packReleaseId, releasesHash, unpackReleaseId } from "@/lib/chain/model/release-id";

const tile = "872664ca9ffffff";
const uint32 = fc.integer({ min: 1, max: 0xffff_ffff });

describe("release ids", () => {
  test("an id is regionId << 96 | epoch << 64 | tile", () => {
    expect(packReleaseId({ regionId: 2, epoch: 3, tile })).toBe((2n << 96n) | (3n << 64n) | 0x0872664ca9ffffffn);
  });

  test("packing and unpacking are inverse", () => {
    fc.assert(
      fc.property(uint32, uint32, (regionId, epoch) => {
        expect(unpackReleaseId(packReleaseId({ regionId, epoch, tile }))).toEqual({ regionId, epoch, tile });
      }),
      { seed: 1 },
    );
  });

  test.each([0n, 1n << 64n, 1n << 128n])("%s is no release", (id) => {
    expect(() => unpackReleaseId(id)).toThrow(expect.objectContaining({ code: "release.unknown" }));
  });

  test.each([-1, 0.5, 2 ** 32])("epoch %s is refused", (epoch) => {
    expect(() => packReleaseId({ regionId: 1, epoch, tile })).toThrow(expect.objectContaining({ code: "release.unknown" }));
  });

  test("the hash of a list depends on its order", () => {
    expect(releasesHash([1n, 2n])).not.toBe(releasesHash([2n, 1n]));
    expect(releasesHash([])).toBe("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  });
});
