import { epochClosesAt, type Region } from "@/lib/geo/model/region";

/** What is owed to one tile of one epoch. */
export type DueTask = { kind: "seal" | "release"; regionId: number; epoch: number; tile: string };

/** A tile as the index knows it. */
export type IndexedTile = {
  regionId: number;
  epoch: number;
  tile: string;
  state: "collecting" | "sealed" | "noised" | "published" | "void";
  tickets: number;
  imported: boolean;
};

/** The step that a tile needs now: sealed once its epoch is closed by the chain's time, then released. Null when none is due. */
export function dueTaskOf(tile: IndexedTile, region: Region | null, now: number): DueTask | null {
  const { regionId, epoch, state } = tile;
  if (tile.imported) return null;
  if (state === "sealed" || state === "noised") return { kind: "release", regionId, epoch, tile: tile.tile };
  if (state !== "collecting" || tile.tickets === 0 || region === null) return null;
  return now >= epochClosesAt(region, epoch) ? { kind: "seal", regionId, epoch, tile: tile.tile } : null;
}

/** Whether the index says that a task's aim is reached. */
export function isDone(kind: DueTask["kind"], state: IndexedTile["state"]): boolean {
  return kind === "seal" ? state !== "collecting" : state === "published";
}
