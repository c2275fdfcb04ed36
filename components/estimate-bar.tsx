import { classNames } from "@/components/class-names";
import type { Estimate } from "@/lib/kernel/format";

type EstimateBarProps = { estimate: Estimate; /** The right end of the scale. */ most: number; className?: string };

const percent = (value: number, most: number) => `${Math.min(100, Math.max(0, (100 * value) / most))}%`;

/** A value as a bar from zero, with a whisker over the interval in which the truth lies. The numbers stand beside it. */
export function EstimateBar({ estimate, most, className }: EstimateBarProps) {
  const { value, low, high } = estimate;
  return (
    <span aria-hidden className={classNames("relative block h-3 rounded-[3px] bg-sunken", className)}>
      <span className="absolute inset-y-0 left-0 rounded-[3px] bg-accent" style={{ width: percent(value, most) }} />
      <span
        className="absolute inset-y-[2px] border-x-[1.5px] border-ink before:absolute before:inset-x-0 before:top-1/2 before:border-t-[1.5px] before:border-ink"
        style={{ left: percent(low, most), right: `calc(100% - ${percent(high, most)})` }}
      />
    </span>
  );
}
