import "server-only";
import type { AppError } from "@/lib/kernel/errors";
import { isTooLarge } from "@/lib/chain/model/call-failure";
import type { Database, DatabaseTransaction } from "@/lib/platform/database";

export type FailingBatch = { id: string; chainId: number; sender: string; state: "building" | "signed" | "sent" | "confirmed" | "failed"; attempts: number };

/** So often a batch is tried as it is; then one of its items may be what is wrong with it. */
export const attemptsMax = 5;

async function requeueHalves(transaction: DatabaseTransaction, batch: FailingBatch, ids: readonly string[]): Promise<void> {
  const middle = Math.ceil(ids.length / 2);
  for (const half of [ids.slice(0, middle), ids.slice(middle)]) {
    const { id } = await transaction.batch.create({ data: { chainId: batch.chainId, sender: batch.sender } });
    await transaction.contribution.updateMany({ where: { id: { in: half } }, data: { batchId: id } });
  }
}

/**
 * What becomes of a batch that the chain does not take as a whole: one that is too large for a transaction is halved, any
 * other is tried again some times and then halved, until what can't succeed stands alone and is stalled with its reason.
 * Only when the batch is still in the state that it was seen in.
 */
export async function failBatch(database: Database, batch: FailingBatch, error: AppError): Promise<void> {
  const lastError = error.message;
  const attempts = batch.attempts + 1;
  const isGivenUp = isTooLarge(error) || attempts >= attemptsMax;
  await database.$transaction(async (transaction) => {
    const next = isGivenUp ? ({ state: "failed", attempts, lastError } as const) : ({ state: "building", attempts, lastError, transactionHash: null } as const);
    const { count } = await transaction.batch.updateMany({ where: { id: batch.id, state: batch.state }, data: next });
    if (count === 0 || !isGivenUp) return;
    const rows = await transaction.contribution.findMany({ where: { batchId: batch.id, state: "batched" }, select: { id: true }, orderBy: { sequence: "asc" } });
    if (rows.length > 1) await requeueHalves(transaction, batch, rows.map((row) => row.id));
    else await transaction.contribution.updateMany({ where: { batchId: batch.id, state: "batched" }, data: { state: "stalled", reason: lastError } });
  });
}

/** Puts a batch's contributions back into the queue, because its transaction can't be mined any more. */
export async function dissolveBatch(database: Database, batch: FailingBatch, reason: string): Promise<void> {
  await database.$transaction(async (transaction) => {
    const { count } = await transaction.batch.updateMany({ where: { id: batch.id, state: batch.state }, data: { state: "failed", lastError: reason } });
    if (count === 0) return;
    await transaction.contribution.updateMany({ where: { batchId: batch.id, state: "batched" }, data: { state: "queued", batchId: null } });
  });
}
