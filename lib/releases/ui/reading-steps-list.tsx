"use client";

import { Check } from "lucide-react";
import { classNames } from "@/components/class-names";
import { LiveRegion } from "@/components/live-region";
import { ProgressBar } from "@/components/progress-bar";
import { readingSteps, stepNames, type ReadingProgress } from "@/lib/releases/model/reading-steps";

function StepMark({ state }: { state: "done" | "now" | "later" }) {
  return (
    <span
      aria-hidden
      className={classNames(
        "flex size-4 shrink-0 items-center justify-center rounded-full border",
        state === "done" && "border-accent-strong bg-accent-strong text-on-accent",
        state === "now" && "border-accent-strong",
      )}
    >
      {state === "done" && <Check className="size-3" strokeWidth={3} />}
      {state === "now" && <span className="size-2 animate-breathe rounded-full bg-accent-strong" />}
    </span>
  );
}

/** The way from the button to the map, step by step, with what is under way. */
export function ReadingStepsList({ progress, isPaid }: { progress: ReadingProgress; isPaid: boolean }) {
  const now = readingSteps.indexOf(progress.step);
  return (
    <div className="mt-4">
      <LiveRegion text={`${stepNames[progress.step]}. ${progress.detail ?? ""}`} />
      <ol className="space-y-2.5 text-sm">
        {readingSteps.map((step, index) => {
          const state = index < now ? "done" : index === now ? "now" : "later";
          return (
            <li key={step} aria-current={state === "now" ? "step" : undefined}>
              <span className={classNames("flex items-center gap-2.5", state === "later" && "text-muted")}>
                <StepMark state={state} />
                {stepNames[step]}
              </span>
              {state === "now" && <ProgressBar label={progress.detail ?? "Working"} share={progress.share} className="mt-2 ml-6.5" />}
            </li>
          );
        })}
      </ol>
      {isPaid && <p className="mt-3 text-xs text-muted">It is paid. You can close this page and come back; nothing is lost.</p>}
    </div>
  );
}
