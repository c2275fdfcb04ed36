import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { Database } from "@/lib/platform/database";

export const workKinds = ["contribution", "seal", "release"] as const;
export type WorkKind = (typeof workKinds)[number];

/** Something that the worker has given up until an admin has looked. */
export type StalledWork = {
  kind: WorkKind;
  /** Names it to `retryStalledWork`: a contribution's id, or CHAIN/REGION/EPOCH/TILE. */
  key: string;
  reason: string;
  /** When it was given up; for a contribution, the hour in which it came. */
  since: Date;
  /** Attempts that failed; for a contribution not counted. */
  attempts: number | null;
};

const shownMax = 1_000;

/** What is stalled, oldest first; at most a thousand of each kind. */
export async function findStalledWork(database: Database): Promise<StalledWork[]> {
  const [tasks, contributions] = await Promise.all([
    database.chainTask.findMany({ where: { state: "stalled" }, orderBy: { updatedAt: "asc" }, take: shownMax }),
    database.contribution.findMany({ where: { state: "stalled" }, select: { id: true, reason: true, receivedHour: true }, orderBy: { sequence: "asc" }, take: shownMax }),
  ]);
  return [
    ...tasks.map(({ kind, chainId, regionId, epoch, tile, reason, updatedAt, attempts }) => ({
      kind, key: `${chainId}/${regionId}/${epoch}/${tile}`, reason: reason ?? "unknown", since: updatedAt, attempts,
    })),
    ...contributions.map(({ id, reason, receivedHour }) => ({ kind: "contribution" as const, key: id, reason: reason ?? "unknown", since: receivedHour, attempts: null })),
  ].toSorted((left, right) => left.since.getTime() - right.since.getTime());
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const taskKey = /^(\d{1,9})\/(\d{1,9})\/(\d{1,9})\/([0-9a-f]{15})$/;

/**
 * Gives stalled work back to the worker, which begins anew with it.
 * Throws `usage.invalid` when nothing of this kind and key is stalled.
 */
export async function retryStalledWork(database: Database, kind: WorkKind, key: string): Promise<void> {
  const count = kind === "contribution" ? await retryContribution(database, key) : await retryTask(database, kind, key);
  if (count === 0) throw new AppError("usage.invalid", `No ${kind} ${key} is stalled. See what is: npm run stalled -- list`);
}

async function retryContribution(database: Database, id: string): Promise<number> {
  if (!uuid.test(id)) return 0;
  const { count } = await database.contribution.updateMany({ where: { id, state: "stalled" }, data: { state: "queued", reason: null, batchId: null } });
  return count;
}

async function retryTask(database: Database, kind: "seal" | "release", key: string): Promise<number> {
  const [, chainId, regionId, epoch, tile] = taskKey.exec(key) ?? [];
  if (tile === undefined) return 0;
  const where = { kind, chainId: Number(chainId), regionId: Number(regionId), epoch: Number(epoch), tile, state: "stalled" as const };
  const { count } = await database.chainTask.updateMany({ where, data: { state: "waiting", attempts: 0, nextAt: new Date(), reason: null } });
  return count;
}
