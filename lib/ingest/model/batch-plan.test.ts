import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planBatches } from "@/lib/ingest/model/batch-plan";

const words = fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 400 });

describe("batches", () => {
  test("hold every item once, in order, and none is empty", () => {
    fc.assert(
      fc.property(words, (items) => {
        const batches = planBatches(items, (item) => item);
        expect(batches.flat()).toEqual(items);
        expect(batches.every((batch) => batch.length > 0)).toBe(true);
      }),
      { seed: 5 },
    );
  });

  test("stay below the limits of words and gas of one transaction", () => {
    fc.assert(
      fc.property(words, (items) => {
        for (const batch of planBatches(items, (item) => item)) {
          const count = batch.reduce((sum, item) => sum + item, 0);
          expect(count).toBeLessThanOrEqual(96);
          expect(batch.length * 140_000 + count * 135_000).toBeLessThanOrEqual(13_000_000);
        }
      }),
      { seed: 6 },
    );
  });

  test("are as few as the limits allow: ten covers of eight tiles fit one", () => {
    const sizes = planBatches(Array.from({ length: 22 }, () => 8), (item) => item).map((batch) => batch.length);
    expect(sizes).toEqual([10, 10, 2]);
  });
});
