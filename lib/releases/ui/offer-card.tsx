"use client";

import { useState } from "react";
import { Button } from "@/components/button";
import { formatMoney } from "@/lib/kernel/format";
import { freePlaces, offerFor } from "@/lib/releases/model/offer";
import type { RegionAnswer } from "@/lib/releases/schema";

type OfferCardProps = {
  answer: RegionAnswer;
  /** Published tiles of the chosen epoch. */
  tiles: number;
  /** Other published epochs that are not the visitor's yet, in tile-epochs, newest first. */
  others: readonly { epoch: number; tiles: number }[];
  onBuy: (epochs: readonly number[], total: bigint) => void;
};

/** Further epochs that the smallest order pays for anyway. */
function fillUp(others: OfferCardProps["others"], places: number): OfferCardProps["others"] {
  let left = places;
  return others.filter(({ tiles }) => {
    const fits = tiles <= left;
    if (fits) left -= tiles;
    return fits;
  });
}

/** What is bought, what it costs, and both sides of the sum, before anything is paid. */
export function OfferCard({ answer, tiles, others, onBuy }: OfferCardProps) {
  const { listing, region, noise } = answer;
  const [wantsMore, setWantsMore] = useState(true);
  const extra = fillUp(others, freePlaces(listing, tiles));
  const taken = wantsMore ? extra : [];
  const quantity = tiles + taken.reduce((sum, other) => sum + other.tiles, 0);
  const offer = offerFor(listing, quantity);
  const money = (amount: bigint) => formatMoney(amount, listing);
  if (!listing.active) return <p className="mt-4 text-sm text-muted">This region is not for sale at the moment.</p>;
  return (
    <div className="mt-4 rounded-control bg-sunken p-4">
      <p className="text-sm text-pretty">
        Counts and speeds of {(49 * tiles).toLocaleString("en")} cells, each with its 95&nbsp;% interval. Cells below {noise.threshold} in every speed class stay blank.
      </p>
      {extra.length > 0 && (
        <label className="mt-3 flex cursor-pointer items-start gap-2.5 text-sm">
          <input type="checkbox" checked={wantsMore} onChange={(event) => setWantsMore(event.target.checked)} className="mt-0.5 size-4 accent-accent-strong" />
          <span>Add {extra.length === 1 ? "another published epoch" : `${extra.length} more published epochs`}: the smallest order pays for {extra.length === 1 ? "it" : "them"} anyway</span>
        </label>
      )}
      <dl className="mt-3 space-y-1 border-t pt-3 text-sm tabular-nums">
        <div className="flex justify-between gap-4"><dt className="text-muted">{quantity.toLocaleString("en")} {quantity === 1 ? "release" : "releases"} × {money(offer.price)}</dt><dd>{money(offer.sum)}</dd></div>
        {offer.isMinimum && <div className="flex justify-between gap-4"><dt className="text-muted">Smallest order</dt><dd>{money(offer.total)}</dd></div>}
      </dl>
      <Button tone="primary" className="mt-3 w-full" onClick={() => onBuy(taken.map(({ epoch }) => epoch), offer.total)}>
        Buy for {money(offer.total)}
      </Button>
      {region.chainId === 31_337 && <p className="mt-2 text-xs text-muted">Test money, fetched for you. The key that reads is made in this browser and never leaves it.</p>}
    </div>
  );
}
