"use client";

import { Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { Button } from "@/components/button";
import { useHydrated } from "@/components/use-hydrated";

export function ThemeToggle() {
  const { resolvedTheme, setTheme } = useTheme();
  const dark = useHydrated() && resolvedTheme === "dark";
  const Icon = dark ? Sun : Moon;
  return (
    <Button tone="quiet" size="icon" aria-label={dark ? "Use the light theme" : "Use the dark theme"} onClick={() => setTheme(dark ? "light" : "dark")}>
      <Icon aria-hidden className="size-[18px]" />
    </Button>
  );
}
