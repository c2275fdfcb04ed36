import { Check } from "lucide-react";
import { classNames } from "@/components/class-names";
import type { EpochState } from "@/lib/releases/model/epoch-state";

const looks: Record<EpochState, string> = {
  open: "border border-accent bg-accent-soft",
  grace: "border border-dashed border-accent bg-accent-soft",
  closed: "bg-line",
  sealed: "bg-line-strong",
  publishing: "bg-line",
  published: "bg-accent",
  void: "border-2 border-dotted border-line-strong",
};

type EpochBlockProps = {
  state: EpochState;
  /** Share of the operations done, while it is being published. */
  share?: number;
  /** Whether the viewer has bought and opened it. */
  isRead?: boolean;
  /** Whether it stands in a row of many. */
  isSmall?: boolean;
  className?: string;
};

/** The state of an epoch as a small block. Shape says what colour says: a dot breathes, a level rises, a check stands. */
export function EpochBlock({ state, share = 0, isRead = false, isSmall = false, className }: EpochBlockProps) {
  return (
    <span aria-hidden className={classNames("relative block overflow-hidden", isSmall ? "rounded-[3px]" : "rounded-[4px]", looks[state], isRead && "bg-accent-strong", className)}>
      {state === "open" && <span className={classNames("absolute animate-breathe rounded-[2px] bg-accent", isSmall ? "inset-0.5" : "inset-1")} />}
      {state === "publishing" && (
        <span className="absolute inset-x-0 bottom-0 bg-accent transition-[height] duration-200" style={{ height: `${Math.max(8, share * 100)}%` }} />
      )}
      {isRead && <Check className={classNames("absolute inset-x-0 mx-auto text-on-accent", isSmall ? "bottom-0.5 size-2.5" : "bottom-1 size-3")} strokeWidth={isSmall ? 4 : 3.5} />}
    </span>
  );
}
