import "server-only";
import { waitingMax } from "@/lib/chain/model/outgoing";
import type { KnownRegions } from "@/lib/chain/gateway/known-regions";
import { coverByTile, epochClosesAt, epochStart, type Region } from "@/lib/geo/model/region";
import { dueBatches, type BatchRules, type GroupAges, type WaitingItem } from "@/lib/ingest/model/due-batches";
import type { Database, DatabaseTransaction } from "@/lib/platform/database";

export type BuildOptions = {
  chainId: number;
  /** Account that will send them. */
  sender: string;
  regions: KnownRegions;
  /** The chain's time, unix seconds. */
  now: number;
  rules: BatchRules;
  ages: GroupAges;
};

type Row = { id: string; region_id: number; epoch: number; cover: number; tile: string | null; words: number; ticket_expiry: bigint };

/** Contributions looked at at once. */
const rowsMax = 5_000;

async function findRegions(database: Database, { chainId, regions }: BuildOptions): Promise<Map<number, Region>> {
  const rows = await database.contribution.groupBy({ by: ["regionId"], where: { chainId, state: "queued" } });
  const found = new Map<number, Region>();
  for (const { regionId } of rows) {
    const region = await regions.find(regionId);
    if (region !== null) found.set(regionId, region);
  }
  return found;
}

function toWaiting(row: Row, regions: ReadonlyMap<number, Region>, now: number): WaitingItem[] {
  const region = regions.get(row.region_id);
  if (region === undefined || epochStart(region, row.epoch) > now) return [];
  const cover = row.tile === null ? row.cover : (coverByTile(region).get(row.tile) ?? -1);
  const deadline = Math.min(epochClosesAt(region, row.epoch), Number(row.ticket_expiry));
  return [{ id: row.id, group: `${row.region_id}/${row.epoch}/${cover}`, words: row.words, deadline }];
}

async function create(transaction: DatabaseTransaction, { chainId, sender }: BuildOptions, items: readonly WaitingItem[]): Promise<void> {
  const { id } = await transaction.batch.create({ data: { chainId, sender } });
  await transaction.contribution.updateMany({ where: { id: { in: items.map((item) => item.id) } }, data: { state: "batched", batchId: id } });
}

/**
 * Puts what is due into batches, which then belong together until the chain has spoken. No more batches are begun than
 * may wait for a block, so that what comes meanwhile still joins its group. Safe to run twice at once: what one worker
 * has in hand, another skips. Answers how many batches were begun.
 */
export async function buildBatches(database: Database, options: BuildOptions): Promise<number> {
  const { chainId, now, rules, ages } = options;
  const regions = await findRegions(database, options);
  const begun = await database.batch.count({ where: { chainId, state: { in: ["building", "signed", "sent"] } } });
  return database.$transaction(async (transaction) => {
    const rows = await transaction.$queryRaw<Row[]>`
      SELECT id, region_id, epoch, cover, tile, cardinality(handles) AS words, ticket_expiry FROM contributions
      WHERE chain_id = ${chainId} AND state = 'queued' ORDER BY sequence LIMIT ${rowsMax} FOR UPDATE SKIP LOCKED`;
    const waiting = rows.flatMap((row) => toWaiting(row, regions, now));
    const agesSeconds = ages.update(new Set(waiting.map(({ group }) => group)), performance.now());
    const batches = dueBatches(waiting, { rules, now, agesSeconds }).slice(0, Math.max(0, waitingMax - begun));
    for (const batch of batches) await create(transaction, options, batch);
    ages.restart(batches.flat().map(({ group }) => group));
    return batches.length;
  }, { timeout: 60_000, maxWait: 10_000 });
}
