"use client";

import { useEffect, useRef } from "react";
import { formatTime } from "@/lib/kernel/format";
import type { EpochView } from "@/lib/releases/model/epoch-view";
import { groupByDay } from "@/lib/releases/model/timeline";
import { TimelineBlock } from "@/lib/releases/ui/timeline-block";
import type { EpochTimelineProps } from "@/lib/releases/ui/timeline-props";

/** Pixels that stay free left of the chosen block. */
const scrollMargin = 48;

/** A time is written under the blocks that begin an hour; never under days. */
function timeMark(epoch: EpochView, timeZone: string): string | null {
  const length = epoch.end - epoch.start;
  const time = formatTime(epoch.start, timeZone);
  return length < 86_400 && (length >= 3600 || time.endsWith(":00")) ? time : null;
}

/** The epochs in a row, oldest on the left. */
export function EpochStrip({ epochs, selected, readEpochs, timeZone, onSelect }: Omit<EpochTimelineProps, "onEarlier">) {
  const strip = useRef<HTMLOListElement>(null);
  const last = epochs.at(-1)?.epoch;
  useEffect(() => {
    const block = strip.current?.querySelector("[aria-current=true]");
    if (!(block instanceof HTMLElement) || strip.current === null) return;
    // The newest in sight, unless that hides the chosen one. Sideways only: the panel must not move.
    const newest = strip.current.scrollWidth - strip.current.clientWidth;
    strip.current.scrollTo({ left: Math.min(newest, Math.max(0, block.offsetLeft - scrollMargin)) });
  }, [selected, last]);
  return (
    <ol ref={strip} className="relative -mx-1 flex overflow-x-auto px-1 pb-1">
      {groupByDay(epochs, timeZone).map(({ day, epochs: members }) => (
        <li key={day} className="shrink-0">
          <span className="sticky left-1 inline-block bg-surface pr-2 text-xs text-muted">{day}</span>
          <ol className="mt-0.5 flex pr-2">
            {members.map((epoch) => (
              <li key={epoch.epoch} className="shrink-0">
                <TimelineBlock epoch={epoch} isSelected={epoch.epoch === selected} isRead={readEpochs.has(epoch.epoch)} timeZone={timeZone} onSelect={onSelect} />
                <span aria-hidden className="block h-4 w-0 text-[0.6875rem] leading-4 whitespace-nowrap text-muted tabular-nums">{timeMark(epoch, timeZone)}</span>
              </li>
            ))}
          </ol>
        </li>
      ))}
    </ol>
  );
}
