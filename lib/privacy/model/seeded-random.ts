import type { RandomSource } from "@/lib/kernel/random";
import type { Distribution } from "@/lib/privacy/model/noise-distribution";

/** A repeatable generator for simulations (never for secrets): each call gives a number in [0, 1). */
export type Uniform = () => number;

/** Mixes numbers of any size into 32 bits (FNV-1a over their 32-bit limbs). */
function mix(parts: readonly bigint[], basis: number): number {
  let hash = basis;
  for (const part of parts) {
    for (let rest = part < 0n ? -part : part; ; rest >>= 32n) {
      hash = Math.imul(hash ^ Number(rest & 0xffff_ffffn), 0x0100_0193);
      hash ^= hash >>> 15;
      if (rest >> 32n === 0n) break;
    }
  }
  return hash >>> 0;
}

/** A generator whose numbers depend on the seed alone: sfc32 (Chris Doty-Humphrey's small fast chaotic generator). */
export function seededUniform(...seed: readonly bigint[]): Uniform {
  let [a, b, c, counter] = [mix(seed, 0x811c_9dc5), mix(seed, 0x9e37_79b9), mix(seed, 0x85eb_ca6b), 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let warm = 0; warm < 15; warm += 1) next();
  return next;
}

/** Repeatable random bytes, for simulations and tests. Never for a real drive: who knows the seed knows what was sampled and cut. */
export function seededRandom(...seed: readonly bigint[]): RandomSource {
  const uniform = seededUniform(...seed);
  return { bytes: (length) => Uint8Array.from({ length }, () => Math.floor(256 * uniform())) };
}

/** A standard normal number (Box and Muller). */
export function drawNormal(uniform: Uniform): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Draws whole numbers by a law: the first value whose cumulated chance exceeds a uniform number. */
export function sampler({ least, chances }: Distribution): (uniform: Uniform) => number {
  let sum = 0;
  const cumulated = chances.map((chance) => (sum += chance));
  return (uniform) => {
    const target = uniform() * sum;
    let [low, high] = [0, cumulated.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((cumulated[middle] ?? 0) > target) high = middle;
      else low = middle + 1;
    }
    return least + low;
  };
}
