import type { BlockHead } from "@/lib/chain/model/chain-event";

/** A block of which number and hash are remembered. */
export type KnownBlock = Pick<BlockHead, "number"> & { readonly hash: string };

/** Of remembered blocks in ascending order, how many at the beginning the chain still has; asks for as few as possible. */
export async function countShared(known: readonly KnownBlock[], hashOf: (number: number) => Promise<string | null>): Promise<number> {
  let [shared, all] = [0, known.length];
  while (shared < all) {
    const middle = Math.floor((shared + all) / 2);
    const block = known[middle];
    if (block !== undefined && (await hashOf(block.number)) === block.hash) shared = middle + 1;
    else all = middle;
  }
  return shared;
}
