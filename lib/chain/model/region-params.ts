import { hexlify, toUtf8Bytes, toUtf8String, getBytes, zeroPadBytes } from "ethers";
import { AppError } from "@/lib/kernel/errors";
import type { RegionParamsStruct } from "@/lib/chain/abi/ITrafficHistogram";
import { profileNames, type Region } from "@/lib/geo/model/region";
import { tileFromBigInt, tileToBigInt } from "@/lib/geo/model/tile";

const partsPerMillion = 1_000_000;

/** A region's slug as the contract's bytes32; throws `region.invalid` unless it is 1 to 32 of a-z, 0-9 and inner hyphens. */
export function encodeSlug(slug: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(slug)) return zeroPadBytes(hexlify(toUtf8Bytes(slug)), 32);
  throw new AppError("region.invalid", `The slug "${slug}" must be 1 to 32 lower-case letters, digits and inner hyphens.`);
}

/** The contract's bytes32 as text; zeros at the end are filling. */
export function decodeSlug(slug: string): string {
  return toUtf8String(getBytes(slug)).replace(/\0+$/, "");
}

/** A region's parameters as `createRegion` takes them; the id is given by the contract. Throws `region.invalid`, `tile.invalid`. */
export function encodeRegionParams(region: Omit<Region, "id">): RegionParamsStruct {
  return {
    slug: encodeSlug(region.slug),
    start: region.start,
    epochSeconds: region.epochSeconds,
    graceSeconds: region.graceSeconds,
    studyUntil: region.studyUntil ?? 0,
    tileResolution: region.tileResolution,
    samplingPpm: Math.round(region.samplingRate * partsPerMillion),
    visitsMax: region.visitsMax,
    ticketsMin: region.ticketsMin,
    profile: profileNames.indexOf(region.profile),
    speedEdges: [...region.speedEdges],
    covers: region.covers.map((cover) => cover.map(tileToBigInt)),
  };
}

/** A region's parameters as the contract answers them and its event tells them. */
export type RegionParamsRead = {
  readonly slug: string;
  readonly start: bigint;
  readonly epochSeconds: bigint;
  readonly graceSeconds: bigint;
  readonly studyUntil: bigint;
  readonly tileResolution: bigint;
  readonly samplingPpm: bigint;
  readonly visitsMax: bigint;
  readonly ticketsMin: bigint;
  readonly profile: bigint;
  readonly speedEdges: readonly bigint[];
  readonly covers: readonly (readonly bigint[])[];
};

/** The parameters that the contract keeps, as a region. Throws `privacy.unknown-profile` on a profile that this software does not know. */
export function decodeRegionParams(params: RegionParamsRead, { id, chainId }: { id: number; chainId: number }): Region {
  const profile = profileNames[Number(params.profile)];
  if (profile === undefined) throw new AppError("privacy.unknown-profile", `Region ${id} has a noise profile that this version does not know.`);
  const [first, second, third, fourth] = params.speedEdges.map(Number);
  if (first === undefined || second === undefined || third === undefined || fourth === undefined) {
    throw new AppError("region.invalid", `Region ${id} has malformed speed classes.`);
  }
  return {
    id,
    chainId,
    slug: decodeSlug(params.slug),
    start: Number(params.start),
    epochSeconds: Number(params.epochSeconds),
    graceSeconds: Number(params.graceSeconds),
    studyUntil: params.studyUntil === 0n ? null : Number(params.studyUntil),
    tileResolution: Number(params.tileResolution),
    samplingRate: Number(params.samplingPpm) / partsPerMillion,
    visitsMax: Number(params.visitsMax),
    ticketsMin: Number(params.ticketsMin),
    profile,
    speedEdges: [first, second, third, fourth],
    covers: params.covers.map((cover) => cover.map((tile) => tileFromBigInt(tile))),
  };
}
