import type { ComponentProps } from "react";
import { classNames } from "@/components/class-names";

/** A bordered surface. `floating` is for what lies over the map. */
export function Card({ floating = false, className, ...rest }: ComponentProps<"div"> & { floating?: boolean }) {
  return <div className={classNames("rounded-control border bg-surface", floating && "shadow-float", className)} {...rest} />;
}
