import fc from "fast-check";
import { expect, test } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { backoffMs } from "@/lib/kernel/backoff";
import { chooseFees, weiOfGwei } from "@/lib/chain/model/gas-price";

const wei = fc.bigInt({ min: 0n, max: 10n ** 12n });

test("no transaction ever offers more than the ceiling, and none is offered less than the price of now", () => {
  fc.assert(
    fc.property(wei, wei, wei, (baseFee, tip, ceiling) => {
      try {
        const fees = chooseFees({ baseFee, tip, ceiling });
        expect(fees.maxFeePerGas).toBeLessThanOrEqual(ceiling);
        expect(fees.maxFeePerGas).toBeGreaterThanOrEqual(baseFee + tip);
        expect(fees.maxPriorityFeePerGas).toBeLessThanOrEqual(fees.maxFeePerGas);
      } catch (error) {
        expect(isAppError(error, "chain.gas-price")).toBe(true);
        expect(baseFee + tip).toBeGreaterThan(ceiling);
      }
    }),
    { seed: 4 },
  );
});

test("a ceiling in gwei may have fractions, and the refusal says both prices", () => {
  expect(weiOfGwei(1.5)).toBe(1_500_000_000n);
  expect(() => chooseFees({ baseFee: 3_000_000_000n, tip: 500_000_000n, ceiling: weiOfGwei(1.5) })).toThrow("3.5 gwei, above the ceiling of 1.5");
  expect(chooseFees({ baseFee: 3n, tip: 1n, ceiling: null })).toEqual({ maxFeePerGas: 7n, maxPriorityFeePerGas: 1n });
});

test("pauses between attempts double and stay below five minutes", () => {
  expect([1, 2, 3, 8, 9, 1_000].map((failures) => backoffMs(failures))).toEqual([2_000, 4_000, 8_000, 256_000, 300_000, 300_000]);
});
