import "server-only";
import { bytesToHex } from "@/lib/kernel/hex";
import { isAppError, type AppError } from "@/lib/kernel/errors";
import type { RandomSource } from "@/lib/kernel/random";
import type { EpochRange, Region } from "@/lib/geo/model/region";
import type { TrackPoint } from "@/lib/geo/model/track";
import type { DeviceStore } from "@/lib/ingest/gateway/device-store";
import type { PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import type { DeviceState, Plan } from "@/lib/ingest/schema";
import { emptyBudget, type BudgetBook } from "@/lib/privacy/model/budget";
import { prepareVehicle, type PrepareOptions } from "@/lib/privacy/model/prepare-contribution";
import { prepareFleet } from "@/lib/privacy/model/prepare-fleet";
import { emptyReport, sumReports, type PrepareReport } from "@/lib/privacy/model/prepare-report";
import { markPlace, type MarkedPlace } from "@/lib/privacy/model/zones";

/** One recording that is to be contributed. */
export type UploadVehicle = {
  /** The file's own id of the vehicle or trip. */
  id: string;
  hash: string;
  points: readonly TrackPoint[];
};

export type UploadInput = {
  region: Region;
  vehicles: readonly UploadVehicle[];
  /** Sum the vehicles on this device, as one operator's fleet. */
  isFleet: boolean;
  marked: readonly MarkedPlace[];
  trimEnds: boolean;
  /** Epochs that take contributions now. */
  open: EpochRange;
  /** Zone in which days begin; UTC unless stated. */
  timeZone?: string;
  random: RandomSource;
};

/** What preparation made of one recording: a report, or why nothing of it concerns the region. */
export type VehicleReport = { vehicle: string; report: PrepareReport; refusal?: AppError };

export type PreparedUpload = {
  /** First part of the items' ids. */
  plan: string;
  items: readonly PlannedContribution[];
  /** One for each vehicle. */
  reports: readonly VehicleReport[];
  sum: PrepareReport;
  zones: DeviceState["zones"];
  /** Budgets after the contributions, by hash. */
  books: ReadonlyMap<string, BudgetBook>;
};

/** What has been prepared so far, and what the next vehicle begins with. */
type Draft = { items: PlannedContribution[]; reports: VehicleReport[]; zones: DeviceState["zones"]; books: Map<string, BudgetBook> };

type Known = { plan: string; books: DeviceState["books"] };

function optionsOf(input: UploadInput, zones: DeviceState["zones"]): PrepareOptions {
  const { region, trimEnds, open, timeZone, random } = input;
  return { region, zones, trimEnds, open, random, ...(timeZone === undefined ? {} : { timeZone }) };
}

function prepareOne(vehicle: UploadVehicle, input: UploadInput, { draft, known }: { draft: Draft; known: Known }): void {
  const { id, hash, points } = vehicle;
  const book = draft.books.get(hash) ?? known.books[hash] ?? emptyBudget;
  const prepared = prepareVehicle({ ...optionsOf(input, draft.zones), points, book });
  for (const { epoch, cover, words } of prepared.epochs) {
    draft.items.push({ id: `${known.plan}/${epoch}/${hash.slice(0, 16)}`, regionId: input.region.id, epoch, kind: "vehicle", cover, words });
  }
  draft.reports.push({ vehicle: id, report: prepared.report });
  draft.zones = [...prepared.zones];
  draft.books.set(hash, prepared.book);
}

/** A vehicle that does not concern the region is left out with its reason; the others go on. */
function prepareEach(input: UploadInput, draft: Draft, known: Known): void {
  for (const vehicle of input.vehicles) {
    try {
      prepareOne(vehicle, input, { draft, known });
    } catch (error) {
      if (!isAppError(error)) throw error;
      const report = { ...emptyReport, vehicles: 1, points: vehicle.points.length, vehiclesOutside: error.code === "region.outside" ? 1 : 0 };
      draft.reports.push({ vehicle: vehicle.id, report, refusal: error });
    }
  }
}

function prepareTogether(input: UploadInput, draft: Draft, known: Known): void {
  const { region, vehicles } = input;
  const fleet = prepareFleet({
    ...optionsOf(input, draft.zones),
    vehicles: new Map(vehicles.map(({ hash, points }) => [hash, points])),
    books: new Map(vehicles.map(({ hash }) => [hash, known.books[hash] ?? emptyBudget])),
  });
  for (const { epoch, tiles } of fleet.epochs) {
    for (const [index, { tile, planes, vehicles: count }] of tiles.entries()) {
      draft.items.push({ id: `${known.plan}/${epoch}/${tile}-${index}`, regionId: region.id, epoch, kind: "fleet", tile, planes, vehicles: count });
    }
  }
  for (const { id, hash } of vehicles) {
    const report = fleet.reports.get(hash);
    if (report !== undefined) draft.reports.push({ vehicle: id, report });
  }
  draft.zones = [...fleet.zones];
  draft.books = new Map(fleet.books);
}

/**
 * Runs the device's pipeline over recordings, from what the device remembers; changes and sends nothing.
 * Throws the refusal when it holds for every vehicle, and `zone.invalid`.
 */
export function prepareUpload(input: UploadInput, { zones, books }: Pick<DeviceState, "zones" | "books">): PreparedUpload {
  const plan = bytesToHex(input.random.bytes(8)).slice(2);
  const marked = input.marked.reduce<DeviceState["zones"]>((book, place) => [...markPlace(book, place, input.random)], zones);
  const draft: Draft = { items: [], reports: [], zones: marked, books: new Map() };
  (input.isFleet ? prepareTogether : prepareEach)(input, draft, { plan, books });
  const refusals = draft.reports.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]));
  const [first] = refusals;
  if (first !== undefined && refusals.length === draft.reports.length) throw first;
  return { ...draft, plan, sum: sumReports(draft.reports.map(({ report }) => report)) };
}

/** Items of earlier runs with one of the vehicles to the same region, which were not all sent. */
export function findUnfinished(state: DeviceState, scope: Pick<Plan, "chainId" | "histogram" | "regionId">, hashes: ReadonlySet<string>): Plan[] {
  return state.plans.filter(
    ({ chainId, histogram, regionId, vehicles }) =>
      chainId === scope.chainId && histogram === scope.histogram && regionId === scope.regionId && vehicles.some((hash) => hashes.has(hash)),
  );
}

function copyItem(item: PlannedContribution): Plan["items"][number] {
  return item.kind === "vehicle" ? { ...item, words: [...item.words] } : { ...item, planes: [...item.planes] };
}

function copyBook({ spent, contributed }: BudgetBook): DeviceState["books"][string] {
  return { spent: { ...spent }, contributed: Object.fromEntries(Object.entries(contributed).map(([key, epochs]) => [key, [...epochs]])) };
}

/** Budgets, zones and plan change together, so that what is counted against a budget is also sent, and the other way round. */
async function remember(store: DeviceStore, prepared: PreparedUpload, plan: Omit<Plan, "id" | "items">): Promise<void> {
  const { state } = store;
  const items = prepared.items.map(copyItem);
  await store.commit({
    zones: prepared.zones,
    books: { ...state.books, ...Object.fromEntries([...prepared.books].map(([hash, book]) => [hash, copyBook(book)])) },
    plans: items.length === 0 ? state.plans : [...state.plans, { ...plan, id: prepared.plan, items }],
  });
}

export type PlannedUpload = {
  /** Of unfinished runs first, then new ones. */
  items: readonly PlannedContribution[];
  /** How many of them are of unfinished runs. */
  unfinished: number;
  /** Undefined when nothing new could be prepared and an unfinished run is finished only. */
  prepared: PreparedUpload | undefined;
};

/**
 * Prepares an upload and remembers it on the device before anything is sent. A vehicle is planned once for each region and
 * epoch, however often this runs; items of these vehicles that an earlier run could not send are handed out again.
 * Throws what `prepareUpload` throws, unless an unfinished run can be finished.
 */
export async function planUpload(store: DeviceStore, input: UploadInput, scope: Pick<Plan, "chainId" | "histogram" | "regionId">): Promise<PlannedUpload> {
  const hashes = new Set(input.vehicles.map(({ hash }) => hash));
  const earlier = findUnfinished(store.state, scope, hashes).flatMap(({ items }) => items);
  try {
    const prepared = prepareUpload(input, store.state);
    await remember(store, prepared, { ...scope, vehicles: [...hashes] });
    return { items: [...earlier, ...prepared.items], unfinished: earlier.length, prepared };
  } catch (error) {
    if (earlier.length === 0 || !isAppError(error)) throw error;
    return { items: earlier, unfinished: earlier.length, prepared: undefined };
  }
}
