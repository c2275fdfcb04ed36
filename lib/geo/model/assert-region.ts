import { AppError } from "@/lib/kernel/errors";
import { COVER_TILES_MAX, type Region } from "@/lib/geo/model/region";
import { assertTile } from "@/lib/geo/model/tile";

function refuse(slug: string, reason: string): never {
  throw new AppError("region.invalid", `Region ${slug}: ${reason}`);
}

function assertCovers(region: Region): void {
  const seen = new Set<string>();
  if (region.covers.length === 0) refuse(region.slug, "it has no cover, so nothing could be contributed.");
  for (const cover of region.covers) {
    if (cover.length < 1 || cover.length > COVER_TILES_MAX) refuse(region.slug, `a cover has ${cover.length} tiles; 1 to ${COVER_TILES_MAX} are allowed.`);
    for (const tile of cover) {
      assertTile(tile, region.tileResolution);
      if (seen.has(tile)) refuse(region.slug, `tile ${tile} stands in two covers; covers must not overlap.`);
      seen.add(tile);
    }
  }
}

/**
 * Checks a region's parameters against the bounds that the contract also has.
 * Throws `region.invalid` with the parameter's name, and what `assertTile` throws.
 */
export function assertRegion(region: Region): void {
  const isWhole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  if (!isWhole(region.start, 0)) refuse(region.slug, "start must be a whole unix second.");
  if (!isWhole(region.epochSeconds, 1)) refuse(region.slug, "epochSeconds must be a whole number from 1.");
  if (!isWhole(region.graceSeconds, 0)) refuse(region.slug, "graceSeconds must be a whole number from 0.");
  if (region.studyUntil !== null && !isWhole(region.studyUntil, 1)) refuse(region.slug, "studyUntil must be a whole unix second or null.");
  if (!(region.samplingRate > 0 && region.samplingRate <= 1)) refuse(region.slug, "samplingRate must be above 0 and at most 1.");
  if (!isWhole(region.visitsMax, 1)) refuse(region.slug, "visitsMax must be a whole number from 1.");
  if (!isWhole(region.ticketsMin, 1)) refuse(region.slug, "ticketsMin must be a whole number from 1.");
  const isAscending = region.speedEdges.every((edge, index) => isWhole(edge, 1) && edge > (region.speedEdges[index - 1] ?? 0));
  if (!isAscending) refuse(region.slug, "speedEdges must be four strictly ascending whole km/h from 1.");
  assertCovers(region);
}
