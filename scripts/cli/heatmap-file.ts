import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { cellToBoundary } from "h3-js";
import { AppError } from "@/lib/kernel/errors";
import type { CellEstimate } from "@/lib/privacy/model/decode-release";

export type HeatmapFormat = "geojson" | "csv";

/** One tile's cells in one epoch, as they are written. */
export type DecodedRelease = { tile: string; epoch: number; epochStart: string; cells: readonly CellEstimate[] };

/** Facts about the whole, for whoever finds the file. */
export type HeatmapFacts = Readonly<Record<string, string | number | boolean | null>>;

/** The format by the file's ending. Throws `usage.invalid`. */
export function formatOf(file: string): HeatmapFormat {
  const ending = path.extname(file).toLowerCase();
  if (ending === ".geojson" || ending === ".json") return "geojson";
  if (ending === ".csv") return "csv";
  throw new AppError("usage.invalid", `${file} must end in .geojson or .csv.`);
}

type Row = Record<string, string | number | boolean | null>;

const round = (value: number): number => Math.round(value * 100) / 100;

function rowOf(cell: CellEstimate, { tile, epochStart }: DecodedRelease): Row {
  const shown = cell.shown ? cell : null;
  const optional = (value: number | undefined): number | null => (value === undefined ? null : round(value));
  return {
    cell: cell.cell,
    tile,
    epoch_start: epochStart,
    shown: cell.shown,
    near_threshold: shown?.nearThreshold ?? null,
    count: optional(shown?.count.value),
    count_low: optional(shown?.count.low),
    count_high: optional(shown?.count.high),
    vehicles: optional(shown?.vehicles.value),
    vehicles_low: optional(shown?.vehicles.low),
    vehicles_high: optional(shown?.vehicles.high),
    speed_kmh: optional(shown?.speed?.mean),
    speed_low: optional(shown?.speed?.low),
    speed_high: optional(shown?.speed?.high),
    speed_p15: optional(shown?.percentiles?.p15),
    speed_p50: optional(shown?.percentiles?.p50),
    speed_p85: optional(shown?.percentiles?.p85),
    ...Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`class_${index}`, optional(shown?.classes[index])])),
  };
}

/** A cell's outline as GeoJSON wants it: closed, longitude first, on one side of the antimeridian. */
export function outlineOf(cell: string): [longitude: number, latitude: number][] {
  const corners = cellToBoundary(cell);
  const isSplit = corners.some(([, longitude]) => longitude > 90) && corners.some(([, longitude]) => longitude < -90);
  const ring = corners.map(([latitude, longitude]): [number, number] => [isSplit && longitude < 0 ? longitude + 360 : longitude, latitude]);
  const [first] = ring;
  return first === undefined ? [] : [...ring, first];
}

function renderGeoJson(releases: readonly DecodedRelease[], facts: HeatmapFacts): string {
  const features = releases.flatMap((release) =>
    release.cells.map((cell) => ({
      type: "Feature",
      id: `${release.epochStart}/${cell.cell}`,
      geometry: { type: "Polygon", coordinates: [outlineOf(cell.cell)] },
      properties: rowOf(cell, release),
    })),
  );
  return `${JSON.stringify({ type: "FeatureCollection", properties: facts, features })}\n`;
}

function renderCsv(releases: readonly DecodedRelease[]): string {
  const rows = releases.flatMap((release) => release.cells.map((cell) => rowOf(cell, release)));
  const [first] = rows;
  if (first === undefined) return "";
  const lines = rows.map((row) => Object.values(row).map((value) => value ?? "").join(","));
  return `${[Object.keys(first).join(","), ...lines].join("\r\n")}\r\n`;
}

/** The file's text. Numbers are rounded to two decimals; what is not shown has empty numbers, never zeros. */
export function renderHeatmap(format: HeatmapFormat, releases: readonly DecodedRelease[], facts: HeatmapFacts): string {
  return format === "csv" ? renderCsv(releases) : renderGeoJson(releases, facts);
}

/** Writes a file as a whole or not at all. Throws `file.unreadable` when it can't be written. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  const temporary = path.join(folder, `.${path.basename(file)}.${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined); // the folder itself is not there
    throw new AppError("file.unreadable", `${file} can't be written. Check the folder.`, { cause });
  }
}
