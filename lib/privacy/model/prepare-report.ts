import type { CleanCounts } from "@/lib/geo/model/clean-track";

/** What happened to a drive on its way to words, step by step (docs/privacy.md, section 4). Counts only: no position, no cell. */
export type PrepareReport = CleanCounts & {
  /** Vehicles read, and those of them with no fix in the region. */
  readonly vehicles: number;
  readonly vehiclesOutside: number;
  /** Metres driven between believable fixes. */
  readonly metres: number;
  /** Discs known, fixes in them, and metres cut because of them. */
  readonly discs: number;
  readonly cutPoints: number;
  readonly cutMetres: number;
  /** Cells crossed in the region, counted once per epoch. */
  readonly cells: number;
  /** The same outside the region: dropped. */
  readonly cellsOutside: number;
  /** Of `cells`, in epochs that take no contributions: dropped. */
  readonly cellsClosed: number;
  /** Of `cells`, in epochs that the vehicle has contributed to before: dropped. */
  readonly cellsRepeated: number;
  /** Left after sampling with the region's rate. */
  readonly sampled: number;
  /** Left after clipping to the budget. */
  readonly kept: number;
  /** Of `kept`, in another cover than the epoch's chosen one: dropped. */
  readonly otherCover: number;
  /** What will be counted: bits set in words. */
  readonly counted: number;
};

export const emptyReport: PrepareReport = {
  points: 0, impossible: 0, duplicates: 0, backwards: 0, outsideWorld: 0, gaps: 0,
  vehicles: 0, vehiclesOutside: 0, metres: 0, discs: 0, cutPoints: 0, cutMetres: 0,
  cells: 0, cellsOutside: 0, cellsClosed: 0, cellsRepeated: 0, sampled: 0, kept: 0, otherCover: 0, counted: 0,
};

/** The report of several vehicles together; discs are those known after the last. */
export function sumReports(reports: readonly PrepareReport[]): PrepareReport {
  const sum = (count: (report: PrepareReport) => number): number => reports.reduce((total, report) => total + count(report), 0);
  return {
    points: sum((report) => report.points),
    impossible: sum((report) => report.impossible),
    duplicates: sum((report) => report.duplicates),
    backwards: sum((report) => report.backwards),
    outsideWorld: sum((report) => report.outsideWorld),
    gaps: sum((report) => report.gaps),
    vehicles: sum((report) => report.vehicles),
    vehiclesOutside: sum((report) => report.vehiclesOutside),
    metres: sum((report) => report.metres),
    discs: reports.at(-1)?.discs ?? 0,
    cutPoints: sum((report) => report.cutPoints),
    cutMetres: sum((report) => report.cutMetres),
    cells: sum((report) => report.cells),
    cellsOutside: sum((report) => report.cellsOutside),
    cellsClosed: sum((report) => report.cellsClosed),
    cellsRepeated: sum((report) => report.cellsRepeated),
    sampled: sum((report) => report.sampled),
    kept: sum((report) => report.kept),
    otherCover: sum((report) => report.otherCover),
    counted: sum((report) => report.counted),
  };
}

function count(value: number, what: string): string {
  return `${Math.round(value).toLocaleString("en-US")} ${what}`;
}

/**
 * One line that a person understands, such as
 * `2,114 points; 31 impossible dropped; ends cut 842 m; 57 cells; 9 sampled; 8 kept by your budget`.
 * Steps at which nothing happened are left out, but for points, cells, sampled and kept.
 */
export function summarize(report: PrepareReport): string {
  const optional = (value: number, what: string): string[] => (value > 0 ? [count(value, what)] : []);
  const plural = (value: number, one: string, many: string): string => (value === 1 ? one : many);
  return [
    ...(report.vehicles > 1 ? [count(report.vehicles, "vehicles")] : []),
    ...optional(report.vehiclesOutside, plural(report.vehiclesOutside, "vehicle outside the region", "vehicles outside the region")),
    count(report.points, plural(report.points, "point", "points")),
    ...optional(report.impossible, "impossible dropped"),
    ...optional(report.backwards, "running backwards dropped"),
    ...optional(report.duplicates, "repeated dropped"),
    ...optional(report.outsideWorld, "off the globe dropped"),
    ...optional(report.gaps, plural(report.gaps, "gap", "gaps")),
    ...(report.cutMetres > 0 ? [`ends cut ${Math.round(report.cutMetres).toLocaleString("en-US")} m`] : []),
    count(report.cells, plural(report.cells, "cell", "cells")),
    ...optional(report.cellsOutside, plural(report.cellsOutside, "cell outside the region", "cells outside the region")),
    ...optional(report.cellsClosed, "in closed epochs"),
    ...optional(report.cellsRepeated, "contributed before"),
    count(report.sampled, "sampled"),
    count(report.kept, "kept by your budget"),
    ...optional(report.otherCover, "outside the epoch's cover"),
  ].join("; ");
}
