"use client";

import { ChevronUp } from "lucide-react";
import { Button } from "@/components/button";
import { Skeleton } from "@/components/skeleton";
import { placesOfDay } from "@/lib/releases/model/timeline";
import { EpochDayGrid } from "@/lib/releases/ui/epoch-day-grid";
import { EpochStrip } from "@/lib/releases/ui/epoch-strip";
import type { EpochTimelineProps } from "@/lib/releases/ui/timeline-props";

/** The epochs: long ones as days with their hours below each other, short ones in a row. Arrow keys move through them from anywhere on the page. */
export function EpochTimeline({ onEarlier, ...rest }: EpochTimelineProps) {
  const [first] = rest.epochs;
  const places = first === undefined ? null : placesOfDay(first);
  return (
    <>
      {onEarlier !== null && <Button tone="quiet" size="small" className="mb-1 -ml-2 gap-1 px-2" onClick={onEarlier}><ChevronUp aria-hidden className="size-3.5" />Earlier epochs</Button>}
      {places === null ? <EpochStrip {...rest} /> : <EpochDayGrid {...rest} places={places} />}
    </>
  );
}

export function EpochTimelineSkeleton() {
  return (
    <div className="flex gap-1.5 overflow-hidden pt-5 pb-5" aria-hidden>
      {Array.from({ length: 18 }, (_, index) => <Skeleton key={index} className="h-8 w-4 shrink-0 rounded-[4px]" />)}
    </div>
  );
}
