import "server-only";
import { inIndexTransaction } from "@/lib/chain/mutations/index-transaction";
import type { Database } from "@/lib/platform/database";

/**
 * Gives up what was waiting to be sent to a chain that is gone: contributions were signed for its contract and can never be
 * counted on another one, so they are reported as refused. Returns how many. Only for the local network, which may be wiped.
 */
export async function forgetWork(database: Database, chainId: number): Promise<number> {
  return inIndexTransaction(database, chainId, async (transaction) => {
    const where = { chainId };
    const waiting = { chainId, state: { in: ["queued" as const, "batched" as const, "stalled" as const] } };
    const { count } = await transaction.contribution.updateMany({ where: waiting, data: { state: "refused", reason: "chain.reset", inputProof: null, batchId: null } });
    await transaction.batch.deleteMany({ where });
    await transaction.chainTask.deleteMany({ where });
    await transaction.outgoingTransaction.deleteMany({ where });
    return count;
  });
}
