import type { NoiseConstants } from "@/lib/privacy/model/noise-law";

/** A distribution over whole numbers: `chances[i]` is that of `least + i`. */
export type Distribution = { readonly least: number; readonly chances: Float64Array };

/** The exact law of one counter's noise, as the rounded digits give it: from -2^planes to 2^planes - 1, symmetric about -1/2. */
export function noiseDistribution({ digits, precisionBits }: NoiseConstants): Distribution {
  const size = 2 ** digits.length;
  const chances = new Float64Array(2 * size);
  for (let value = 0; value < size; value += 1) {
    const chance = digits.reduce((product, numerator, digit) => {
      const isSet = 2 ** -precisionBits * numerator;
      return product * (Math.floor(value / 2 ** digit) % 2 === 1 ? isSet : 1 - isSet);
    }, 0.5);
    chances[size + value] = chance;
    chances[size - 1 - value] = chance;
  }
  return { least: -size, chances };
}

/** The distribution of the sum of two independent numbers. */
export function convolve(left: Distribution, right: Distribution): Distribution {
  const chances = new Float64Array(left.chances.length + right.chances.length - 1);
  left.chances.forEach((one, index) => {
    right.chances.forEach((other, shift) => {
      chances[index + shift] = (chances[index + shift] ?? 0) + one * other;
    });
  });
  return { least: left.least + right.least, chances };
}

/** The distribution of the sum of `count` independent numbers of one law; `count` from 1. */
export function convolvePower(law: Distribution, count: number): Distribution {
  let sum = law;
  for (let done = 1; done < count; done += 1) sum = convolve(sum, law);
  return sum;
}

/** Expected value. */
export function meanOf({ least, chances }: Distribution): number {
  return chances.reduce((sum, chance, index) => sum + chance * (least + index), 0);
}

/** Standard deviation. */
export function spreadOf(law: Distribution): number {
  const mean = meanOf(law);
  return Math.sqrt(law.chances.reduce((sum, chance, index) => sum + chance * (law.least + index - mean) ** 2, 0));
}

/** The chance of a value of at least `bound`. */
export function tailFrom({ least, chances }: Distribution, bound: number): number {
  return chances.reduce((sum, chance, index) => sum + (least + index >= bound ? chance : 0), 0);
}

/**
 * The smallest h such that a draw differs from -1/2 times the number of draws, its centre, by at most h with the given chance at least.
 * For laws symmetric about that centre.
 */
export function halfWidth(law: Distribution, chance: number): number {
  const centre = law.least + (law.chances.length - 1) / 2;
  let inside = 1;
  for (let distance = centre - law.least; distance > 0; distance -= 1) {
    const outer = 2 * (law.chances[centre - distance - law.least] ?? 0);
    if (inside - outer < chance) return distance;
    inside -= outer;
  }
  return 0;
}
