"use client";

import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { isAppError } from "@/lib/kernel/errors";
import { formatWhole } from "@/lib/kernel/format";
import { describeVehicles, summarize } from "@/lib/releases/model/cell-words";
import type { RegionAnswer } from "@/lib/releases/schema";
import { OfferCard } from "@/lib/releases/ui/offer-card";
import { ReadingStepsList } from "@/lib/releases/ui/reading-steps-list";
import type { Paid, ReadingState } from "@/lib/releases/ui/reading-desk";

type ReadingCardProps = {
  answer: RegionAnswer;
  reading: ReadingState;
  tiles: number;
  others: readonly { epoch: number; tiles: number }[];
  onBuy: (epochs: readonly number[], total: bigint) => void;
  onRetry: () => void;
};

type FailureProps = Omit<Extract<ReadingState, { kind: "failed" }>, "kind"> & { onRetry: () => void };

const failureTitles: Record<Paid, string> = {
  no: "That did not work; nothing was paid.",
  maybe: "The payment broke off.",
  yes: "Reading stopped; your purchase is kept.",
};

function Failure({ error, paid, isRetrying, onRetry }: FailureProps) {
  const what = isAppError(error) ? error.message : "Something failed in this page.";
  return (
    <Notice
      tone={isRetrying ? "warning" : "danger"}
      title={failureTitles[paid]}
      code={isAppError(error) ? error.code : "internal"}
      action={<Button size="small" onClick={onRetry}>{paid === "no" ? "Try again" : "Go on"}</Button>}
      className="mt-4"
    >
      <p className="break-words">{what}</p>
      {paid === "maybe" && <p>Before anything else is paid the page looks whether it went through.</p>}
      {isRetrying && <p>The page tries again every few seconds.</p>}
    </Notice>
  );
}

function Opened({ tiles }: { tiles: Extract<ReadingState, { kind: "opened" }>["tiles"] }) {
  const { shown, all, busiest } = summarize(Object.values(tiles).flat());
  if (shown === 0) return <p className="mt-3 text-sm text-muted">None of the {all} cells had enough vehicles to be shown. An epoch with more contributions shows more.</p>;
  return (
    <p className="mt-3 text-sm text-pretty">
      <span className="font-semibold">{formatWhole(shown)} of {formatWhole(all)} cells</span> have enough vehicles to be shown.
      {busiest !== null && <> The busiest saw {describeVehicles(busiest)}.</>}
      <span className="text-muted"> Decrypted in this browser and kept here, so it opens at once.</span>
    </p>
  );
}

/** What the visitor can do with a published epoch: buy it, watch it being opened, look at it. */
export function ReadingCard({ answer, reading, tiles, others, onBuy, onRetry }: ReadingCardProps) {
  switch (reading.kind) {
    case "closed":
      return null;
    case "checking":
      return <Skeleton className="mt-4 h-32" />;
    case "offered":
      return <OfferCard answer={answer} tiles={tiles} others={others} onBuy={onBuy} />;
    case "working":
      return <ReadingStepsList progress={reading.progress} isPaid={reading.paid === "yes"} />;
    case "failed":
      return <Failure {...reading} onRetry={onRetry} />;
    case "opened":
      return <Opened tiles={reading.tiles} />;
  }
}
