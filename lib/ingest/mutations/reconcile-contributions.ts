import "server-only";
import { watchedDepth } from "@/lib/chain/model/outgoing";
import type { Database } from "@/lib/platform/database";

/**
 * Brings the queue up to what the index says, which is the truth about "accepted": what it holds is accepted, however it
 * got there; what it does not hold any more, although it has read beyond the block, is open again. A batch whose
 * transaction is still good takes it back, so that the very same transaction counts it; else it is queued anew.
 * Safe to repeat and to run twice at once.
 */
export async function reconcileContributions(database: Database, { chainId }: { chainId: number }): Promise<void> {
  const cursor = await database.chainCursor.findUnique({ where: { chainId } });
  if (cursor === null) return;
  const since = cursor.block - watchedDepth;
  await database.$transaction([
    database.$executeRaw`
      UPDATE contributions AS queued SET state = 'accepted', reason = NULL, accepted_block = counted.block FROM accepted_contributions AS counted
      WHERE queued.chain_id = ${chainId} AND counted.chain_id = queued.chain_id AND counted.one_time_address = queued.one_time_address
        AND (queued.state IN ('queued', 'batched', 'stalled') OR (queued.state = 'refused' AND queued.input_proof IS NOT NULL)
          OR (queued.accepted_block > ${since} AND queued.accepted_block <> counted.block))`,
    database.$executeRaw`
      UPDATE contributions AS queued SET accepted_block = NULL, reason = NULL,
        state = CASE WHEN batch.id IS NULL THEN 'queued' ELSE 'batched' END::contribution_state, batch_id = batch.id
      FROM contributions AS lost LEFT JOIN batches AS batch ON batch.id = lost.batch_id AND batch.state IN ('signed', 'sent', 'confirmed')
      WHERE queued.id = lost.id AND lost.chain_id = ${chainId} AND lost.state = 'accepted' AND lost.input_proof IS NOT NULL
        AND lost.accepted_block > ${since} AND lost.accepted_block <= ${cursor.block}
        AND NOT EXISTS (SELECT 1 FROM accepted_contributions AS counted WHERE counted.chain_id = lost.chain_id AND counted.one_time_address = lost.one_time_address)`,
    // Read beyond its block and still open: its receipt is looked at again.
    database.$executeRaw`
      UPDATE batches AS batch SET state = 'sent', updated_at = now() WHERE batch.chain_id = ${chainId} AND batch.state = 'confirmed'
        AND batch.block > ${since} AND batch.block <= ${cursor.block}
        AND EXISTS (SELECT 1 FROM contributions AS queued WHERE queued.batch_id = batch.id AND queued.state = 'batched')`,
  ]);
}
