"use client";

import { classNames } from "@/components/class-names";
import { Tooltip } from "@/components/tooltip";
import { formatSpan } from "@/lib/kernel/format";
import type { EpochView } from "@/lib/releases/model/epoch-view";
import { describeContributions, stateNames } from "@/lib/releases/model/epoch-words";
import { EpochBlock } from "@/lib/releases/ui/epoch-block";

export type TimelineBlockProps = {
  epoch: EpochView;
  isSelected: boolean;
  isRead: boolean;
  timeZone: string;
  onSelect: (epoch: number) => void;
  /** Whether it stands in a row of a whole day. */
  isSmall?: boolean;
};

function workShare({ work }: EpochView): number {
  return work === null || work.total === 0 ? 0 : work.done / work.total;
}

/** One epoch of a timeline, to be chosen. */
export function TimelineBlock({ epoch, isSelected, isRead, timeZone, onSelect, isSmall = false }: TimelineBlockProps) {
  const label = `${formatSpan(epoch.start, epoch.end, timeZone)}: ${stateNames[epoch.state]}. ${describeContributions(epoch)}.`;
  return (
    <Tooltip content={label}>
      <button
        type="button"
        aria-label={label}
        aria-current={isSelected}
        tabIndex={isSelected ? 0 : -1}
        onClick={() => onSelect(epoch.epoch)}
        className={classNames("block rounded-[6px]", isSmall ? "w-full py-0.5 px-px" : "p-[3px]", isSelected && "shadow-[inset_0_0_0_2px_var(--ink)]")}
      >
        <EpochBlock state={epoch.state} share={workShare(epoch)} isRead={isRead} isSmall={isSmall} className={isSmall ? "h-6 w-full" : "h-8 w-4"} />
      </button>
    </Tooltip>
  );
}
