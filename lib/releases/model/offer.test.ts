import fc from "fast-check";
import { expect, test } from "vitest";
import { quoteFor } from "@/lib/orders/model";
import { freePlaces, offerFor } from "@/lib/releases/model/offer";

const listing = { pricePerRelease: "500000", minimum: "5000000" };

test.each([
  [1, 500_000n, 5_000_000n, true],
  [10, 5_000_000n, 5_000_000n, false],
  [11, 5_500_000n, 5_500_000n, false],
])("%d releases cost what they sum up to, or the smallest order", (quantity, sum, total, isMinimum) => {
  expect(offerFor(listing, quantity)).toEqual({ quantity, price: 500_000n, sum, total, isMinimum });
});

test("the page's price is the one that the site signs", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 200 }), fc.bigInt({ min: 1n, max: 10n ** 9n }), (quantity, price) => {
    const offer = offerFor({ pricePerRelease: price.toString(), minimum: "5000000" }, quantity);
    expect(offer.total).toBe(quoteFor(Array.from({ length: quantity }, () => price), { decimals: 6 }).amount);
  }), { seed: 7 });
});

test("places that the smallest order pays for anyway", () => {
  expect([freePlaces(listing, 1), freePlaces(listing, 10), freePlaces(listing, 12)]).toEqual([9, 0, 0]);
  expect(freePlaces({ pricePerRelease: "0", minimum: "5000000" }, 1)).toBe(0);
});
