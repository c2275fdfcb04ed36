"use client";

import { useSyncExternalStore } from "react";
import { themeKey } from "@/components/theme-script";

export type Theme = "light" | "dark";

const listeners = new Set<() => void>();
const systemQuery = "(prefers-color-scheme: dark)";

/** The viewer's choice, or null where there is none or the browser keeps nothing. */
function chosenTheme(): Theme | null {
  try {
    const kept = localStorage.getItem(themeKey);
    return kept === "light" || kept === "dark" ? kept : null;
  } catch {
    return null;
  }
}

function apply(): void {
  const isDark = (chosenTheme() ?? (matchMedia(systemQuery).matches ? "dark" : "light")) === "dark";
  document.documentElement.classList.toggle("dark", isDark);
  for (const listener of listeners) listener();
}

/** Chooses a theme for this browser; other open pages follow. */
export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(themeKey, theme);
    apply();
  } catch {
    // Nothing is kept in this browser: the choice holds for this page.
    document.documentElement.classList.toggle("dark", theme === "dark");
    for (const listener of listeners) listener();
  }
}

function subscribe(listener: () => void): () => void {
  const system = matchMedia(systemQuery);
  listeners.add(listener);
  system.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  return () => {
    listeners.delete(listener);
    system.removeEventListener("change", apply);
    window.removeEventListener("storage", apply);
  };
}

const shown = (): Theme => (document.documentElement.classList.contains("dark") ? "dark" : "light");

/** The theme in force; light while rendering what the server rendered. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, shown, () => "light");
}
