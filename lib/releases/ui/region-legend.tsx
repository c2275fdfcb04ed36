"use client";

import { formatDuration } from "@/lib/kernel/format";
import { MapLegend } from "@/lib/map/ui/map-legend";
import { markNames, metricNames, metricUnit } from "@/lib/releases/model/cell-words";
import type { RegionAnswer } from "@/lib/releases/schema";
import type { Scene } from "@/lib/releases/ui/use-scene";

/** The map's legend in the region's own words. */
export function RegionLegend({ answer, scene, isBrief = false }: { answer: RegionAnswer; scene: Scene; isBrief?: boolean }) {
  return (
    <MapLegend
      title={metricNames[scene.metric]}
      unit={metricUnit(scene.metric, formatDuration(answer.region.epochSeconds))}
      legend={scene.legend}
      markNames={markNames(answer.noise.threshold)}
      steps={scene.steps}
      onSteps={isBrief ? undefined : scene.onSteps}
    />
  );
}
