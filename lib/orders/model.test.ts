import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planOpenings, quoteFor } from "@/lib/orders/model";

const half = 500_000n;

describe("a quote", () => {
  test.each([
    ["one release of 0.50 costs the minimum of 5.00", 1, 5_000_000n, true],
    ["ten releases cost exactly the minimum, as their sum", 10, 5_000_000n, false],
    ["eleven releases cost their sum", 11, 5_500_000n, false],
    ["2,000 releases are allowed", 2_000, 1_000_000_000n, false],
  ])("%s", (_, count, amount, isMinimum) => {
    expect(quoteFor(Array.from({ length: count }, () => half), { decimals: 6 })).toEqual({ amount, isMinimum });
  });

  test("is never below the sum of the list prices nor below the minimum, whatever the decimals", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 1n, max: 10n ** 20n }), { minLength: 1, maxLength: 50 }), fc.integer({ min: 0, max: 18 }), (prices, decimals) => {
        const { amount } = quoteFor(prices, { decimals });
        const sum = prices.reduce((total, price) => total + price, 0n);
        const least = 5n * 10n ** BigInt(decimals);
        expect(amount).toBe(sum > least ? sum : least);
      }),
      { seed: 3 },
    );
  });

  test.each([
    ["no release", []],
    ["2,001 releases", Array.from({ length: 2_001 }, () => half)],
    ["a release without a price", [half, 0n]],
  ])("%s is refused", (_, prices) => {
    expect(() => quoteFor(prices, { decimals: 6 })).toThrow(expect.objectContaining({ code: "quote.invalid" }));
  });
});

describe("the openings of an order", () => {
  test("cover every release once, in order, without a gap, from the first unopened one on", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.nat(2_000), (count, opened) => {
        fc.pre(opened <= count);
        const places = planOpenings(count, opened).flatMap(({ from, count: size }) => Array.from({ length: size }, (_, index) => from + index));
        expect(places).toEqual(Array.from({ length: count - opened }, (_, index) => opened + index));
      }),
      { seed: 4 },
    );
  });

  test("none needs more than 100 releases in a transaction", () => {
    expect(Math.max(...planOpenings(2_000, 0).map(({ count }) => count))).toBe(100);
  });
});
