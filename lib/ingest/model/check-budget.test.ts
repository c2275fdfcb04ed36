import fc from "fast-check";
import { expect, test } from "vitest";
import { CheckBudget } from "@/lib/ingest/model/check-budget";

test("whatever is asked when, no more is given than the allowance of the time that passed and one second's more", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 200 }), fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 2_000 }), (perSecond, steps) => {
    const budget = new CheckBudget(perSecond);
    let nowMs = 0;
    let given = 0;
    for (const step of steps) {
      nowMs += step;
      if (budget.take(nowMs)) given += 1;
    }
    expect(given).toBeLessThanOrEqual(perSecond + (nowMs / 1_000) * perSecond + 1e-6);
  }), { seed: 6 });
});

test("whoever asks slowly is always given", () => {
  const budget = new CheckBudget(10);
  for (let nowMs = 0; nowMs < 60_000; nowMs += 125) expect(budget.take(nowMs)).toBe(true);
});

test("what is asked at once is given up to a second's allowance", () => {
  const budget = new CheckBudget(10);
  expect(Array.from({ length: 15 }, () => budget.take(0)).filter((given) => given)).toHaveLength(10);
});
