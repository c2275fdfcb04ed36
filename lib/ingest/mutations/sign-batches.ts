import "server-only";
import { backoffMs } from "@/lib/kernel/backoff";
import { shuffle, systemRandom } from "@/lib/kernel/random";
import { encodeBatch } from "@/lib/chain/gateway/contribute";
import { readFees } from "@/lib/chain/gateway/gas-price";
import { toAppError } from "@/lib/chain/gateway/revert";
import { tryCall } from "@/lib/chain/gateway/transaction";
import { isPassing } from "@/lib/chain/model/call-failure";
import type { SignedContribution } from "@/lib/chain/model/contribution";
import type { Fees } from "@/lib/chain/model/gas-price";
import { waitingMax } from "@/lib/chain/model/outgoing";
import { signOutgoing, type Lane, type Signed } from "@/lib/chain/mutations/sign-outgoing";
import { signedContributionOf, type StoredContribution } from "@/lib/ingest/model/stored-contribution";
import { failBatch, type FailingBatch } from "@/lib/ingest/mutations/fail-batch";
import type { Database } from "@/lib/platform/database";

export type SignOptions = {
  ceiling: bigint | null;
  signal: AbortSignal;
  /** Sends what is signed, while the next batch is being prepared. */
  onSigned?: () => Promise<void>;
};

type Building = FailingBatch & { updatedAt: Date };

const what = "send a batch of contributions";

/** A row that can't be made into a call never can; it must not hold up the others. */
async function stallMalformed(database: Database, { id }: StoredContribution): Promise<void> {
  await database.contribution.updateMany({ where: { id, state: "batched" }, data: { state: "stalled", reason: "The stored contribution is malformed.", batchId: null } });
}

async function readItems({ database, chain }: Lane, batch: Building): Promise<SignedContribution[]> {
  const rows = await database.contribution.findMany({ where: { batchId: batch.id, state: "batched" } });
  const items: SignedContribution[] = [];
  for (const row of rows) {
    try {
      const item = signedContributionOf(row);
      encodeBatch(chain, [item]);
      items.push(item);
    } catch {
      await stallMalformed(database, row);
    }
  }
  return shuffle(systemRandom, items); // the order of arrival is nobody's business
}

async function signBatch(lane: Lane, batch: Building, fees: Fees): Promise<Signed | "failed"> {
  const { database, chain, signer } = lane;
  const items = await readItems(lane, batch);
  if (items.length === 0) {
    await database.batch.updateMany({ where: { id: batch.id, state: "building" }, data: { state: "failed", lastError: "Nothing was left to send." } });
    return "failed";
  }
  const to = chain.network.addresses.histogram;
  const { data, gasLeast: gasLimit } = encodeBatch(chain, items);
  try {
    await tryCall(signer, { what, to, data, gasLimit });
  } catch (error) {
    const refusal = toAppError(error, { what });
    if (isPassing(refusal)) throw refusal;
    await failBatch(database, batch, refusal);
    return "failed";
  }
  return signOutgoing(lane, { to, data, gasLimit, fees }, async (transaction, hash) => {
    const sender = signer.address.toLowerCase();
    const { count } = await transaction.batch.updateMany({ where: { id: batch.id, state: "building" }, data: { state: "signed", transactionHash: hash, sender } });
    return count === 1;
  });
}

/**
 * Signs the batches that are ready, as many as may wait for a block.
 * Throws `chain.*` for what will pass (no answer, dear gas, an empty account, a pause); nothing is lost by that.
 */
export async function signBatches(lane: Lane, { ceiling, signal, onSigned }: SignOptions): Promise<void> {
  const { database, chain } = lane;
  const where = { chainId: chain.network.chainId, state: "building" as const };
  const batches = await database.batch.findMany({ where, orderBy: { createdAt: "asc" }, take: 2 * waitingMax });
  const ready = batches.filter(({ attempts, updatedAt }) => attempts === 0 || Date.now() - updatedAt.getTime() >= backoffMs(attempts));
  if (ready.length === 0) return;
  const fees = await readFees(chain, { ceiling });
  for (const batch of ready) {
    if (signal.aborted) return;
    const outcome = await signBatch(lane, batch, fees);
    if (outcome === "full") return;
    if (outcome === "signed") await onSigned?.();
  }
}
