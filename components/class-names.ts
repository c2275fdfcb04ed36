import { clsx, type ClassValue } from "clsx";
import { twMerge } from "tailwind-merge";

/** Class names joined; of two that contradict each other the later one wins. */
export function classNames(...values: ClassValue[]): string {
  return twMerge(clsx(values));
}
