import { classNames } from "@/components/class-names";

type ProgressBarProps = {
  label: string;
  /** Done of all, e.g. operations; null while the total is not known yet. */
  share: number | null;
  /** What is done of all and how long it will still take, in words. */
  detail?: string;
  className?: string;
};

/** A bar that says what it measures. Without a known share it moves, so that waiting never looks like a hang. */
export function ProgressBar({ label, share, detail, className }: ProgressBarProps) {
  const percent = share === null ? undefined : Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div className={className}>
      <div className="mb-1.5 flex items-baseline justify-between gap-3 text-xs">
        <span>{label}</span>
        {detail !== undefined && <span className="text-right text-muted tabular-nums">{detail}</span>}
      </div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={detail}
        className="h-1.5 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className={classNames("h-full rounded-full bg-accent transition-[width] duration-200", percent === undefined && "w-1/3 animate-shimmer")}
          style={percent === undefined ? undefined : { width: `${percent}%` }}
        />
      </div>
    </div>
  );
}
