"use client";

import { useMemo, useState } from "react";
import type { MapTheme } from "@/lib/map/model/basemap-colors";
import { buildScale, type ColorClass, type Steps } from "@/lib/map/model/color-scale";
import { legendOf, type Legend } from "@/lib/map/model/legend";
import type { MapCell } from "@/lib/map/model/map-cell";
import type { Metric } from "@/lib/map/model/metric";
import { rampFor } from "@/lib/map/model/ramps";
import { epochMapCells, shownValues, type OpenedTiles } from "@/lib/releases/model/epoch-map";
import type { Epoch } from "@/lib/releases/schema";

/** What is to be seen: cells with their colours, the legend that explains them, and the choices behind them. */
export type Scene = {
  cells: MapCell[];
  scale: ColorClass[];
  legend: Legend;
  metric: Metric;
  onMetric: (metric: Metric | ((now: Metric) => Metric)) => void;
  steps: Steps;
  onSteps: (steps: Steps) => void;
};

const noTiles: readonly string[] = [];

type SceneOptions = { tiles: readonly string[] | undefined; epoch: Epoch | null; opened: OpenedTiles; theme: MapTheme };

/** The scene of one epoch. */
export function useScene({ tiles = noTiles, epoch, opened, theme }: SceneOptions): Scene {
  const [metric, onMetric] = useState<Metric>("count");
  const [steps, onSteps] = useState<Steps>("quantile");
  const cells = useMemo(() => epochMapCells(tiles, { epoch, opened, metric }), [tiles, epoch, opened, metric]);
  const scale = useMemo(() => buildScale(shownValues(cells), { steps, ramp: rampFor(theme, metric) }), [cells, steps, theme, metric]);
  const legend = useMemo(() => legendOf(cells, scale), [cells, scale]);
  return { cells, scale, legend, metric, onMetric, steps, onSteps };
}
