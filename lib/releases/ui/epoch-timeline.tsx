"use client";

import { ChevronLeft } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button } from "@/components/button";
import { classNames } from "@/components/class-names";
import { Skeleton } from "@/components/skeleton";
import { Tooltip } from "@/components/tooltip";
import { formatDay, formatSpan, formatTime } from "@/lib/kernel/format";
import type { EpochView } from "@/lib/releases/model/epoch-view";
import { describeContributions, stateNames } from "@/lib/releases/model/epoch-words";
import { EpochBlock } from "@/lib/releases/ui/epoch-block";

/** Pixels that stay free left of the chosen block. */
const scrollMargin = 48;

type EpochTimelineProps = {
  epochs: readonly EpochView[];
  selected: number | null;
  readEpochs: ReadonlySet<number>;
  timeZone: string;
  onSelect: (epoch: number) => void;
  /** Null when there is nothing earlier. */
  onEarlier: (() => void) | null;
};

/** A time is written under the blocks that begin an hour, or under every block when epochs are longer; never under days. */
function timeMark(epoch: EpochView, timeZone: string): string | null {
  const length = epoch.end - epoch.start;
  const time = formatTime(epoch.start, timeZone);
  return length < 86_400 && (length >= 3600 || time.endsWith(":00")) ? time : null;
}

/** The epochs by the day on which they begin, in order. */
function groupByDay(epochs: readonly EpochView[], timeZone: string): { day: string; epochs: EpochView[] }[] {
  const days = new Map<string, EpochView[]>();
  for (const epoch of epochs) {
    const day = formatDay(epoch.start, timeZone);
    days.set(day, [...(days.get(day) ?? []), epoch]);
  }
  return [...days].map(([day, members]) => ({ day, epochs: members }));
}

function workShare({ work }: EpochView): number {
  return work === null || work.total === 0 ? 0 : work.done / work.total;
}

type BlockProps = Pick<EpochTimelineProps, "readEpochs" | "timeZone" | "onSelect"> & { epoch: EpochView; isSelected: boolean };

function TimelineBlock({ epoch, isSelected, readEpochs, timeZone, onSelect }: BlockProps) {
  const label = `${formatSpan(epoch.start, epoch.end, timeZone)}: ${stateNames[epoch.state]}. ${describeContributions(epoch)}.`;
  return (
    <li className="shrink-0">
      <Tooltip content={label}>
        <button
          type="button"
          aria-label={label}
          aria-current={isSelected}
          tabIndex={isSelected ? 0 : -1}
          onClick={() => onSelect(epoch.epoch)}
          className={classNames("block rounded-[6px] p-[3px]", isSelected && "shadow-[inset_0_0_0_2px_var(--ink)]")}
        >
          <EpochBlock state={epoch.state} share={workShare(epoch)} isRead={readEpochs.has(epoch.epoch)} className="h-8 w-4" />
        </button>
      </Tooltip>
      <span aria-hidden className="block h-4 w-0 text-[0.6875rem] leading-4 whitespace-nowrap text-muted tabular-nums">{timeMark(epoch, timeZone)}</span>
    </li>
  );
}

/** The epochs in a row, oldest on the left. Arrow keys move through it from anywhere on the page. */
export function EpochTimeline({ epochs, selected, onEarlier, ...rest }: EpochTimelineProps) {
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
      {onEarlier !== null && (
        <li className="shrink-0 self-center pr-2"><Button tone="quiet" size="small" className="gap-1 px-2" onClick={onEarlier}><ChevronLeft aria-hidden className="size-3.5" />Earlier</Button></li>
      )}
      {groupByDay(epochs, rest.timeZone).map(({ day, epochs: members }) => (
        <li key={day} className="shrink-0">
          <span className="sticky left-1 inline-block bg-surface pr-2 text-xs text-muted">{day}</span>
          <ol className="mt-0.5 flex pr-2">
            {members.map((epoch) => <TimelineBlock key={epoch.epoch} epoch={epoch} isSelected={epoch.epoch === selected} {...rest} />)}
          </ol>
        </li>
      ))}
    </ol>
  );
}

export function EpochTimelineSkeleton() {
  return (
    <div className="flex gap-1.5 overflow-hidden pt-5 pb-5" aria-hidden>
      {Array.from({ length: 18 }, (_, index) => <Skeleton key={index} className="h-8 w-4 shrink-0 rounded-[4px]" />)}
    </div>
  );
}
