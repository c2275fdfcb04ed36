"use client";

import { X } from "lucide-react";
import { BarChart } from "@/components/bar-chart";
import { Button } from "@/components/button";
import { EstimateBar } from "@/components/estimate-bar";
import { isTooFewToTell } from "@/lib/kernel/format";
import type { MapTheme } from "@/lib/map/model/basemap-colors";
import type { ShownCell } from "@/lib/privacy/model/decode-release";
import { rampFor, sampleRamp, toCss } from "@/lib/map/model/ramps";
import { describeSpeed, describeVehicles, shortCell, speedClassNames, speedEstimate } from "@/lib/releases/model/cell-words";
import { findEstimate, vehiclesMost, type OpenedTiles } from "@/lib/releases/model/epoch-map";
import type { RegionAnswer } from "@/lib/releases/schema";

export type CellCardProps = {
  cell: string;
  answer: RegionAnswer;
  opened: OpenedTiles;
  /** Why there is no estimate at all. */
  absence: string;
  theme: MapTheme;
  onClose: () => void;
};

/** Right end of the scale of speeds, km/h. */
const speedMost = 80;

type FiguresProps = { shown: ShownCell; speedEdges: readonly number[]; vehiclesMost: number; theme: MapTheme };

function Figures({ shown, speedEdges, vehiclesMost, theme }: FiguresProps) {
  const speed = speedEstimate(shown);
  const colors = sampleRamp(rampFor(theme, "speed"), shown.shares.length);
  const names = speedClassNames(speedEdges);
  const bars = shown.shares.map((share, index) => ({ label: names[index] ?? "", share, color: toCss(colors[index] ?? [0, 0, 0]) }));
  return (
    <div className="space-y-4">
      <div>
        <p className="text-base font-semibold tabular-nums">{describeVehicles(shown)}</p>
        {!isTooFewToTell(shown.vehicles) && <EstimateBar estimate={shown.vehicles} most={vehiclesMost} className="mt-1.5" />}
      </div>
      <div>
        <p className="text-base font-semibold tabular-nums">{describeSpeed(shown)}</p>
        {speed !== null && <EstimateBar estimate={speed} most={speedMost} className="mt-1.5" />}
        {shown.percentiles !== null && (
          <p className="mt-1.5 text-xs text-muted tabular-nums">
            Half below {Math.round(shown.percentiles.p50)} km/h; 15 % below {Math.round(shown.percentiles.p15)}, 15 % above {Math.round(shown.percentiles.p85)}
          </p>
        )}
      </div>
      <div>
        <h3 className="mb-1 text-xs text-muted">Share of vehicles by speed, km/h</h3>
        <BarChart label="Share of vehicles by speed class" bars={bars} />
      </div>
      {shown.nearThreshold && (
        <p className="rounded-[6px] bg-warning-soft px-2.5 py-2 text-xs text-warning">
          Close to the threshold: the truth lies outside of these intervals more often than once in twenty.
        </p>
      )}
    </div>
  );
}

/** Everything that is known about one cell, each number with its 95 % interval. */
export function CellCard({ cell, answer, opened, absence, theme, onClose }: CellCardProps) {
  const estimate = findEstimate(opened, cell);
  return (
    <>
      <div className="mb-3 flex items-start justify-between gap-2">
        <h2 className="text-xs text-muted">Cell <span className="font-mono">{shortCell(cell)}</span></h2>
        <Button tone="quiet" size="icon" className="-mt-2 -mr-2 size-8" aria-label="Close the cell's card" onClick={onClose}><X aria-hidden className="size-4" /></Button>
      </div>
      {estimate === null && <p className="text-sm text-muted">{absence}</p>}
      {estimate?.shown === false && (
        <p className="text-sm text-muted">
          <span className="font-semibold text-ink">Not shown.</span> No speed class reached {answer.noise.threshold}. Few, none and hidden look the same, on purpose.
        </p>
      )}
      {estimate?.shown === true && <Figures shown={estimate} speedEdges={answer.region.speedEdges} vehiclesMost={vehiclesMost(opened)} theme={theme} />}
    </>
  );
}
