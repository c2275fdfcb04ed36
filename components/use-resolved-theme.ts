"use client";

import { useTheme } from "next-themes";

/** The theme that is in force, for what can't be coloured by CSS. */
export function useResolvedTheme(): "light" | "dark" {
  return useTheme().resolvedTheme === "dark" ? "dark" : "light";
}
