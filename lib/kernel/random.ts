/** Where random bytes come from; passed in, so that rules stay pure and tests repeatable. */
export type RandomSource = {
  /** `length` independent uniform bytes, at most 65,536. */
  bytes(length: number): Uint8Array;
};

/** The platform's cryptographic generator, in Node and in browsers. */
export const systemRandom: RandomSource = {
  bytes: (length) => globalThis.crypto.getRandomValues(new Uint8Array(length)),
};

/** A uniform number in [0, 1) with 53 bits of randomness. */
export function uniform(random: RandomSource): number {
  const view = new DataView(random.bytes(8).slice().buffer);
  const high = view.getUint32(0) >>> 5;
  const low = view.getUint32(4) >>> 6;
  return (high * 2 ** 26 + low) / 2 ** 53;
}

/** A uniform integer in [0, bound), without modulo bias; `bound` from 1 to 2^32. */
export function uniformInt(random: RandomSource, bound: number): number {
  if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) throw new RangeError("bound must be 1 to 2^32");
  const limit = Math.floor(2 ** 32 / bound) * bound;
  for (;;) {
    const draw = new DataView(random.bytes(4).slice().buffer).getUint32(0);
    if (draw < limit) return draw % bound;
  }
}

/** A uniformly random order of the items (Fisher and Yates); the argument is left as it was. */
export function shuffle<Item>(random: RandomSource, items: readonly Item[]): Item[] {
  const order = items.map((item) => ({ item }));
  const shuffled: Item[] = [];
  while (order.length > 0) {
    const [taken] = order.splice(uniformInt(random, order.length), 1);
    if (taken !== undefined) shuffled.push(taken.item);
  }
  return shuffled;
}
