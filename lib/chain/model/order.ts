import type { Hex } from "@/lib/kernel/hex";

/** What is asked for a region's releases. */
export type Listing = {
  token: string;
  /** Token units for one tile and epoch. */
  pricePerRelease: bigint;
  /** EUR cents for one tile and epoch. */
  priceFiatMinor: bigint;
  /** Largest discount that a quote may grant, basis points. */
  largestDiscountBps: number;
  active: boolean;
};

/** Names of `OrderKind` of `ITrafficDataMarketplace`, in the order of its enum. */
export const orderKinds = ["none", "token", "card"] as const;

/** An order as the marketplace keeps it. */
export type Order = {
  kind: (typeof orderKinds)[number];
  buyer: string;
  token: string;
  amount: bigint;
  releasesHash: Hex;
  createdBlock: number;
  releaseCount: number;
  /** Releases opened so far, counted from the first. */
  openedCount: number;
  refunded: boolean;
};
