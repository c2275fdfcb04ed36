"use client";

import { useEffect, useEffectEvent } from "react";
import { shortcutOf, type Shortcut } from "@/lib/releases/model/shortcuts";

const takesEverything = "textarea, select, [contenteditable], [role=dialog], input:not([type=radio], [type=checkbox])";
const takesArrows = "input, [role=separator], [tabindex='0'][role=region], .maplibregl-canvas";

/** Typing, choosing and moving the map come first. */
function takenBy(target: EventTarget | null): Parameters<typeof shortcutOf>[0]["taken"] {
  if (!(target instanceof Element)) return "nothing";
  if (target.closest(takesEverything) !== null) return "everything";
  return target.closest(takesArrows) === null ? "nothing" : "arrows";
}

/** Calls back for the page's keys, wherever the focus is. */
export function useShortcuts(onShortcut: (shortcut: Shortcut) => void): void {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    const isModified = event.ctrlKey || event.metaKey || event.altKey;
    const shortcut = shortcutOf({ key: event.key, isModified, taken: takenBy(event.target) });
    if (shortcut === null) return;
    event.preventDefault();
    onShortcut(shortcut);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => handle(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
