import { type RandomSource, uniform } from "@/lib/kernel/random";

/**
 * A repeatable stream of random bytes: sfc32 (Doty-Humphrey), seeded by FNV-1a hashes of the text. For simulations
 * only; nothing that must stay secret may come from it.
 */
export function seededRandom(seed: string): RandomSource {
  let [a, b, c, counter] = [hash(`${seed}/a`), hash(`${seed}/b`), hash(`${seed}/c`), 1];
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round += 1) next();
  return { bytes: (length) => Uint8Array.from({ length }, () => next() & 255) };
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}

/** A number in [0, 1) that depends on nothing but the two whole numbers. */
export function noiseOf(one: number, other: number): number {
  let value = Math.imul(one ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(other + 0x7f4a7c15, 0xc2b2ae35);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39);
  return ((value ^ (value >>> 15)) >>> 0) / 2 ** 32;
}

/** A number in [low, high). */
export function between(random: RandomSource, low: number, high: number): number {
  return low + (high - low) * uniform(random);
}

/** A standard normal number (Box and Muller). */
export function normal(random: RandomSource): number {
  return Math.sqrt(-2 * Math.log(1 - uniform(random))) * Math.cos(2 * Math.PI * uniform(random));
}
