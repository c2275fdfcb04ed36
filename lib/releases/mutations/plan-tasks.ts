import "server-only";
import type { KnownRegions } from "@/lib/chain/gateway/known-regions";
import { dueTaskOf, type DueTask } from "@/lib/releases/model/due-tasks";
import type { Database } from "@/lib/platform/database";

/** Tiles whose life goes on, as the index knows them. */
async function findDue(database: Database, { chainId, regions, now }: PlanOptions): Promise<DueTask[]> {
  const tiles = await database.tileEpoch.findMany({ where: { chainId, imported: false, state: { in: ["collecting", "sealed", "noised"] } } });
  const due: DueTask[] = [];
  for (const tile of tiles) {
    const task = dueTaskOf(tile, await regions.find(tile.regionId), now);
    if (task !== null) due.push(task);
  }
  return due;
}

/**
 * Tasks follow the index: what it has seen happen is done, whoever did it; what a reorganisation has undone is under way
 * again (its transaction is still good, as a rule); what belongs to a tile that is not there any more is forgotten.
 */
async function followIndex(database: Database, chainId: number): Promise<void> {
  await database.$transaction([
    database.$executeRaw`
      UPDATE chain_tasks AS task SET state = 'done', reason = NULL, updated_at = now() FROM tile_epochs AS tile
      WHERE task.chain_id = ${chainId} AND task.state <> 'done' AND tile.chain_id = task.chain_id AND tile.region_id = task.region_id
        AND tile.epoch = task.epoch AND tile.tile = task.tile
        AND ((task.kind = 'seal' AND tile.state <> 'collecting') OR (task.kind = 'release' AND tile.state = 'published'))`,
    database.$executeRaw`
      UPDATE chain_tasks AS task SET state = 'running', updated_at = now() FROM tile_epochs AS tile
      WHERE task.chain_id = ${chainId} AND task.state = 'done' AND tile.chain_id = task.chain_id AND tile.region_id = task.region_id
        AND tile.epoch = task.epoch AND tile.tile = task.tile
        AND ((task.kind = 'seal' AND tile.state = 'collecting') OR (task.kind = 'release' AND tile.state IN ('collecting', 'sealed', 'noised')))`,
    database.$executeRaw`
      DELETE FROM chain_tasks AS task WHERE task.chain_id = ${chainId} AND task.state <> 'running' AND NOT EXISTS (SELECT 1 FROM tile_epochs AS tile
        WHERE tile.chain_id = task.chain_id AND tile.region_id = task.region_id AND tile.epoch = task.epoch AND tile.tile = task.tile)`,
  ]);
}

export type PlanOptions = {
  chainId: number;
  regions: KnownRegions;
  /** The chain's time, unix seconds. */
  now: number;
};

/** Notes every step that is owed to a tile, each once. Safe to repeat and to run twice at once. */
export async function planTasks(database: Database, options: PlanOptions): Promise<void> {
  const { chainId } = options;
  await followIndex(database, chainId);
  const due = await findDue(database, options);
  if (due.length === 0) return;
  await database.chainTask.createMany({ data: due.map((task) => ({ ...task, chainId })), skipDuplicates: true });
}
