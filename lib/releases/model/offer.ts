import type { ListingAnswer } from "@/lib/releases/schema";

/** What a set of releases costs, with both sides of the sum. Token units. */
export type Offer = {
  /** Tile-epochs. */
  quantity: number;
  price: bigint;
  /** price x quantity. */
  sum: bigint;
  /** What is paid: the sum, or the smallest order when that is more. */
  total: bigint;
  isMinimum: boolean;
};

/** Price x quantity, at least the smallest order: the rule by which the site quotes. */
export function offerFor(listing: Pick<ListingAnswer, "pricePerRelease" | "minimum">, quantity: number): Offer {
  const price = BigInt(listing.pricePerRelease);
  const minimum = BigInt(listing.minimum);
  const sum = price * BigInt(quantity);
  return { quantity, price, sum, total: sum < minimum ? minimum : sum, isMinimum: sum < minimum };
}

/** How many further releases cost nothing, because the smallest order would pay for them anyway. */
export function freePlaces(listing: Pick<ListingAnswer, "pricePerRelease" | "minimum">, quantity: number): number {
  const price = BigInt(listing.pricePerRelease);
  if (price === 0n) return 0;
  return Math.max(0, Number(BigInt(listing.minimum) / price) - quantity);
}
