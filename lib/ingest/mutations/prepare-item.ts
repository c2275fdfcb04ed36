import "server-only";
import type { RandomSource } from "@/lib/kernel/random";
import { addressOfKey, createPrivateKey, signTypedData } from "@/lib/chain/gateway/signer";
import { contributionTypedData, type ContributionMessage } from "@/lib/chain/model/typed-data";
import type { FheClient, FheProgress } from "@/lib/fhe/model/client";
import { tileToBigInt } from "@/lib/geo/model/tile";
import { maxLevelOf, valuesOf, vehiclesOf, type PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import type { PreparedItem } from "@/lib/ingest/schema";

export type PrepareItemOptions = {
  fhe: Pick<FheClient, "encryptWords">;
  histogram: { chainId: number; verifyingContract: string };
  random: RandomSource;
  onProgress?: (progress: FheProgress) => void;
};

/**
 * Encrypts one contribution for a one-time address made on the spot, and signs it with that address's key.
 * The key is forgotten when this returns: the signature is all it was for. Nothing is spent yet.
 * Throws what `FheClient.encryptWords` throws.
 */
export async function prepareItem(item: PlannedContribution, options: PrepareItemOptions): Promise<PreparedItem> {
  const { fhe, histogram, random, onProgress } = options;
  const oneTimeKey = createPrivateKey(random);
  const oneTimeAddress = addressOfKey(oneTimeKey);
  const { handles, inputProof } = await fhe.encryptWords({
    contractAddress: histogram.verifyingContract,
    userAddress: oneTimeAddress,
    words: valuesOf(item),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const message: ContributionMessage = {
    regionId: item.regionId,
    epoch: item.epoch,
    cover: item.kind === "vehicle" ? item.cover : 0,
    tile: item.kind === "vehicle" ? 0n : tileToBigInt(item.tile),
    levels: item.kind === "vehicle" ? [] : item.planes.map((_, level) => level),
    handles,
    vehicles: vehiclesOf(item),
  };
  const signature = await signTypedData(oneTimeKey, contributionTypedData(histogram, message));
  return { ...message, tile: String(message.tile), oneTimeAddress, signature, inputProof, maxLevel: maxLevelOf(item) };
}
