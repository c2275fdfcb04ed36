import type { BlockHead } from "@/lib/chain/model/chain-event";

/** A block of which number and hash are remembered. */
export type KnownBlock = Pick<BlockHead, "number"> & { readonly hash: string };
