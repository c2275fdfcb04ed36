import { tileCells } from "@/lib/geo/model/tile";
import type { MapCell } from "@/lib/map/model/map-cell";
import type { Metric } from "@/lib/map/model/metric";
import type { CellEstimate } from "@/lib/privacy/model/decode-release";
import type { Epoch } from "@/lib/releases/schema";

/** Decrypted releases of one epoch, by tile. */
export type OpenedTiles = Readonly<Record<string, readonly CellEstimate[]>>;

/** The number that the metric shows of a cell, or null when there is none. */
export function metricValue(estimate: CellEstimate, metric: Metric): number | null {
  if (!estimate.shown) return null;
  return metric === "count" ? estimate.vehicles.value : (estimate.speed?.mean ?? null);
}

function openedCell(estimate: CellEstimate, metric: Metric): MapCell {
  const value = metricValue(estimate, metric);
  if (!estimate.shown || value === null) return { cell: estimate.cell, kind: "not-shown" };
  return { cell: estimate.cell, kind: "value", value, nearThreshold: estimate.nearThreshold };
}

/** What the map shows of every cell of the region in one epoch. Without an epoch, or before a purchase, outlines only. */
export function epochMapCells(tiles: readonly string[], { epoch, opened, metric }: { epoch: Epoch | null; opened: OpenedTiles; metric: Metric }): MapCell[] {
  const states = new Map(epoch?.tiles.map(({ tile, state }) => [tile, state]));
  return tiles.flatMap((tile): MapCell[] => {
    const estimates = opened[tile];
    if (estimates !== undefined) return estimates.map((estimate) => openedCell(estimate, metric));
    const kind = states.get(tile) === "void" ? "void" : "closed";
    return tileCells(tile).map((cell) => ({ cell, kind }));
  });
}

/** The values that the colour scale is made of. */
export function shownValues(cells: readonly MapCell[]): number[] {
  return cells.flatMap((cell) => (cell.kind === "value" ? [cell.value] : []));
}

/** The estimate of one cell, if its tile was opened. */
export function findEstimate(opened: OpenedTiles, cell: string | null): CellEstimate | null {
  if (cell === null) return null;
  for (const estimates of Object.values(opened)) {
    const found = estimates.find((estimate) => estimate.cell === cell);
    if (found !== undefined) return found;
  }
  return null;
}

/** The right end of a scale that holds every cell's count and its interval; at least one. */
export function vehiclesMost(opened: OpenedTiles): number {
  return Object.values(opened).flat().reduce((most, estimate) => (estimate.shown ? Math.max(most, estimate.vehicles.high) : most), 1);
}
