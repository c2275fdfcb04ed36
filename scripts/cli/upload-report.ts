import { epochStart, type Region } from "@/lib/geo/model/region";
import { SPEED_CLASSES } from "@/lib/geo/model/speed-class";
import { CELLS_PER_TILE } from "@/lib/geo/model/tile";
import { addPlanes, countersOf } from "@/lib/geo/model/words";
import type { PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import type { PreparedUpload, VehicleReport } from "@/lib/ingest/mutations/plan-upload";
import { summarize, type PrepareReport } from "@/lib/privacy/model/prepare-report";
import type { Output } from "@/scripts/cli/output";

/** Vehicles whose reports are printed one by one; of more, only those that were left out. */
const linesMax = 20;

/** An epoch as people know it: when it began. */
export function epochName(region: Region, epoch: number): string {
  return new Date(epochStart(region, epoch) * 1_000).toISOString().replace(".000Z", "Z");
}

function sayVehicle({ vehicle, report, refusal }: VehicleReport, output: Output): void {
  output.say(refusal === undefined ? `  ${vehicle}: ${summarize(report)}` : `  ${vehicle}: left out. ${refusal.message}`);
}

/** What each step of the device's pipeline did, per vehicle and in sum. Counts only, no position. */
export function printReports({ reports, sum }: PreparedUpload, output: Output): void {
  for (const { vehicle, report, refusal } of reports) {
    output.emit({ type: "vehicle", vehicle, ...report, ...(refusal === undefined ? {} : { refusal: refusal.code, message: refusal.message }) });
  }
  const refused = reports.filter(({ refusal }) => refusal !== undefined);
  const shown = reports.length <= linesMax ? reports : refused.slice(0, linesMax);
  for (const one of shown) sayVehicle(one, output);
  if (refused.length > shown.length) output.say(`  … and ${refused.length - shown.length} more left out`);
  if (reports.length > 1) output.say(`In all: ${summarize(sum)}`);
  const cut = describeCut(sum);
  if (cut !== null) output.say(cut);
  output.emit({ type: "report", ...sum });
}

/** Said when most of what was driven is cut: whoever sees few cells must know that it is not the recording. Null otherwise. */
export function describeCut({ metres, cutMetres, discs }: Pick<PrepareReport, "metres" | "cutMetres" | "discs">): string | null {
  if (cutMetres * 2 <= metres || metres === 0) return null;
  const share = Math.round((100 * cutMetres) / metres);
  return `${share} % of the way driven is cut, because it lies in one of ${discs} secret disc${discs === 1 ? "" : "s"} around marked places and the ends of trips. Only if nobody lives or works where these trips end (buses, simulations): --no-trim keeps the ends.`;
}

/** Visits by cell (0..48, ascending H3 order) and class. */
type KeptTile = { epoch: number; tile: string; counters: number[] };

/** What the contributions hold, summed by epoch and tile: for the owner's own eyes. */
export function sumKept(items: readonly PlannedContribution[], region: Region): KeptTile[] {
  const sums = new Map<string, { epoch: number; tile: string; planes: bigint[] }>();
  const add = (epoch: number, tile: string, planes: readonly bigint[]): void => {
    const key = `${epoch}/${tile}`;
    sums.set(key, { epoch, tile, planes: addPlanes(sums.get(key)?.planes ?? [], planes) });
  };
  for (const item of items) {
    if (item.kind === "fleet") add(item.epoch, item.tile, item.planes);
    else for (const [index, tile] of (region.covers[item.cover] ?? []).entries()) add(item.epoch, tile, [item.words[index] ?? 0n]);
  }
  return [...sums.values()].map(({ epoch, tile, planes }) => ({ epoch, tile, counters: countersOf(planes) }));
}

function classesOf(counters: readonly number[], cell: number): number[] {
  return Array.from({ length: SPEED_CLASSES }, (_, speedClass) => counters[CELLS_PER_TILE * speedClass + cell] ?? 0);
}

/** Prints what would be sent, cell by cell on stdout and in short for people. */
export function printKept(items: readonly PlannedContribution[], region: Region, output: Output): void {
  for (const { epoch, tile, counters } of sumKept(items, region)) {
    const cells = Array.from({ length: CELLS_PER_TILE }, (_, cell) => ({ cell, classes: classesOf(counters, cell) })).filter(({ classes }) => classes.some((count) => count > 0));
    const visits = counters.reduce((total, count) => total + count, 0);
    output.emit({ type: "kept", epoch, epochStart: epochName(region, epoch), tile, visits, cells });
    output.say(`  epoch ${epochName(region, epoch)}, tile ${tile}: ${visits} visits in ${cells.length} cells`);
  }
}
