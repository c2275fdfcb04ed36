import type { Hex } from "@/lib/kernel/hex";

/** One event of the product's contracts, as the index keeps it. */
export type ChainEvent = {
  readonly contract: "histogram" | "marketplace";
  /** The contract's, lower case. */
  readonly address: string;
  readonly block: number;
  readonly blockHash: string;
  /** The block's unix second. */
  readonly time: number;
  readonly transaction: string;
  /** Place among the block's events. */
  readonly logIndex: number;
  readonly name: string;
  /** By name: integers as decimal text, addresses and bytes as lower-case hexadecimal, structs by their fields. */
  readonly args: Readonly<Record<string, unknown>>;
};

/** What is needed of a block to know where it stands. */
export type BlockHead = {
  readonly number: number;
  readonly hash: Hex;
  readonly parentHash: Hex;
  /** Unix second. */
  readonly time: number;
};
