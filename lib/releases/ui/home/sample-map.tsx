"use client";

import { useMemo, useState } from "react";
import { Card } from "@/components/card";
import { Notice } from "@/components/notice";
import { SegmentedControl } from "@/components/segmented-control";
import { useTheme } from "@/components/use-theme";
import { formatDuration, formatEstimate, formatSpan } from "@/lib/kernel/format";
import { firstCity, middleOf, type Bounds } from "@/lib/map/model/cities";
import { buildScale } from "@/lib/map/model/color-scale";
import { boundsOf } from "@/lib/map/model/geometry";
import { legendOf } from "@/lib/map/model/legend";
import type { Metric } from "@/lib/map/model/metric";
import { rampFor } from "@/lib/map/model/ramps";
import { HexMap } from "@/lib/map/ui/hex-map";
import type { Hover, Room } from "@/lib/map/ui/map-engine";
import { MapLegend } from "@/lib/map/ui/map-legend";
import { markNames, metricNames, metricUnit } from "@/lib/releases/model/cell-words";
import { shownValues } from "@/lib/releases/model/epoch-map";
import type { Sample } from "@/lib/releases/model/sample";
import { sampleMapCells } from "@/lib/releases/model/sample-map";

const metricSegments = [{ value: "count", label: metricNames.count }, { value: "speed", label: "Speed" }] as const;
const world: Bounds = [-180, -70, 180, 75];
const nothing: readonly never[] = [];
const ignore = () => undefined;

/** Where there is room, the words stand on the map's left. */
const room = ({ width, height }: { width: number; height: number }): Room =>
  width < 900 ? { top: 16, bottom: 28, left: 12, right: 12 } : { top: 32, bottom: 48, left: Math.min(480, width * 0.36), right: Math.min(320, width * 0.24) - (height < 500 ? 40 : 0) };

function useBounds(sample: Sample | null): Bounds {
  return useMemo(() => {
    const city = firstCity();
    return boundsOf(sample?.cells.map(({ cell }) => cell) ?? []) ?? (city === null ? world : middleOf(city.bounds));
  }, [sample]);
}

function SampleTooltip({ sample, hover }: { sample: Sample; hover: Hover }) {
  const found = sample.cells.find(({ cell }) => cell === hover.cell);
  if (found === undefined) return null;
  const { vehicles, speed } = found;
  return (
    <div aria-hidden className="pointer-events-none absolute top-0 left-0 z-10 hidden rounded-control border bg-surface px-3 py-2 text-xs shadow-float tabular-nums [@media(hover:hover)]:block" style={{ transform: `translate(${hover.x + 14}px, ${hover.y + 14}px)` }}>
      {vehicles === null
        ? <p>Not shown: too few, or none</p>
        : <><p className="font-semibold">{formatEstimate(vehicles, "vehicles")}</p>{speed !== null && <p className="text-muted">{`${speed.value} km/h (${speed.low}–${speed.high})`}</p>}</>}
    </div>
  );
}

function Caption({ sample }: { sample: Sample }) {
  const zone = firstCity()?.timeZone ?? "UTC";
  return (
    <p className="text-xs text-muted text-pretty">
      <span className="font-semibold text-ink tabular-nums">{sample.name}, {formatSpan(sample.start, sample.end, zone)}.</span> Simulated vehicles on real streets, real encrypted release.
    </p>
  );
}

/** The newest published epoch of the demo city, with what its colours mean. Without one the streets alone. */
export function SampleMap({ sample }: { sample: Sample | null }) {
  const theme = useTheme();
  const [metric, setMetric] = useState<Metric>("count");
  const [hover, setHover] = useState<Hover | null>(null);
  const [fault, setFault] = useState<"basemap" | "map" | null>(null);
  const bounds = useBounds(sample);
  const cells = useMemo(() => (sample === null ? nothing : sampleMapCells(sample, metric)), [sample, metric]);
  const scale = useMemo(() => buildScale(shownValues(cells), { steps: "quantile", ramp: rampFor(theme, metric) }), [cells, metric, theme]);
  return (
    <>
      <div className="h-[38dvh] lg:h-full">
        <HexMap
          label="Traffic of the demo city; a region's page has the same numbers as a table"
          city={firstCity()}
          theme={theme}
          bounds={bounds}
          cells={cells}
          scale={scale}
          selected={null}
          hovered={hover?.cell ?? null}
          onHover={setHover}
          onSelect={ignore}
          onBasemapFail={() => setFault("basemap")}
          onMapFail={() => setFault("map")}
          isInPage
          room={room}
        />
      </div>
      {fault !== null && (
        <Notice tone="warning" title={fault === "map" ? "This browser can't draw the map." : "The street map could not be read."} className="absolute inset-x-4 top-4 mx-auto max-w-sm border shadow-float lg:right-4 lg:left-auto">
          {fault === "map" ? "It has no WebGL, or it is switched off. A region's page has the same numbers as a table." : "The cells and their numbers are not affected."}
        </Notice>
      )}
      {sample !== null && hover !== null && <SampleTooltip sample={sample} hover={hover} />}
      {sample !== null && (
        <Card floating className="space-y-2.5 p-3 max-lg:rounded-none max-lg:border-x-0 max-lg:shadow-none lg:absolute lg:right-4 lg:bottom-9 lg:w-72">
          <div className="flex items-start justify-between gap-3">
            <div className="min-w-0 flex-1">
              <MapLegend title={metricNames[metric]} unit={metricUnit(metric, formatDuration(sample.end - sample.start))} legend={legendOf(cells, scale)} markNames={markNames(sample.threshold)} steps="quantile" />
            </div>
          </div>
          <SegmentedControl label="Colour stands for" segments={metricSegments} value={metric} onChange={setMetric} size="small" className="flex" />
          <Caption sample={sample} />
        </Card>
      )}
    </>
  );
}
