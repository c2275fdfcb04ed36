"use client";

import type { ReactNode } from "react";
import { Badge } from "@/components/badge";
import { CopyButton } from "@/components/copy-button";
import { ProgressBar } from "@/components/progress-bar";
import { formatSpan, isSameTime } from "@/lib/kernel/format";
import type { EpochState } from "@/lib/releases/model/epoch-state";
import type { EpochView } from "@/lib/releases/model/epoch-view";
import { EpochLife } from "@/lib/releases/ui/epoch-life";
import { describeContributions, describeNext, describeWork, stateNames } from "@/lib/releases/model/epoch-words";
import type { LocalCommand } from "@/lib/releases/model/local-command";

type EpochCardProps = {
  view: EpochView;
  ticketsMin: number;
  /** Its vehicles are simulated, or it was imported as a whole. */
  origin: { isSimulated: boolean; importOnly: boolean };
  nowSeconds: number | null;
  /** How somebody at this machine can bring the epoch on. */
  command: LocalCommand | null;
  zones: { viewer: string; city: string | null; cityName: string | null };
  children?: ReactNode;
};

const tones: Record<EpochState, "neutral" | "accent" | "warning"> = {
  open: "accent", grace: "accent", closed: "neutral", sealed: "neutral", publishing: "accent", published: "accent", void: "neutral",
};

/** When the epoch was, in the viewer's zone and, where that differs, in the city's. */
function Times({ view, zones }: Pick<EpochCardProps, "view" | "zones">) {
  const { viewer, city, cityName } = zones;
  const differs = city !== null && !isSameTime(view.start, viewer, city);
  return (
    <div className="min-w-0">
      <p className="text-base font-semibold tabular-nums">{formatSpan(view.start, view.end, viewer)}</p>
      {differs && <p className="text-xs text-muted tabular-nums">Your time. In {cityName}: {formatSpan(view.start, view.end, city)}</p>}
    </div>
  );
}

function Collected({ view, ticketsMin }: Pick<EpochCardProps, "view" | "ticketsMin">) {
  const isEnough = view.tickets >= ticketsMin;
  const detail = isEnough ? "enough to publish" : `${view.tickets} of at least ${ticketsMin}`;
  return <ProgressBar label="Contributions" share={Math.min(1, view.tickets / ticketsMin)} detail={detail} className="mt-3" />;
}

/** One epoch: when, what came in, where it stands and what comes next. */
export function EpochCard({ view, ticketsMin, origin, nowSeconds, command, zones, children }: EpochCardProps) {
  const next = describeNext(view, { nowSeconds, ticketsMin });
  const isCollecting = view.state === "open" || view.state === "grace";
  return (
    <div className="mt-4 border-t pt-4">
      <div className="flex items-start justify-between gap-3">
        <Times view={view} zones={zones} />
        <Badge tone={tones[view.state]} className="mt-0.5">{stateNames[view.state]}</Badge>
      </div>
      <p className="mt-2 text-sm tabular-nums">{describeContributions(view, origin.isSimulated)}</p>
      {next !== null && <p className="mt-1 text-sm text-muted text-pretty">{next}</p>}
      <EpochLife view={view} isImported={origin.importOnly} />
      {isCollecting && <Collected view={view} ticketsMin={ticketsMin} />}
      {view.work !== null && (
        <ProgressBar label="Computing" share={view.work.total === 0 ? null : view.work.done / view.work.total} detail={describeWork(view.work)} className="mt-3" />
      )}
      {command !== null && (
        <div className="mt-3 text-xs text-muted">
          <p className="mb-1">{command.purpose}:</p>
          <CopyButton text={command.command} label="Copy the command" />
        </div>
      )}
      {children}
    </div>
  );
}
