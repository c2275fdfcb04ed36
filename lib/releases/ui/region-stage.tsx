"use client";

import { useMemo, useState } from "react";
import { Card } from "@/components/card";
import { Notice } from "@/components/notice";
import { SegmentedControl } from "@/components/segmented-control";
import type { MapTheme } from "@/lib/map/model/basemap-colors";
import { firstCity, middleOf, type Bounds, type City } from "@/lib/map/model/cities";
import { boundsOf } from "@/lib/map/model/geometry";
import { HexMap } from "@/lib/map/ui/hex-map";
import type { Hover } from "@/lib/map/ui/map-engine";
import { metricNames } from "@/lib/releases/model/cell-words";
import { findEstimate } from "@/lib/releases/model/epoch-map";
import { absenceOf } from "@/lib/releases/model/epoch-words";
import { CellCard } from "@/lib/releases/ui/cell-card";
import { CellTable } from "@/lib/releases/ui/cell-table";
import { CellTooltip } from "@/lib/releases/ui/cell-tooltip";
import { RegionLegend } from "@/lib/releases/ui/region-legend";
import type { RegionView } from "@/lib/releases/ui/region-view";

const metricSegments = [{ value: "count", label: metricNames.count }, { value: "speed", label: "Speed" }] as const;
const modeSegments = [{ value: "map", label: "Map" }, { value: "table", label: "Table" }] as const;

type Mode = (typeof modeSegments)[number]["value"];
type StageProps = { view: RegionView | null; theme: MapTheme };

const faults = {
  basemap: { title: "The street map could not be read.", text: "The cells and their numbers are not affected. Reload the page to try again." },
  map: { title: "This browser can't draw the map.", text: "It has no WebGL, or it is switched off. The table view has the same numbers." },
} as const;

/** One array for ever, so that an empty map is not drawn anew. */
const nothing: readonly never[] = [];

const everywhere: Bounds = [-180, -70, 180, 75];

/** Where to look: at the region, or at the first city while the region is not known. */
function usePlace(view: RegionView | null): { city: City | null; bounds: Bounds } {
  const tiles = view?.answer.tiles;
  const bounds = useMemo(() => {
    const city = firstCity();
    return boundsOf(tiles ?? []) ?? (city === null ? everywhere : middleOf(city.bounds));
  }, [tiles]);
  return { city: view === null ? firstCity() : view.city, bounds };
}

function MapView({ view, theme }: StageProps) {
  const [hover, setHover] = useState<Hover | null>(null);
  const [fault, setFault] = useState<keyof typeof faults | null>(null);
  const place = usePlace(view);
  return (
    <>
      <HexMap
        {...place}
        label="Map; the table view has the same numbers"
        theme={theme}
        cells={view?.scene.cells ?? nothing}
        scale={view?.scene.scale ?? nothing}
        selected={view?.cell ?? null}
        hovered={hover?.cell ?? null}
        onHover={setHover}
        onSelect={(cell) => view?.onCell(cell)}
        onBasemapFail={() => setFault("basemap")}
        onMapFail={() => setFault("map")}
      />
      {fault !== null && (
        <Notice tone="warning" title={faults[fault].title} className="absolute inset-x-4 top-16 mx-auto max-w-sm border shadow-float">{faults[fault].text}</Notice>
      )}
      {view !== null && <Card floating className="absolute bottom-8 left-4 hidden w-64 p-3 lg:block"><RegionLegend answer={view.answer} scene={view.scene} /></Card>}
      {view !== null && hover !== null && (
        <CellTooltip x={hover.x} y={hover.y} estimate={findEstimate(view.reading.opened, hover.cell)} absence={absenceOf(view.choice.epoch)} />
      )}
    </>
  );
}

function TableView({ answer, choice, reading, cell, onCell }: RegionView) {
  const estimates = Object.values(reading.opened).flat();
  return (
    <div className="flex h-full flex-col bg-surface pt-16">
      <div className="relative min-h-0 flex-1 overflow-auto" tabIndex={0} role="region" aria-label="Cells as a table">
        {estimates.length === 0
          ? <p className="px-5 py-4 text-sm text-muted">{absenceOf(choice.epoch)} When an epoch is yours, its cells are listed here.</p>
          : <CellTable caption={`Cells of ${answer.name}`} estimates={estimates} selected={cell} onSelect={onCell} />}
      </div>
    </div>
  );
}

function StageControls({ view, mode, onMode }: { view: RegionView; mode: Mode; onMode: (mode: Mode) => void }) {
  return (
    <div className="pointer-events-none absolute top-3 left-3 flex gap-2 lg:top-4 lg:left-4 [&>*]:pointer-events-auto [&>*]:border [&>*]:shadow-float">
      <SegmentedControl label="Colour stands for" segments={metricSegments} value={view.scene.metric} onChange={view.scene.onMetric} />
      <SegmentedControl label="View" segments={modeSegments} value={mode} onChange={onMode} />
    </div>
  );
}

/** The map with what floats over it, or the same numbers as a table. Without a view the streets alone. */
export function RegionStage({ view, theme }: StageProps) {
  const [mode, setMode] = useState<Mode>("map");
  return (
    <div className="@container relative h-full">
      {mode === "table" && view !== null ? <TableView {...view} /> : <MapView view={view} theme={theme} />}
      {view !== null && <StageControls view={view} mode={mode} onMode={setMode} />}
      {view !== null && view.cell !== null && (
        <Card floating className="absolute right-4 bottom-8 hidden w-72 p-4 lg:block">
          <CellCard cell={view.cell} answer={view.answer} opened={view.reading.opened} absence={absenceOf(view.choice.epoch)} theme={theme} onClose={() => view.onCell(null)} />
        </Card>
      )}
    </div>
  );
}
