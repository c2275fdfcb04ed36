import { AppError } from "@/lib/kernel/errors";
import type { RandomSource } from "@/lib/kernel/random";
import type { EpochRange, Region } from "@/lib/geo/model/region";
import { openTimeZone } from "@/lib/geo/model/time-zone";
import type { TrackPoint } from "@/lib/geo/model/track";
import { wordOf, type ClassedCell } from "@/lib/geo/model/words";
import { chargeBudget, emptyBudget, hasContributed, Ledger, visitCost, type BudgetBook, type BudgetLimits, type Expense } from "@/lib/privacy/model/budget";
import { chooseCovers, type CoverChoice } from "@/lib/privacy/model/choose-cover";
import { profileByName } from "@/lib/privacy/model/noise-law";
import type { PrepareReport } from "@/lib/privacy/model/prepare-report";
import { findRegionVisits, type DriveRefusal, type RegionDrive, type RegionVisit } from "@/lib/privacy/model/region-visits";
import { clipVisits, daysOfVisit, sampleVisits } from "@/lib/privacy/model/sample-visits";
import type { ZoneBook } from "@/lib/privacy/model/zones";

/** What holds for a vehicle and for every vehicle of a fleet. */
export type PrepareOptions = {
  readonly region: Region;
  /** Discs known so far. The result's have to be stored, else a place gets a second disc next time. */
  readonly zones?: ZoneBook;
  /** Whether the ends of trips are cut; only data that show nobody's home should go without. */
  readonly trimEnds?: boolean;
  /** Epochs that take contributions now; without it, all since the region's start. */
  readonly open?: EpochRange;
  /** IANA name of the zone in which days begin, for the daily budget; UTC unless stated. */
  readonly timeZone?: string;
  readonly limits?: BudgetLimits;
  readonly random: RandomSource;
};

export type PrepareVehicleInput = PrepareOptions & {
  /** One vehicle's points, in the file's order. */
  readonly points: readonly TrackPoint[];
  /** The vehicle's budget so far. */
  readonly book?: BudgetBook;
};

/** What one vehicle contributes to one epoch. */
export type PreparedEpoch = {
  readonly epoch: number;
  readonly cover: number;
  /** One word for every tile of the cover, in its order, zeros included. */
  readonly words: readonly bigint[];
  /** Cells counted: bits set in the words. */
  readonly visits: number;
  /** The same as cells, for the owner's own map. Never to be sent. */
  readonly cells: readonly ClassedCell[];
};

export type PreparedVehicle = {
  readonly epochs: readonly PreparedEpoch[];
  /** To be stored before anything is sent. */
  readonly zones: ZoneBook;
  readonly book: BudgetBook;
  readonly report: PrepareReport;
};

/** One vehicle's visits after sampling and clipping. */
export type SelectedVisits = { readonly kept: readonly RegionVisit[]; readonly report: PrepareReport; readonly expenseOf: (visit: RegionVisit) => Expense };

/** The refusal for drives of which nothing concerns the region. */
export function refuseDrive(reason: DriveRefusal | "closed", region: Region): AppError {
  switch (reason) {
    case "outside":
      return new AppError("region.outside", `No point lies in region ${region.slug}. Is it the right region, and are the coordinates WGS84 degrees?`);
    case "swapped":
      return new AppError("file.coordinates-swapped", `No point lies in region ${region.slug}, but they would with latitude and longitude swapped. Swap the two columns.`);
    case "closed":
      return new AppError("epoch.closed", `The drive lies in no epoch of region ${region.slug} that takes contributions. Choose a newer recording, or a study region for recorded drives.`);
  }
}

/** Drops what cannot be contributed, samples with the region's rate and clips to the vehicle's budget. */
export function selectVisits(drive: RegionDrive, book: BudgetBook, options: PrepareOptions): SelectedVisits {
  const { region, open = { first: 0, last: Number.POSITIVE_INFINITY }, limits, random } = options;
  const law = profileByName(region.profile);
  const cost = visitCost(law);
  const zone = openTimeZone(options.timeZone ?? "UTC");
  const expenseOf = (visit: RegionVisit): Expense => ({ days: daysOfVisit(visit, zone), cost });
  const inOpen = drive.visits.filter(({ epoch }) => epoch >= open.first && epoch <= open.last);
  const fresh = inOpen.filter(({ epoch }) => !hasContributed(book, region, epoch));
  const sampled = sampleVisits(fresh, region.samplingRate, random);
  const kept = clipVisits(sampled, expenseOf, { ledger: new Ledger(book, region.visitsMax * cost, limits), random });
  const report = {
    ...drive.report,
    cellsClosed: drive.visits.length - inOpen.length,
    cellsRepeated: inOpen.length - fresh.length,
    sampled: sampled.length,
    kept: kept.length,
  };
  return { kept, report, expenseOf };
}

function toEpoch({ epoch, cover, visits }: CoverChoice<RegionVisit>, region: Region): PreparedEpoch {
  const tiles = region.covers[cover] ?? [];
  const words = tiles.map((tile) => wordOf(tile, visits.filter((visit) => visit.tile === tile)));
  return { epoch, cover, words, visits: visits.length, cells: visits.map(({ cell, speedClass }) => ({ cell, speedClass })) };
}

/**
 * One vehicle's drive to what is encrypted, on the owner's device: the whole pipeline of docs/privacy.md, section 4, but for the encryption.
 * Randomness comes from `random` alone: the platform's generator in the product.
 *
 * Throws `region.outside` when no point lies in the region, `file.coordinates-swapped` when swapped ones would, `epoch.closed` when all
 * of the drive is in epochs that take nothing, and `usage.invalid` for an unknown time zone. A drive of which nothing is left for
 * other reasons (too short, all cut, nothing sampled, budget spent) gives no epochs, and the report says why.
 */
export function prepareVehicle(input: PrepareVehicleInput): PreparedVehicle {
  const { points, region, zones = [], trimEnds = true, random, book = emptyBudget } = input;
  const drive = findRegionVisits({ points, region, zones, trimEnds, random });
  if (!drive.ok) throw refuseDrive(drive.reason, region);
  const { kept, report, expenseOf } = selectVisits(drive.value, book, input);
  if (report.cells > 0 && report.cellsClosed === report.cells) throw refuseDrive("closed", region);
  const choices = chooseCovers(kept);
  const counted = choices.flatMap(({ visits }) => visits);
  return {
    epochs: choices.map((choice) => toEpoch(choice, region)),
    zones: drive.value.zones,
    book: chargeBudget(book, region, { epochs: choices.map(({ epoch }) => epoch), expenses: counted.map(expenseOf) }),
    report: { ...report, otherCover: kept.length - counted.length, counted: counted.length },
  };
}
