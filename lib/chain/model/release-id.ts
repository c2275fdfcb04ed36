import { concat, keccak256, toBeHex } from "ethers";
import { AppError } from "@/lib/kernel/errors";
import type { Hex } from "@/lib/kernel/hex";
import { parseHex } from "@/lib/chain/model/parse-hex";
import { tileFromBigInt, tileToBigInt } from "@/lib/geo/model/tile";

/** One tile of one region in one epoch. */
export type ReleaseKey = { regionId: number; epoch: number; tile: string };

const maxUint32 = 0xffff_ffff;

function assertUint32(value: number, name: string): void {
  if (Number.isInteger(value) && value >= 0 && value <= maxUint32) return;
  throw new AppError("release.unknown", `A release's ${name} must be a whole number from 0 to ${maxUint32}.`);
}

/** regionId << 96 | epoch << 64 | tile, as `releaseIdOf` of the contract makes it. */
export function packReleaseId({ regionId, epoch, tile }: ReleaseKey): bigint {
  assertUint32(regionId, "region");
  assertUint32(epoch, "epoch");
  return (BigInt(regionId) << 96n) | (BigInt(epoch) << 64n) | tileToBigInt(tile);
}

/** The inverse of `packReleaseId`; throws `release.unknown` on an id that no region can have. */
export function unpackReleaseId(releaseId: bigint): ReleaseKey {
  if (releaseId < 1n << 96n || releaseId >= 1n << 128n) throw new AppError("release.unknown", `${releaseId} is not the id of a release.`);
  return {
    regionId: Number(releaseId >> 96n),
    epoch: Number((releaseId >> 64n) & 0xffff_ffffn),
    tile: tileFromBigInt(releaseId & 0xffff_ffff_ffff_ffffn),
  };
}

/** keccak256 of the ids, 32 bytes each, in the order given: what a quote and an order bind. */
export function releasesHash(releaseIds: readonly bigint[]): Hex {
  return parseHex(keccak256(concat(releaseIds.map((id) => toBeHex(id, 32)))));
}
