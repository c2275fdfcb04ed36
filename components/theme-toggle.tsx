"use client";

import { Moon, Sun } from "lucide-react";
import { Button } from "@/components/button";
import { chooseTheme, useTheme } from "@/components/use-theme";

export function ThemeToggle() {
  const other = useTheme() === "dark" ? "light" : "dark";
  const Icon = other === "light" ? Sun : Moon;
  return (
    <Button tone="quiet" size="icon" aria-label={`Use the ${other} theme`} onClick={() => chooseTheme(other)}>
      <Icon aria-hidden className="size-[18px]" />
    </Button>
  );
}
