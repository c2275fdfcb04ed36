import type { Region } from "@/lib/geo/model/region";
import type { TrackPoint } from "@/lib/geo/model/track";
import { padPlanes, planesOf, wordOf } from "@/lib/geo/model/words";
import { chargeBudget, emptyBudget, type BudgetBook } from "@/lib/privacy/model/budget";
import { refuseDrive, selectVisits, type PrepareOptions } from "@/lib/privacy/model/prepare-contribution";
import { emptyReport, sumReports, type PrepareReport } from "@/lib/privacy/model/prepare-report";
import { findRegionVisits, type DriveRefusal, type RegionVisit } from "@/lib/privacy/model/region-visits";
import type { ZoneBook } from "@/lib/privacy/model/zones";

/** Most planes of one contribution: the eight words that one encrypted input holds. */
export const FLEET_PLANES_MAX = 8;
/** Most vehicles that so many planes can count. */
export const FLEET_VEHICLES_MAX = 2 ** FLEET_PLANES_MAX - 1;

export type PrepareFleetInput = PrepareOptions & {
  /** Each vehicle's points, in the file's order. */
  readonly vehicles: ReadonlyMap<string, readonly TrackPoint[]>;
  /** The vehicles' budgets so far, by vehicle. */
  readonly books?: ReadonlyMap<string, BudgetBook>;
};

/** One fleet contribution: the sum of many vehicles' words for one tile. */
export type FleetTile = {
  readonly tile: string;
  /** Levels 0 to length-1. Their number follows from `vehicles` alone. */
  readonly planes: readonly bigint[];
  /** Vehicles that the contribution stands for, 1 to 255; public. */
  readonly vehicles: number;
};

export type PreparedFleet = {
  readonly epochs: readonly { readonly epoch: number; readonly tiles: readonly FleetTile[] }[];
  /** To be stored before anything is sent. */
  readonly zones: ZoneBook;
  readonly books: ReadonlyMap<string, BudgetBook>;
  /** Of each vehicle. */
  readonly reports: ReadonlyMap<string, PrepareReport>;
  readonly report: PrepareReport;
};

/** By epoch and cover, each vehicle's kept visits. */
type Fleet = Map<number, Map<number, RegionVisit[][]>>;

function addVehicle(fleet: Fleet, visits: readonly RegionVisit[]): void {
  const groups = new Map<RegionVisit[][], RegionVisit[]>();
  for (const visit of visits) {
    const covers = fleet.get(visit.epoch) ?? new Map<number, RegionVisit[][]>();
    fleet.set(visit.epoch, covers);
    const vehicles = covers.get(visit.cover) ?? [];
    covers.set(visit.cover, vehicles);
    const own = groups.get(vehicles) ?? [];
    if (own.length === 0) vehicles.push(own);
    groups.set(vehicles, own);
    own.push(visit);
  }
}

/** Every tile of the cover gets a contribution, empty ones too, and all for the same number of vehicles. */
function sumCover(tiles: readonly string[], vehicles: readonly RegionVisit[][]): FleetTile[] {
  const groups = Array.from({ length: Math.ceil(vehicles.length / FLEET_VEHICLES_MAX) }, (_, index) =>
    vehicles.slice(index * FLEET_VEHICLES_MAX, (index + 1) * FLEET_VEHICLES_MAX),
  );
  return tiles.flatMap((tile) =>
    groups.map((group) => {
      const planes = planesOf(group.map((visits) => wordOf(tile, visits.filter((visit) => visit.tile === tile))));
      return { tile, planes: padPlanes(planes, Math.floor(Math.log2(group.length)) + 1), vehicles: group.length };
    }),
  );
}

function sumFleet(fleet: Fleet, region: Region): PreparedFleet["epochs"] {
  const epochs = [...fleet].toSorted(([left], [right]) => left - right);
  return epochs.map(([epoch, covers]) => ({
    epoch,
    tiles: [...covers].toSorted(([left], [right]) => left - right).flatMap(([cover, vehicles]) => sumCover(region.covers[cover] ?? [], vehicles)),
  }));
}

/** The reason that holds for all vehicles, if there is one; swapped columns are the whole file's even when some vehicle is elsewhere. */
function commonRefusal(refusals: readonly DriveRefusal[], report: PrepareReport): DriveRefusal | "closed" | undefined {
  if (refusals.length > 0 && refusals.length === report.vehicles) return refusals.includes("swapped") ? "swapped" : "outside";
  return report.cells > 0 && report.cells === report.cellsClosed ? "closed" : undefined;
}

/**
 * Many vehicles' drives to fleet contributions, on their operator's machine: each vehicle is cleaned, cut, sampled and clipped as alone,
 * then the words are summed to binary planes, up to 255 vehicles a contribution.
 * What is public says no more than single contributions would: for every cover in which some vehicle has something kept in an epoch,
 * all its tiles are sent, each declared for the number of vehicles with something kept in the cover, with as many planes as that number needs.
 *
 * Vehicles outside the region are counted and left out. Throws what `prepareVehicle` throws when it holds for all of them.
 */
export function prepareFleet(input: PrepareFleetInput): PreparedFleet {
  const { vehicles, region, trimEnds = true, random } = input;
  const fleet: Fleet = new Map();
  const books = new Map(input.books);
  const reports = new Map<string, PrepareReport>();
  const refusals: DriveRefusal[] = [];
  let zones = input.zones ?? [];
  for (const [vehicle, points] of vehicles) {
    const drive = findRegionVisits({ points, region, zones, trimEnds, random });
    if (!drive.ok) {
      refusals.push(drive.reason);
      reports.set(vehicle, { ...emptyReport, points: points.length, vehicles: 1, vehiclesOutside: 1, discs: zones.length });
      continue;
    }
    zones = drive.value.zones;
    const book = books.get(vehicle) ?? emptyBudget;
    const { kept, report, expenseOf } = selectVisits(drive.value, book, input);
    addVehicle(fleet, kept);
    books.set(vehicle, chargeBudget(book, region, { epochs: [...new Set(kept.map(({ epoch }) => epoch))], expenses: kept.map(expenseOf) }));
    reports.set(vehicle, { ...report, counted: kept.length });
  }
  const report = sumReports([...reports.values()]);
  const refusal = commonRefusal(refusals, report);
  if (refusal !== undefined) throw refuseDrive(refusal, region);
  return { epochs: sumFleet(fleet, region), zones, books, reports, report };
}
