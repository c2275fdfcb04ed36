"use client";

import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** False while rendering what the server rendered, true from then on. */
export function useHydrated(): boolean {
  return useSyncExternalStore(never, () => true, () => false);
}
