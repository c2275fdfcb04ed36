import { epochAt, type Region } from "@/lib/geo/model/region";
import type { Epoch, Progress, TileEpoch } from "@/lib/releases/schema";
import type { EpochState } from "@/lib/releases/model/epoch-state";

/** An epoch with what the engine is doing for it. */
export type EpochView = Epoch & {
  state: EpochState;
  /** Operations done and to do, while it is being published and the engine says so. */
  work: { done: number; total: number; secondsLeft: number | null } | null;
  tickets: number;
  vehicles: number;
  /** Tiles that can be bought. */
  publishedTiles: number;
};

/** A contribution counts in every tile of its cover, so that of a cover's tiles the highest count is the cover's. */
function sumOverCovers(tiles: Epoch["tiles"], covers: readonly (readonly string[])[], pick: (tile: TileEpoch) => number): number {
  const most = new Map<unknown, number>();
  for (const tile of tiles) {
    const cover = covers.find((candidate) => candidate.includes(tile.tile)) ?? tile;
    most.set(cover, Math.max(most.get(cover) ?? 0, pick(tile)));
  }
  return [...most.values()].reduce((sum, count) => sum + count, 0);
}

/**
 * Puts the engine's progress beside the chain's word. A release is published on the chain some time before it can be
 * read: while the engine still computes its planes the epoch counts as being published.
 */
export function viewEpoch(epoch: Epoch, progress: Progress | null, covers: readonly (readonly string[])[] = []): EpochView {
  const vaults = new Set(epoch.tiles.flatMap(({ vault }) => (vault === null ? [] : [vault.toLowerCase()])));
  const goals = (progress?.releases ?? []).filter(({ vault }) => vaults.has(vault.toLowerCase()));
  const done = goals.reduce((sum, goal) => sum + goal.done, 0);
  const total = goals.reduce((sum, goal) => sum + goal.total, 0);
  const isComputing = total > done;
  const count = (pick: (tile: TileEpoch) => number) => sumOverCovers(epoch.tiles, covers, pick);
  return {
    ...epoch,
    state: isComputing && epoch.state === "published" ? "publishing" : epoch.state,
    work: isComputing ? { done, total, secondsLeft: progress?.secondsLeft ?? null } : null,
    tickets: count(({ tickets }) => tickets),
    vehicles: count(({ vehicles }) => vehicles),
    publishedTiles: epoch.tiles.filter(({ state }) => state === "published").length,
  };
}

/** The epoch that a visitor most likely wants to see: the newest published one, else the newest. */
export function preferredEpoch(epochs: readonly EpochView[]): EpochView | null {
  return epochs.findLast(({ state }) => state === "published") ?? epochs.at(-1) ?? null;
}

/** The epoch that holds the moment of a link (`?epoch=` with an ISO 8601 time), or null. */
export function epochOfLink<View extends Epoch>(epochs: readonly View[], iso: string | null): View | null {
  const moment = iso === null ? Number.NaN : Date.parse(iso) / 1000;
  return epochs.find(({ start, end }) => start <= moment && moment < end) ?? null;
}

/** The number of the epoch that a link names, whether or not it is loaded; null for no link and for times before the region. */
export function epochNumberOfLink(region: Region, iso: string | null): number | null {
  const moment = iso === null ? Number.NaN : Date.parse(iso) / 1000;
  return Number.isNaN(moment) ? null : epochAt(region, moment);
}

/** The link's form of an epoch: its start in UTC, without fractions. */
export function linkOfEpoch({ start }: Pick<Epoch, "start">): string {
  return new Date(start * 1000).toISOString().replace(".000Z", "Z");
}
