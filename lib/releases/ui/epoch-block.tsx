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
  className?: string;
};

/** The state of an epoch as a small block. Shape says what colour says: a dot breathes, a level rises, a check stands. */
export function EpochBlock({ state, share = 0, isRead = false, className }: EpochBlockProps) {
  return (
    <span aria-hidden className={classNames("relative block overflow-hidden rounded-[4px]", looks[state], isRead && "bg-accent-strong", className)}>
      {state === "open" && <span className="absolute inset-1 animate-breathe rounded-[2px] bg-accent" />}
      {state === "publishing" && (
        <span className="absolute inset-x-0 bottom-0 bg-accent transition-[height] duration-200" style={{ height: `${Math.max(8, share * 100)}%` }} />
      )}
      {isRead && <Check className="absolute inset-x-0 bottom-1 mx-auto size-3 text-on-accent" strokeWidth={3.5} />}
    </span>
  );
}
