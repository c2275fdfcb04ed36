import { latLngToCell } from "h3-js";
import type { RandomSource } from "@/lib/kernel/random";
import { fail, ok, type Result } from "@/lib/kernel/result";
import { cleanTrack, type Fix } from "@/lib/geo/model/clean-track";
import { crossCells, visitSpeed, type Visit } from "@/lib/geo/model/cross-cells";
import { coverByTile, type Region } from "@/lib/geo/model/region";
import { metresAlong } from "@/lib/geo/model/sphere";
import { speedClass } from "@/lib/geo/model/speed-class";
import type { TrackPoint } from "@/lib/geo/model/track";
import { cutDiscs } from "@/lib/privacy/model/cut-discs";
import { emptyReport, type PrepareReport } from "@/lib/privacy/model/prepare-report";
import { findTripEnds } from "@/lib/privacy/model/trip-ends";
import { rememberPlace, type ZoneBook } from "@/lib/privacy/model/zones";

/** A visit to a cell of the region, with what a word says of it. */
export type RegionVisit = Pick<Visit, "cell" | "tile" | "epoch" | "firstMs" | "lastMs"> & { readonly cover: number; readonly speedClass: number };

/** One vehicle's drive as the region sees it before sampling. */
export type RegionDrive = {
  readonly visits: RegionVisit[];
  readonly zones: ZoneBook;
  readonly report: PrepareReport;
};

export type DriveInput = {
  /** One vehicle's points in the file's order. */
  readonly points: readonly TrackPoint[];
  readonly region: Region;
  /** Discs to be cut, and to be remembered with those that this drive adds. */
  readonly zones: ZoneBook;
  /** Whether the ends of trips get discs of their own. */
  readonly trimEnds: boolean;
  readonly random: RandomSource;
};

/** Why nothing of a drive concerns the region. */
export type DriveRefusal = "outside" | "swapped";

function rememberEnds(segments: readonly Fix[][], { zones, trimEnds, random }: DriveInput): ZoneBook {
  return trimEnds ? findTripEnds(segments).reduce((book, end) => rememberPlace(book, end, random), zones) : zones;
}

/** The visits in the region's tiles, and how many there are elsewhere. */
function placeVisits(visits: readonly Visit[], region: Region): { inside: RegionVisit[]; outside: number } {
  const covers = coverByTile(region);
  const inside: RegionVisit[] = [];
  for (const visit of visits) {
    const cover = covers.get(visit.tile);
    if (cover === undefined) continue;
    const { cell, tile, epoch, firstMs, lastMs } = visit;
    inside.push({ cell, tile, epoch, firstMs, lastMs, cover, speedClass: speedClass(visitSpeed(visit), region.speedEdges) });
  }
  return { inside, outside: visits.length - inside.length };
}

/** Undefined when some point lies in the region; else whether most would with latitude and longitude swapped. */
function whyOutside(points: readonly TrackPoint[], region: Region): DriveRefusal | undefined {
  const covers = coverByTile(region);
  const isIn = (latitude: number, longitude: number): boolean =>
    Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && covers.has(latLngToCell(latitude, longitude, region.tileResolution));
  if (points.some(({ latitude, longitude }) => isIn(latitude, longitude))) return undefined;
  const swapped = points.filter(({ latitude, longitude }) => isIn(longitude, latitude));
  return 2 * swapped.length > points.length ? "swapped" : "outside";
}

/**
 * From points to visits: clean, split, remember the ends of trips, cut the discs, walk through the grid, tell the speed classes.
 * Fails when no point lies in the region. Never draws a disc for a drive that fails.
 */
export function findRegionVisits(input: DriveInput): Result<RegionDrive, DriveRefusal> {
  const { points, region } = input;
  const { segments, counts } = cleanTrack(points);
  const zones = rememberEnds(segments, input);
  const cut = cutDiscs(segments, zones);
  const { inside, outside } = placeVisits(crossCells(cut.segments, region), region);
  const refusal = inside.length === 0 && points.length > 0 ? whyOutside(points, region) : undefined;
  if (refusal !== undefined) return fail(refusal);
  const report = {
    ...emptyReport,
    ...counts,
    vehicles: 1,
    metres: segments.reduce((sum, segment) => sum + metresAlong(segment), 0),
    discs: zones.length,
    cutPoints: cut.cutPoints,
    cutMetres: cut.cutMetres,
    cells: inside.length,
    cellsOutside: outside,
  };
  return ok({ visits: inside, zones, report });
}
