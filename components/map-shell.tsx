"use client";

import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import { classNames } from "@/components/class-names";

type MapShellProps = { stage: ReactNode; panel: ReactNode; panelLabel: string };

/** Heights of the sheet on a phone, in percent of the shell: a glance, half, nearly all. */
const stops = [24, 56, 90] as const;

function nearestStop(percent: number): number {
  return stops.reduce((best, stop) => (Math.abs(stop - percent) < Math.abs(best - percent) ? stop : best), stops[0]);
}

function useSheet() {
  const shell = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState<number>(stops[1]);
  const [isDragging, setDragging] = useState(false);
  const follow = (event: PointerEvent) => {
    const box = shell.current?.getBoundingClientRect();
    if (box !== undefined) setHeight(Math.min(stops[2], Math.max(stops[0], (100 * (box.bottom - event.clientY)) / box.height)));
  };
  const step = (by: number) => setHeight((now) => stops[Math.min(2, Math.max(0, stops.findIndex((stop) => stop === nearestStop(now)) + by))] ?? now);
  const handle = {
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      setDragging(true);
    },
    onPointerMove: (event: PointerEvent) => { if (isDragging) follow(event); },
    onPointerUp: () => {
      setDragging(false);
      setHeight(nearestStop(height));
    },
    onKeyDown: (event: KeyboardEvent) => {
      const by = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
      if (by === 0) return;
      event.preventDefault();
      event.stopPropagation();
      step(by);
    },
  };
  return { shell, height, isDragging, handle };
}

/** A stage with a panel at its right; on a phone the panel is a sheet that is pulled up over the stage. */
export function MapShell({ stage, panel, panelLabel }: MapShellProps) {
  const { shell, height, isDragging, handle } = useSheet();
  return (
    <div ref={shell} className="flex min-h-0 flex-1 flex-col lg:flex-row" style={{ "--sheet": `${height}%` }}>
      <div className="relative min-h-0 min-w-0 flex-1">{stage}</div>
      <aside
        aria-label={panelLabel}
        className={classNames(
          "relative flex h-(--sheet) min-h-0 flex-col border-t bg-surface max-lg:rounded-t-2xl max-lg:shadow-float lg:h-auto lg:w-[25.5rem] lg:border-t-0 lg:border-l",
          !isDragging && "max-lg:transition-[height] max-lg:duration-200",
        )}
      >
        <div
          {...handle}
          role="separator"
          aria-orientation="horizontal"
          aria-label="Height of the panel"
          aria-valuemin={stops[0]}
          aria-valuemax={stops[2]}
          aria-valuenow={Math.round(height)}
          tabIndex={0}
          className="flex h-6 shrink-0 cursor-row-resize touch-none items-center justify-center lg:hidden"
        >
          <span className="h-1 w-9 rounded-full bg-line-strong" />
        </div>
        <div className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain">{panel}</div>
      </aside>
    </div>
  );
}
