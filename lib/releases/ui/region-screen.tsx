"use client";

import { useMemo, useState } from "react";
import { MapShell } from "@/components/map-shell";
import { useTheme } from "@/components/use-theme";
import type { MapTheme } from "@/lib/map/model/basemap-colors";
import { cityAt } from "@/lib/map/model/cities";
import { cellCenter } from "@/lib/map/model/geometry";
import { nextMetric } from "@/lib/map/model/metric";
import type { RegionStart } from "@/lib/releases/schema";
import { ConnectionNotice } from "@/lib/releases/ui/connection-notice";
import { RegionFooter } from "@/lib/releases/ui/region-footer";
import { RegionPanel, RegionPanelSkeleton } from "@/lib/releases/ui/region-panel";
import { RegionStage } from "@/lib/releases/ui/region-stage";
import type { RegionView } from "@/lib/releases/ui/region-view";
import { useEpochChoice } from "@/lib/releases/ui/use-epoch-choice";
import { useReading } from "@/lib/releases/ui/use-reading";
import { useRegionData, type RegionData } from "@/lib/releases/ui/use-region-data";
import { useScene } from "@/lib/releases/ui/use-scene";
import { useShortcuts } from "@/lib/releases/ui/use-shortcuts";

type RegionScreenProps = {
  slug: string;
  /** What the server could already read; null when the network does not answer. */
  initial: RegionStart | null;
  /** The epoch that a link names, as an ISO 8601 time. */
  epochLink: string | null;
};

/** Everything about the region, or null until it has been read. */
function useRegionView(data: RegionData, epochLink: string | null, theme: MapTheme): RegionView | null {
  const { region: answer, epochs } = data;
  const choice = useEpochChoice(epochs, epochLink);
  const reading = useReading({ answer, choice, epochs });
  const scene = useScene({ tiles: answer?.tiles, epoch: choice.epoch, opened: reading.opened, theme });
  const [cell, onCell] = useState<string | null>(null);
  const firstTile = answer?.tiles[0];
  const city = useMemo(() => (firstTile === undefined ? null : cityAt(...cellCenter(firstTile))), [firstTile]);
  useShortcuts((shortcut) => {
    if (shortcut === "metric") scene.onMetric(nextMetric);
    else choice.move(shortcut === "older" ? -1 : 1);
  });
  return answer === null || epochs === null ? null : { answer, city, epochs, loadEarlier: data.loadEarlier, choice, reading, scene, theme, cell, onCell };
}

/** One region: the map, its epochs, and the way to read them. */
export function RegionScreen({ slug, initial, epochLink }: RegionScreenProps) {
  const data = useRegionData(slug, { initial, epochLink });
  const theme = useTheme();
  const view = useRegionView(data, epochLink, theme);
  const panel = (
    <>
      <ConnectionNotice {...data} hasData={view !== null} onRetry={data.retry} className="mx-5 my-4 lg:mx-6" />
      {view !== null ? <RegionPanel {...view} /> : data.connection === "loading" && <RegionPanelSkeleton />}
      <RegionFooter answer={data.region} className="lg:hidden" />
    </>
  );
  return (
    <>
      <main id="content" tabIndex={-1} className="flex min-h-0 flex-1 flex-col">
        <MapShell panelLabel="Region" stage={<RegionStage view={view} theme={theme} />} panel={panel} />
      </main>
      <RegionFooter answer={data.region} className="hidden lg:block" />
    </>
  );
}
