import { expect, test } from "vitest";
import { CELLS_PER_TILE } from "@/lib/geo/model/tile";
import { bitOf, COUNTERS } from "@/lib/geo/model/words";
import { decodeRelease } from "@/lib/privacy/model/decode-release";
import { profileByName } from "@/lib/privacy/model/noise-law";
import { publishInClear } from "@/lib/privacy/model/publish-in-clear";
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
