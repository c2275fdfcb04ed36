import type { MapCell } from "@/lib/map/model/map-cell";
import type { Metric } from "@/lib/map/model/metric";
import type { Sample, SampleCell } from "@/lib/releases/model/sample";

/** What the map shows of a sample. */
export function sampleMapCells({ cells }: Pick<Sample, "cells">, metric: Metric): MapCell[] {
  return cells.map(({ cell, vehicles, speed, nearThreshold }): MapCell => {
    const value = metric === "count" ? vehicles?.value : speed?.value;
    return vehicles === null || value === undefined ? { cell, kind: "not-shown" } : { cell, kind: "value", value, nearThreshold };
  });
}

/** How many cells are shown, and the busiest of them. */
export function sampleSummary({ cells }: Pick<Sample, "cells">): { shown: number; all: number; busiest: SampleCell["vehicles"] } {
  const shown = cells.flatMap(({ vehicles }) => (vehicles === null ? [] : [vehicles]));
  const busiest = shown.toSorted((one, other) => other.value - one.value)[0] ?? null;
  return { shown: shown.length, all: cells.length, busiest };
}
