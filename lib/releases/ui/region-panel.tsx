"use client";

import { useEffect, useRef } from "react";
import { LiveRegion } from "@/components/live-region";
import { PanelSection } from "@/components/panel";
import { Skeleton } from "@/components/skeleton";
import { useNow } from "@/components/use-now";
import { useViewerTimeZone } from "@/components/use-viewer-time-zone";
import { formatSpan } from "@/lib/kernel/format";
import { absenceOf, stateNames } from "@/lib/releases/model/epoch-words";
import { localCommand } from "@/lib/releases/model/local-command";
import { CellCard } from "@/lib/releases/ui/cell-card";
import { EpochCard } from "@/lib/releases/ui/epoch-card";
import { EpochTimeline, EpochTimelineSkeleton } from "@/lib/releases/ui/epoch-timeline";
import { ReadingCard } from "@/lib/releases/ui/reading-card";
import { RegionFacts } from "@/lib/releases/ui/region-facts";
import { RegionHeading, RegionHeadingSkeleton } from "@/lib/releases/ui/region-heading";
import { RegionLegend } from "@/lib/releases/ui/region-legend";
import type { RegionView } from "@/lib/releases/ui/region-view";
import { TimelineLegend } from "@/lib/releases/ui/timeline-legend";

/** Brings the top of the sheet into sight when there is something new: a chosen cell, or the numbers that were waited for. */
function useNewsInSight(cell: string | null, readingKind: string) {
  const top = useRef<HTMLDivElement>(null);
  const before = useRef({ cell, readingKind });
  useEffect(() => {
    const isNew = (cell !== null && cell !== before.current.cell) || (readingKind === "opened" && before.current.readingKind === "working");
    before.current = { cell, readingKind };
    // Hidden where there is room for it over the map, and then nothing moves.
    if (isNew && top.current?.offsetParent != null) top.current.parentElement?.scrollTo({ top: 0 });
  }, [cell, readingKind]);
  return top;
}

/** What floats over the map where there is room stands on top of the sheet on a phone. */
function PhoneTop({ answer, choice, reading, scene, theme, cell, onCell }: RegionView) {
  const top = useNewsInSight(cell, reading.state.kind);
  return (
    <div ref={top} className="lg:hidden">
      <div className="px-5 pb-4"><RegionLegend answer={answer} scene={scene} isBrief /></div>
      {cell !== null && (
        <div className="border-t px-5 py-4">
          <CellCard cell={cell} answer={answer} opened={reading.opened} absence={absenceOf(choice.epoch)} theme={theme} onClose={() => onCell(null)} />
        </div>
      )}
    </div>
  );
}

function EpochsSection({ answer, city, epochs, loadEarlier, choice, reading }: RegionView) {
  const viewer = useViewerTimeZone(city?.timeZone ?? "UTC");
  const nowSeconds = useNow(1000);
  const { epoch, choose } = choice;
  const unread = epochs.filter((other) => !reading.ownedEpochs.has(other.epoch));
  const others = unread
    .filter((other) => other.state === "published" && other.epoch !== epoch?.epoch)
    .map((other) => ({ epoch: other.epoch, tiles: other.publishedTiles }))
    .toReversed();
  return (
    <PanelSection title="Epochs" className="border-t first:border-t" aside={<span className="text-xs text-muted">{viewer.replaceAll("_", " ")}</span>}>
      {epochs.length === 0
        ? <p className="text-sm text-muted">{answer.importOnly ? "Its hours appear here as they are imported, the newest first." : "The region has not begun yet. Its first epoch appears here when it does."}</p>
        : (
          <>
            <EpochTimeline epochs={epochs} selected={epoch?.epoch ?? null} readEpochs={reading.ownedEpochs} timeZone={viewer} onSelect={choose} onEarlier={loadEarlier} />
            <TimelineLegend states={new Set(unread.map(({ state }) => state))} hasRead={reading.ownedEpochs.size > 0} />
          </>
        )}
      {epoch !== null && <LiveRegion text={`${formatSpan(epoch.start, epoch.end, viewer)}: ${stateNames[epoch.state]}`} />}
      {epoch !== null && (
        <EpochCard
          view={epoch}
          ticketsMin={answer.region.ticketsMin}
          origin={answer}
          nowSeconds={nowSeconds}
          command={localCommand(answer.region, epoch)}
          zones={{ viewer, city: city?.timeZone ?? null, cityName: city?.name ?? null }}
        >
          <ReadingCard answer={answer} reading={reading.state} tiles={epoch.publishedTiles} others={others} onBuy={reading.buy} onRetry={reading.retry} />
        </EpochCard>
      )}
    </PanelSection>
  );
}

/** What, where, when, how good, how private, how much. */
export function RegionPanel(view: RegionView) {
  return (
    <>
      <PhoneTop {...view} />
      <RegionHeading answer={view.answer} cityName={view.city?.name ?? null} />
      <EpochsSection {...view} />
      <RegionFacts answer={view.answer} />
    </>
  );
}

export function RegionPanelSkeleton() {
  return (
    <>
      <RegionHeadingSkeleton />
      <PanelSection title="Epochs" className="border-t first:border-t">
        <EpochTimelineSkeleton />
        <Skeleton className="mt-4 h-6 w-48" />
        <Skeleton className="mt-3 h-40" />
      </PanelSection>
    </>
  );
}
