import { AppError } from "@/lib/kernel/errors";

/** Releases that one order may hold, set by the contract. */
export const releasesPerOrderMax = 2_000;

/** Whole units of the currency below which nothing is sold: 5.00. */
export const orderMinimumUnits = 5n;

export type Price = {
  /** Token units. */
  amount: bigint;
  /** Whether the minimum was charged instead of the sum. */
  isMinimum: boolean;
};

/**
 * What releases cost: the list price for each, at least 5.00. No rounding occurs.
 * `prices` are token units, one for each release. Throws `quote.invalid` for none or more than 2,000.
 */
export function quoteFor(prices: readonly bigint[], { decimals }: { decimals: number }): Price {
  if (prices.length === 0) throw new AppError("quote.invalid", "Choose at least one release.");
  if (prices.length > releasesPerOrderMax) {
    throw new AppError("quote.invalid", `${prices.length} releases in one order; at most ${releasesPerOrderMax} fit. Buy them in several orders.`);
  }
  if (prices.some((price) => price <= 0n)) throw new AppError("quote.invalid", "A release has no price.");
  const sum = prices.reduce((total, price) => total + price, 0n);
  const least = orderMinimumUnits * 10n ** BigInt(decimals);
  return sum < least ? { amount: least, isMinimum: true } : { amount: sum, isMinimum: false };
}

/** Releases opened by one transaction; some 200 fit by gas. */
export const releasesPerOpeningDefault = 100;

/** Seconds that an order must still be readable for, so that an opening is worth its price (the access control list wants an hour). */
export const openingSecondsMin = 7_200;

/** Slices `[from, count]` in which an order's releases are opened, without a gap, from the first unopened one on. */
export function planOpenings(releaseCount: number, openedCount: number, releasesPerOpening = releasesPerOpeningDefault): { from: number; count: number }[] {
  const slices: { from: number; count: number }[] = [];
  for (let from = openedCount; from < releaseCount; from += releasesPerOpening) {
    slices.push({ from, count: Math.min(releasesPerOpening, releaseCount - from) });
  }
  return slices;
}
