import { createDigestSigner, type DigestSigner } from "@/lib/chain/gateway/digest-signer";
import { addressOfKey, createPrivateKey } from "@/lib/chain/gateway/signer";
import { contributionDigest, ticketDigest } from "@/lib/chain/model/digest";
import { encodeInputProof } from "@/lib/chain/model/input-handle";
import { bytesToHex, type Hex } from "@/lib/kernel/hex";
import type { RandomSource } from "@/lib/kernel/random";
import type { ContributionRequest } from "@/lib/ingest/schema";

export type SignOptions = {
  histogram: { chainId: number; verifyingContract: string };
  signer: DigestSigner;
  random: RandomSource;
  regionId: number;
  epoch: number;
  cover: number;
  /** Tiles of the cover. */
  words: number;
  ticketExpiry: number;
  /** The one-time address's private key; a new one unless given. */
  key?: Hex;
};

/**
 * A contribution of one vehicle, signed by a new one-time address and with a ticket, over handles that nobody attested:
 * good for everything that is checked before the chain.
 */
export function signContribution(options: SignOptions): ContributionRequest {
  const { histogram, signer, random, regionId, epoch, cover, words, ticketExpiry } = options;
  const key = options.key ?? createPrivateKey(random);
  const oneTimeAddress = addressOfKey(key);
  const handles = Array.from({ length: words }, () => bytesToHex(random.bytes(32)));
  const item = { regionId, epoch, cover, tile: 0n, levels: [], handles, vehicles: 1 };
  const ticket = { oneTimeAddress, regionId, epoch, maxLevel: 0, vehicles: 1, expiry: ticketExpiry };
  return {
    ...item,
    tile: "0",
    oneTimeAddress,
    maxLevel: 0,
    signature: createDigestSigner(key).sign(contributionDigest(histogram, item)),
    inputProof: encodeInputProof(handles, [bytesToHex(random.bytes(65))]),
    ticketExpiry,
    ticketSignature: signer.sign(ticketDigest(histogram, ticket)),
  };
}
