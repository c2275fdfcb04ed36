/** Blocks below the newest one at which nothing is undone any more: what is deeper is not watched. The devnet rolls back no further. */
export const watchedDepth = 64;

/** Signed transactions of one account that may wait for a block at the same time. */
export const waitingMax = 8;

/** Milliseconds after which a transaction that is in no block is sent again. */
export const resendMs = 15_000;

/** The number of the next transaction: above all that were signed here, and above all that the chain knows of the account. */
export function nextNonce({ onChain, signed }: { onChain: number; signed: readonly (number | null)[] }): number {
  return signed.reduce<number>((next, nonce) => (nonce === null ? next : Math.max(next, nonce + 1)), onChain);
}
