import { Check } from "lucide-react";
import { classNames } from "@/components/class-names";
import { lifeOf, type LifeStep } from "@/lib/releases/model/epoch-life";
import type { EpochView } from "@/lib/releases/model/epoch-view";

function Mark({ place }: Pick<LifeStep, "place">) {
  if (place === "past") return <span aria-hidden className="flex size-4 items-center justify-center rounded-full bg-accent text-on-accent"><Check className="size-2.5 text-surface" strokeWidth={4} /></span>;
  return <span aria-hidden className={classNames("size-4 rounded-full border-2", place === "now" ? "border-accent bg-accent-soft" : place === "never" ? "border-dotted border-line-strong" : "border-line")} />;
}

/** The stations of an epoch's life, and where this one stands. */
export function EpochLife({ view, isImported }: { view: EpochView; isImported: boolean }) {
  return (
    <ol className="mt-4 flex" aria-label="Life of the epoch">
      {lifeOf(view, isImported).map(({ name, place }, index) => (
        <li key={name} aria-current={place === "now" ? "step" : undefined} className="relative flex flex-1 flex-col items-center gap-1 text-center">
          {index > 0 && <span aria-hidden className={classNames("absolute top-[7px] right-[calc(50%+10px)] left-[calc(-50%+10px)] h-0.5", place === "past" || place === "now" ? "bg-accent" : "bg-line")} />}
          <Mark place={place} />
          <span className={classNames("text-[0.6875rem] leading-4", place === "now" ? "font-semibold text-ink" : "text-muted")}>{name}</span>
        </li>
      ))}
    </ol>
  );
}
