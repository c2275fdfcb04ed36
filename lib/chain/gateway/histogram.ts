import { ZeroAddress } from "ethers";
import { AppError } from "@/lib/kernel/errors";
import type { Hex } from "@/lib/kernel/hex";
import type { ITrafficHistogram } from "@/lib/chain/abi/ITrafficHistogram";
import { ITrafficHistogram__factory as Factory } from "@/lib/chain/abi/factories/ITrafficHistogram__factory";
import type { Chain } from "@/lib/chain/gateway/provider";
import { toAppError } from "@/lib/chain/gateway/revert";
import { parseHex } from "@/lib/chain/model/parse-hex";
import { decodeRegionParams, encodeSlug } from "@/lib/chain/model/region-params";
import { packReleaseId, type ReleaseKey } from "@/lib/chain/model/release-id";
import { releaseStates, type TileStatus } from "@/lib/chain/model/release-state";
import { profileNames, type Region } from "@/lib/geo/model/region";
import { tileToBigInt } from "@/lib/geo/model/tile";

/** The histogram contract over the chain's provider, for reads. */
export function histogramAt(chain: Chain): ITrafficHistogram {
  return Factory.connect(chain.network.addresses.histogram, chain.provider);
}

async function read<Value>(what: string, call: Promise<Value>): Promise<Value> {
  return call.catch((error: unknown) => {
    throw toAppError(error, { what });
  });
}

/** How many regions there are; their ids are 1 to this. */
export async function countRegions(chain: Chain): Promise<number> {
  return Number(await read("count the regions", histogramAt(chain).regionCount()));
}

/** A region's parameters; throws `region.unknown`. */
export async function getRegion(chain: Chain, id: number): Promise<Region> {
  const params = await read(`read region ${id}`, histogramAt(chain).region(id));
  return decodeRegionParams(params, { id, chainId: chain.network.chainId });
}

/** Every region of the contract, by id. */
export async function findRegions(chain: Chain): Promise<Region[]> {
  const count = await countRegions(chain);
  return Promise.all(Array.from({ length: count }, (_, index) => getRegion(chain, index + 1)));
}

/** The region with a slug; throws `region.unknown`. */
export async function getRegionBySlug(chain: Chain, slug: string): Promise<Region> {
  const id = Number(await read(`find region ${slug}`, histogramAt(chain).regionIdOf(encodeSlug(slug))));
  if (id === 0) throw new AppError("region.unknown", `There is no region "${slug}" on chain ${chain.network.chainId}.`);
  return getRegion(chain, id);
}

/** State, tickets and vault of one tile in one epoch. */
export async function getTileStatus(chain: Chain, { regionId, tile, epoch }: ReleaseKey): Promise<TileStatus> {
  const status = await read("read a tile's state", histogramAt(chain).tileStatus(regionId, tileToBigInt(tile), epoch));
  const state = releaseStates[Number(status.state)];
  if (state === undefined) throw new AppError("internal", "The contract answers a release state that this version does not know.");
  return {
    state,
    tickets: Number(status.tickets),
    vehicles: Number(status.vehicles),
    weight: Number(status.weight),
    publishedBlock: Number(status.publishedBlock),
    vault: status.vault === ZeroAddress ? null : status.vault,
  };
}

/** Handles of a release's masked planes, lowest first, the sign plane last; empty unless published. */
export async function getPlanes(chain: Chain, key: ReleaseKey): Promise<Hex[]> {
  const planes = await read("read a release's planes", histogramAt(chain).planes(packReleaseId(key)));
  return planes.map((plane) => parseHex(plane, 32));
}

/** Unix second from which anyone may seal the epoch. */
export async function getClosesAt(chain: Chain, { regionId, epoch }: { regionId: number; epoch: number }): Promise<number> {
  return Number(await read("read when an epoch closes", histogramAt(chain).closesAt(regionId, epoch)));
}

/** Whether a one-time address has been spent by an accepted contribution. */
export async function isSpent(chain: Chain, oneTimeAddress: string): Promise<boolean> {
  return read("ask whether an address is spent", histogramAt(chain).isSpent(oneTimeAddress));
}

/** Unix second until which the reader may decrypt the release; 0 when it was never opened to her or was closed. */
export async function getOpenUntil(chain: Chain, key: ReleaseKey, reader: string): Promise<number> {
  return Number(await read("read until when a release is open", histogramAt(chain).openUntil(packReleaseId(key), reader)));
}

/** Noise digits (numerators over 2^precisionBits) and the threshold k of a profile, as the contract has them. */
export async function getNoiseProfile(
  chain: Chain,
  profile: Region["profile"],
): Promise<{ digits: number[]; precisionBits: number; threshold: number }> {
  const { digits, precisionBits, threshold } = await read(
    "read the noise profile",
    histogramAt(chain).noiseProfile(profileNames.indexOf(profile)),
  );
  return { digits: digits.map(Number), precisionBits: Number(precisionBits), threshold: Number(threshold) };
}
