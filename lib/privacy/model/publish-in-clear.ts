import { CELLS_PER_TILE } from "@/lib/geo/model/tile";
import { SPEED_CLASSES } from "@/lib/geo/model/speed-class";
import { bitOf } from "@/lib/geo/model/words";
import { noiseDistribution } from "@/lib/privacy/model/noise-distribution";
import type { NoiseLaw } from "@/lib/privacy/model/noise-law";
import { sampler, type Uniform } from "@/lib/privacy/model/seeded-random";

/** Smallest number of two's complement planes for counts up to `weight` with the law's noise: n + 2^digits <= 2^(width-1). */
export function planesFor(weight: number, { digits }: Pick<NoiseLaw, "digits">): number {
  return Math.ceil(Math.log2(weight + 2 ** digits.length)) + 1;
}

function addSigned(planes: bigint[], bit: number, value: number): void {
  for (let plane = 0; plane < planes.length; plane += 1) {
    if ((value >> plane) & 1) planes[plane] = (planes[plane] ?? 0n) | (1n << BigInt(bit));
  }
}

/**
 * What the contract computes under encryption, done in the clear, to show and to simulate it: every one of the 245 counts gets noise
 * of the law's own, cells of which no class reaches the threshold become zero. Two's complement planes, lowest first, the sign plane
 * last, as `decodeRelease` reads them. `weight` is the largest possible count: the sum of the contributions' weights.
 */
export function publishInClear(counts: ArrayLike<number>, { law, weight, uniform }: { law: NoiseLaw; weight: number; uniform: Uniform }): bigint[] {
  const draw = sampler(noiseDistribution(law));
  const noised = Array.from(counts, (count) => count + draw(uniform));
  const planes = new Array<bigint>(planesFor(weight, law)).fill(0n);
  for (let cell = 0; cell < CELLS_PER_TILE; cell += 1) {
    const bits = Array.from({ length: SPEED_CLASSES }, (_, speedClass) => bitOf(cell, speedClass));
    if (bits.every((bit) => (noised[bit] ?? 0) < law.threshold)) continue;
    for (const bit of bits) addSigned(planes, bit, noised[bit] ?? 0);
  }
  return planes;
}
