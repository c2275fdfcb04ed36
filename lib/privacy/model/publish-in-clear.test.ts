import fc from "fast-check";
import { expect, test } from "vitest";
import { CELLS_PER_TILE } from "@/lib/geo/model/tile";
import { bitOf, COUNTERS } from "@/lib/geo/model/words";
import { decodeRelease } from "@/lib/privacy/model/decode-release";
import { profileByName } from "@/lib/privacy/model/noise-law";
import { planesFor, publishInClear } from "@/lib/privacy/model/publish-in-clear";
import { readPlanes } from "@/lib/privacy/model/read-planes";
import { seededUniform } from "@/lib/privacy/model/seeded-random";

const law = profileByName("standard");
const region = { profile: "standard", samplingRate: 1 / 8, speedEdges: [10, 25, 40, 55] } as const;
const tile = "872664ca9ffffff";

test("a reader finds busy cells within the noise's bounds, and empty ones not at all", () => {
  const counts = new Array<number>(COUNTERS).fill(0);
  for (let cell = 0; cell < 10; cell += 1) counts[bitOf(cell, 2)] = 400;
  const planes = publishInClear(counts, { law, weight: 4_000, uniform: seededUniform(7n) });
  const cells = decodeRelease({ planes, tile, region });
  expect(cells).toHaveLength(CELLS_PER_TILE);
  cells.forEach((cell, index) => expect(cell.shown).toBe(index < 10));
  for (const cell of cells) if (cell.shown) expect(Math.abs(cell.count.value - 400)).toBeLessThan(2 * 5 * 2 ** law.digits.length);
});

test("a cell is shown from the threshold on, not below it", () => {
  const shownAt = (count: number): number => {
    let shown = 0;
    for (let run = 0n; run < 40n; run += 1n) {
      const counts = new Array<number>(COUNTERS).fill(0);
      counts[bitOf(0, 0)] = count;
      const [first] = decodeRelease({ planes: publishInClear(counts, { law, weight: 500, uniform: seededUniform(run, BigInt(count)) }), tile, region });
      if (first?.shown === true) shown += 1;
    }
    return shown;
  };
  expect(shownAt(law.threshold - 30)).toBeLessThan(4);
  expect(shownAt(law.threshold + 30)).toBeGreaterThan(36);
});

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
      const cells = readPlanes(publishInClear(real, { law, weight: 400, uniform: seededUniform(seed) }), law);
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
  const errors = Array.from({ length: 60 }, (_, run) => readPlanes(publishInClear(real, { law, weight: 1000, uniform: seededUniform(BigInt(run)) }), law))
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
