import "server-only";
import { watchedDepth } from "@/lib/chain/model/outgoing";
import type { Database } from "@/lib/platform/database";

/** Answers to repeated requests are kept so long. */
const answersKeptMs = 86_400_000;

/**
 * Forgets what is not needed any more once it is so deep that no reorganisation reaches it: proofs of contributions that
 * are counted or refused for good, signed transactions, and kept answers to requests of yesterday.
 */
export async function forgetPayloads(database: Database, { chainId }: { chainId: number }): Promise<void> {
  const cursor = await database.chainCursor.findUnique({ where: { chainId } });
  if (cursor === null) return;
  const deep = cursor.block - watchedDepth;
  await database.contribution.updateMany({
    where: { chainId, state: "accepted", acceptedBlock: { lte: deep }, inputProof: { not: null } },
    data: { inputProof: null },
  });
  await database.contribution.updateMany({
    where: { chainId, state: "refused", inputProof: { not: null }, OR: [{ batchId: null }, { batch: { block: { lte: deep } } }] },
    data: { inputProof: null },
  });
  await database.outgoingTransaction.deleteMany({ where: { chainId, OR: [{ block: { lte: deep } }, { state: "dead", createdAt: { lt: new Date(Date.now() - answersKeptMs) } }] } });
  await database.idempotencyKey.deleteMany({ where: { createdAt: { lt: new Date(Date.now() - answersKeptMs) } } });
}
