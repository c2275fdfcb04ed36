import fc from "fast-check";
import { expect, test } from "vitest";
import { bitOf, COUNTERS } from "@/lib/geo/model/words";
import { profileByName } from "@/lib/privacy/model/noise-law";
import { readPlanes } from "@/lib/privacy/model/read-planes";
import { seededUniform } from "@/lib/privacy/model/seeded-random";
import { planesFor, releasePlanes } from "@/local/city/past/noise-release";

const law = profileByName("standard");

test("a release is as wide as the contract's smallest width", () => {
  for (let weight = 20; weight <= 4032; weight += 1) {
    const width = planesFor(weight, law);
    expect(weight + 64 <= 2 ** (width - 1) && weight + 64 > 2 ** (width - 2)).toBe(true);
  }
});

test("cells are shown with noise inside the law, or are zero in every plane; a reader takes every release", () => {
  const counts = fc.array(fc.nat({ max: 400 }), { minLength: COUNTERS, maxLength: COUNTERS });
  fc.assert(
    fc.property(counts, fc.bigInt({ min: 0n, max: 2n ** 60n }), (real, seed) => {
      const cells = readPlanes(releasePlanes(real, { law, weight: 400, uniform: seededUniform(seed) }), law);
      cells.forEach((cell, index) => {
        const truth = [0, 1, 2, 3, 4].map((speedClass) => real[bitOf(index, speedClass)] ?? 0);
        if (cell === null) expect(Math.max(...truth)).toBeLessThan(law.threshold + 64);
        else cell.forEach((count, speedClass) => expect(Math.abs(count - (truth[speedClass] ?? 0))).toBeLessThanOrEqual(64));
      });
    }),
    { numRuns: 60, seed: 4 },
  );
});

test("the noise has the law's mean and spread, and cells far below the threshold stay hidden", () => {
  const real = new Array<number>(COUNTERS).fill(0).map((_, bit) => (bit % 49 < 30 ? 200 : 0));
  const errors = Array.from({ length: 60 }, (_, run) => readPlanes(releasePlanes(real, { law, weight: 1000, uniform: seededUniform(BigInt(run)) }), law))
    .flatMap((cells) => {
      expect(cells.slice(30).every((cell) => cell === null || Math.max(...cell) >= law.threshold)).toBe(true);
      return cells.slice(0, 30).flatMap((cell) => cell?.map((count) => count - 200) ?? []);
    });
  expect(errors).toHaveLength(60 * 30 * 5);
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const spread = Math.sqrt(errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / errors.length);
  expect(Math.abs(mean + 0.5)).toBeLessThan(0.25);
  expect(Math.abs(spread - 5.66)).toBeLessThan(0.25);
});
