"use client";

import { useId } from "react";
import { SegmentedControl } from "@/components/segmented-control";
import { formatShort } from "@/lib/kernel/format";
import type { Steps } from "@/lib/map/model/color-scale";
import type { Legend, LegendMark } from "@/lib/map/model/legend";
import { toCss } from "@/lib/map/model/ramps";

type MapLegendProps = {
  title: string;
  unit: string;
  legend: Legend;
  /** What cells that are not shown have in common, in words. */
  markNames: Record<LegendMark, string>;
  steps: Steps;
  /** Undefined leaves the choice out, where there is no room for it. */
  onSteps?: (steps: Steps) => void;
};

const stepSegments = [{ value: "quantile", label: "Equal counts" }, { value: "even", label: "Equal steps" }] as const;
/** Six regular corners, like the cells that it stands for. */
const hexagon = "8,1 14.1,4.5 14.1,11.5 8,15 1.9,11.5 1.9,4.5";

function Mark({ mark }: { mark: LegendMark }) {
  const pattern = useId();
  return (
    <svg viewBox="0 0 16 16" aria-hidden className="size-4 shrink-0 text-muted">
      {mark === "not-shown" && (
        <defs>
          <pattern id={pattern} width="3.2" height="3.2" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <line x1="0.5" x2="0.5" y2="3.2" stroke="currentColor" strokeWidth="0.9" />
          </pattern>
        </defs>
      )}
      <polygon
        points={hexagon}
        fill={mark === "not-shown" ? `url(#${pattern})` : mark === "near-threshold" ? "var(--accent)" : "none"}
        stroke={mark === "not-shown" || mark === "near-threshold" ? "none" : "currentColor"}
        strokeWidth={mark === "void" ? 1.6 : 1}
        strokeLinecap="round"
        strokeDasharray={mark === "void" ? "0.1 2.6" : undefined}
      />
      {mark === "near-threshold" && <circle cx="8" cy="8" r="2.6" fill="var(--surface)" stroke="var(--ink)" strokeWidth="1.2" />}
    </svg>
  );
}

/** What the colours and patterns on the map mean. */
export function MapLegend({ title, unit, legend, markNames, steps, onSteps }: MapLegendProps) {
  const { classes, marks } = legend;
  return (
    <div>
      <h2 className="text-xs font-semibold">{title} <span className="font-normal text-muted">{unit}</span></h2>
      {classes.length > 0 && (
        <>
          <ol className="mt-2 flex" aria-label={`Classes of ${title.toLowerCase()}`}>
            {classes.map(({ from, to, color }, index) => (
              <li key={from} className="flex-1 first:[&>span:first-child]:rounded-l-[3px] last:[&>span:first-child]:rounded-r-[3px]" aria-label={`${formatShort(from)} to ${formatShort(to)}`}>
                <span aria-hidden className="block h-3" style={{ background: toCss(color) }} />
                <span aria-hidden className="block pt-1 text-[0.6875rem] leading-3 text-muted tabular-nums">
                  {formatShort(from)}{index === classes.length - 1 && classes.length > 1 && "+"}
                </span>
              </li>
            ))}
          </ol>
          {onSteps !== undefined && <SegmentedControl label="How the classes are cut" segments={stepSegments} value={steps} onChange={onSteps} size="small" className="mt-2 flex" />}
        </>
      )}
      {marks.length > 0 && (
        <ul className="mt-2 space-y-1 text-xs text-muted">
          {marks.map((mark) => <li key={mark} className="flex items-center gap-2"><Mark mark={mark} />{markNames[mark]}</li>)}
        </ul>
      )}
    </div>
  );
}
