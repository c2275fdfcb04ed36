/** Words that fit one transaction by the network's limit of encrypted computation (20M HCU at some 182k a word). */
const wordsPerBatchMax = 96;
/** Gas that a batch may be expected to use, below the cap of 16,777,216 a transaction. */
const gasPerBatchMax = 13_000_000;
/** Measured upper bounds (docs/costs.md): each item's proof, signatures and spent marks, and each word. */
const gasPerItem = 140_000;
const gasPerWord = 135_000;

/**
 * Cuts items into batches that are expected to fit a transaction, keeping their order.
 * An item alone always fits (at most 8 words). The expectation can be wrong: a batch that is refused whole is halved.
 */
export function planBatches<Item>(items: readonly Item[], wordsOf: (item: Item) => number): Item[][] {
  const batches: Item[][] = [];
  let words = Infinity;
  let gas = Infinity;
  for (const item of items) {
    const count = wordsOf(item);
    const cost = gasPerItem + count * gasPerWord;
    if (words + count > wordsPerBatchMax || gas + cost > gasPerBatchMax) {
      batches.push([]);
      words = 0;
      gas = 0;
    }
    batches.at(-1)?.push(item);
    words += count;
    gas += cost;
  }
  return batches;
}
