import { classNames } from "@/components/class-names";

/** A grey stand-in with the size of what will come. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={classNames("animate-shimmer rounded-control bg-sunken", className)} />;
}
