"use client";

import { useSyncExternalStore } from "react";

const never = () => () => undefined;
const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The viewer's time zone; `fallback` while rendering what the server rendered, which can't know it. */
export function useViewerTimeZone(fallback: string): string {
  return useSyncExternalStore(never, zone, () => fallback);
}
