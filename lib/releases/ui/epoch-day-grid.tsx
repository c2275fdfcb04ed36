"use client";

import { useEffect, useRef } from "react";
import { dayRows } from "@/lib/releases/model/timeline";
import { TimelineBlock } from "@/lib/releases/ui/timeline-block";
import type { EpochTimelineProps } from "@/lib/releases/ui/timeline-props";

/** Hours that are written above the columns. */
const marks = [0, 6, 12, 18];

/** Days as rows, times of the day as columns: what repeats from day to day stands below each other. The newest day is at the bottom. */
export function EpochDayGrid({ epochs, places, selected, readEpochs, timeZone, onSelect }: Omit<EpochTimelineProps, "onEarlier"> & { places: number }) {
  const box = useRef<HTMLDivElement>(null);
  const last = epochs.at(-1)?.epoch;
  useEffect(() => {
    const block = box.current?.querySelector("[aria-current=true]");
    if (!(block instanceof HTMLElement) || box.current === null) return;
    const { offsetTop, offsetHeight } = block;
    const { scrollTop, clientHeight } = box.current;
    if (offsetTop < scrollTop || offsetTop + offsetHeight > scrollTop + clientHeight) box.current.scrollTo({ top: offsetTop - clientHeight / 2 });
  }, [selected, last]);
  const columns = { gridTemplateColumns: `repeat(${places}, minmax(0, 1fr))` };
  return (
    <div ref={box} className="relative max-h-52 overflow-y-auto">
      <div aria-hidden className="sticky top-0 z-[1] flex bg-surface pb-1">
        <span className="w-[4.75rem] shrink-0" />
        <div className="grid flex-1 text-[0.6875rem] leading-4 text-muted tabular-nums" style={{ gridTemplateColumns: `repeat(${marks.length}, minmax(0, 1fr))` }}>
          {marks.map((hour) => <span key={hour}>{`${String(hour).padStart(2, "0")}:00`}</span>)}
        </div>
      </div>
      <ol>
        {dayRows(epochs, places, timeZone).map(({ day, slots }) => (
          <li key={day} className="flex items-center">
            <span className="w-[4.75rem] shrink-0 truncate text-xs text-muted">{day}</span>
            <ol className="grid flex-1" style={columns}>
              {slots.map((slot, index) => (
                <li key={slot[0]?.epoch ?? `empty-${index}`} className="flex min-w-0" aria-hidden={slot.length === 0 || undefined}>
                  {slot.map((epoch) => (
                    <span key={epoch.epoch} className="min-w-0 flex-1">
                      <TimelineBlock epoch={epoch} isSelected={epoch.epoch === selected} isRead={readEpochs.has(epoch.epoch)} timeZone={timeZone} onSelect={onSelect} isSmall />
                    </span>
                  ))}
                </li>
              ))}
            </ol>
          </li>
        ))}
      </ol>
    </div>
  );
}
