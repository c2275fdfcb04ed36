import { expect, test } from "vitest";
import { uniform } from "@/lib/kernel/random";
import { noiseOf, normal, seededRandom } from "@/local/city/traffic/seeded-random";

/** Pearson's statistic of counts that should all be equal. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

test("a seed repeats its stream, and streams of neighbouring seeds have nothing in common", () => {
  expect(seededRandom("1").bytes(16)).toEqual(seededRandom("1").bytes(16));
  expect(seededRandom("1").bytes(16)).not.toEqual(seededRandom("2").bytes(16));
});

test("bytes are uniform", () => {
  const counts = new Array<number>(256).fill(0);
  for (const byte of seededRandom("bytes").bytes(65_536)) counts[byte] = (counts[byte] ?? 0) + 1;
  expect(chiSquare(counts)).toBeLessThan(330.5); // 99.9 % of 255 degrees of freedom
});

test("noise of neighbouring numbers is uniform", () => {
  const counts = new Array<number>(20).fill(0);
  for (let one = 0; one < 100; one += 1) {
    for (let other = 0; other < 100; other += 1) {
      const bin = Math.floor(20 * noiseOf(one, other));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }
  expect(chiSquare(counts)).toBeLessThan(43.8); // 99.9 % of 19 degrees of freedom
});

test("normal numbers have mean 0 and deviation 1", () => {
  const random = seededRandom("normal");
  const draws = Array.from({ length: 20_000 }, () => normal(random));
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
  expect(Math.abs(mean)).toBeLessThan(0.025);
  expect(Math.abs(variance - 1)).toBeLessThan(0.035);
  expect(uniform(random)).toBeLessThan(1);
});
