"use client";

import { useEffect, useState, type FocusEvent, type PointerEvent, type ReactNode } from "react";
import { createPortal } from "react-dom";

type Place = { left: number; top: number };

/** Pixels between the trigger and the tip, and between the tip and the window's sides. */
const gap = 6;
const widest = 256;

function placeAbove(trigger: Element): Place {
  const box = trigger.getBoundingClientRect();
  const half = widest / 2;
  return { left: Math.min(window.innerWidth - half - gap, Math.max(half + gap, box.left + box.width / 2)), top: box.top - gap };
}

/**
 * A short explanation above its trigger, on hover and on keyboard focus; Escape and scrolling take it away.
 * For what the trigger's own label says too: readers are told that, and never the tip.
 */
export function Tooltip({ content, children }: { content: ReactNode; children: ReactNode }) {
  const [place, setPlace] = useState<Place | null>(null);
  const isShown = place !== null;
  useEffect(() => {
    if (!isShown) return;
    const hide = () => setPlace(null);
    const onKey = (event: KeyboardEvent) => { if (event.key === "Escape") hide(); };
    window.addEventListener("scroll", hide, true);
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("scroll", hide, true);
      window.removeEventListener("keydown", onKey);
    };
  }, [isShown]);
  const onPointerEnter = (event: PointerEvent) => { if (event.pointerType !== "touch") setPlace(placeAbove(event.currentTarget)); };
  const onFocus = (event: FocusEvent) => { if (event.target.matches(":focus-visible")) setPlace(placeAbove(event.currentTarget)); };
  return (
    <span className="block" onPointerEnter={onPointerEnter} onPointerLeave={() => setPlace(null)} onFocus={onFocus} onBlur={() => setPlace(null)}>
      {children}
      {isShown && createPortal(
        <span
          aria-hidden
          className="pointer-events-none fixed z-50 w-max max-w-64 -translate-x-1/2 -translate-y-full rounded-control border bg-surface px-3 py-2 text-xs text-ink shadow-float"
          style={{ left: place.left, top: place.top }}
        >
          {content}
        </span>,
        document.body,
      )}
    </span>
  );
}
