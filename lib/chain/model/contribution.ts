import type { Hex } from "@/lib/kernel/hex";
import type { Refusal } from "@/lib/chain/model/refusal";
import type { ContributionMessage } from "@/lib/chain/model/typed-data";

/** One item of a batch: what the one-time address signed, its proof and its ticket. */
export type SignedContribution = ContributionMessage & {
  oneTimeAddress: Hex;
  /** The one-time address's signature over the message. */
  signature: Hex;
  inputProof: Hex;
  maxLevel: number;
  /** Unix seconds. */
  ticketExpiry: number;
  ticketSignature: Hex;
};

/** What the chain did with one item. */
export type ContributionOutcome =
  | { accepted: true; oneTimeAddress: string }
  | { accepted: false; oneTimeAddress: string; reason: Refusal | "unknown" };
