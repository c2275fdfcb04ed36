"use client";

import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { Badge } from "@/components/badge";
import { useNow } from "@/components/use-now";
import { useViewerTimeZone } from "@/components/use-viewer-time-zone";
import { formatDuration, formatSpan, formatWhole } from "@/lib/kernel/format";
import type { RegionCard } from "@/lib/releases/model/region-card";
import { usePageRefresh } from "@/lib/releases/ui/home/use-page-refresh";

const cellsPerTile = 49;
const refreshMs = 15_000;

type CardState = { label: string; tone: "accent" | "neutral" };

/** What goes on in a region now, in two or three words. */
function stateOf({ openEpoch, importOnly, latestPublished }: RegionCard): CardState {
  if (openEpoch !== null) return { label: "Collecting", tone: "accent" };
  if (importOnly) return { label: "Past hours only", tone: "neutral" };
  return latestPublished === null ? { label: "Not begun", tone: "neutral" } : { label: "Between epochs", tone: "neutral" };
}

function OpenEpoch({ card, nowSeconds, timeZone }: { card: RegionCard; nowSeconds: number | null; timeZone: string }) {
  const { openEpoch, importOnly, contributionsToday } = card;
  if (importOnly) return <>None. Its hours are simulated and imported; contributions are refused.</>;
  if (openEpoch === null) return <>None at the moment</>;
  const left = nowSeconds === null ? "" : `, ${formatDuration(openEpoch.end - nowSeconds)} left`;
  return <>{formatSpan(openEpoch.start, openEpoch.end, timeZone)}{left}{contributionsToday > 0 && <>; {formatWhole(contributionsToday)} {contributionsToday === 1 ? "contribution" : "contributions"} today</>}</>;
}

function Card({ card, nowSeconds, timeZone }: { card: RegionCard; nowSeconds: number | null; timeZone: string }) {
  const { slug, name, isSimulated, tiles, epochSeconds, latestPublished } = card;
  const state = stateOf(card);
  return (
    <li className="relative flex flex-col rounded-control border bg-surface p-5 transition-colors duration-150 hover:border-line-strong">
      <div className="flex items-start justify-between gap-3">
        <h2 className="min-w-0 text-base font-semibold break-words">
          <Link href={`/regions/${slug}`} className="after:absolute after:inset-0 after:rounded-control">{name}</Link>
        </h2>
        <ChevronRight aria-hidden className="mt-1 size-4 shrink-0 text-muted" />
      </div>
      <p className="mt-1 text-xs text-muted tabular-nums">
        {formatWhole(tiles)} {tiles === 1 ? "tile" : "tiles"}, {formatWhole(tiles * cellsPerTile)} cells, epochs of {formatDuration(epochSeconds)}
      </p>
      <p className="mt-3 flex flex-wrap gap-2">
        <Badge tone={state.tone}>{state.label}</Badge>
        {isSimulated && <Badge tone="warning">Simulated vehicles on real streets</Badge>}
      </p>
      <dl className="mt-4 space-y-3 border-t pt-4 text-sm">
        <div>
          <dt className="text-xs text-muted">Newest release</dt>
          <dd className="tabular-nums">
            {latestPublished === null
              ? "None yet. It appears here when the first epoch has been published."
              : <>{formatSpan(latestPublished.start, latestPublished.start + epochSeconds, timeZone)}<span className="text-muted">, {latestPublished.tiles} of {tiles} {tiles === 1 ? "tile" : "tiles"}</span></>}
          </dd>
        </div>
        <div>
          <dt className="text-xs text-muted">Open epoch</dt>
          <dd className="tabular-nums"><OpenEpoch card={card} nowSeconds={nowSeconds} timeZone={timeZone} /></dd>
        </div>
      </dl>
    </li>
  );
}

/** All regions, each with what is new in it. */
export function RegionCards({ cards }: { cards: readonly RegionCard[] }) {
  usePageRefresh(refreshMs);
  const timeZone = useViewerTimeZone("America/Chicago");
  const nowSeconds = useNow(1_000);
  return (
    <>
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {cards.map((card) => <Card key={card.slug} card={card} nowSeconds={nowSeconds} timeZone={timeZone} />)}
      </ul>
      <p className="mt-4 text-xs text-muted">Times in {timeZone.replaceAll("_", " ")}.</p>
    </>
  );
}
