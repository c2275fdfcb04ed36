import "server-only";
import { readRefusals } from "@/lib/chain/gateway/contribute";
import { explainReverted, readReceipt } from "@/lib/chain/gateway/mined";
import { watchedDepth } from "@/lib/chain/model/outgoing";
import type { Lane } from "@/lib/chain/mutations/sign-outgoing";
import { dissolveBatch, failBatch, type FailingBatch } from "@/lib/ingest/mutations/fail-batch";

type Watch = Omit<Lane, "signer">;
type Settling = FailingBatch & { transactionHash: string | null };
type Outgoing = { hash: string; raw: string; state: "signed" | "sent" | "mined" | "reverted" | "dead"; reason: string | null };

const what = "send a batch of contributions";

/**
 * Notes what a mined batch refused. What it accepted is left to the index, which is the truth about that; so is what it
 * refused because the address was spent: an earlier transaction has counted it.
 */
async function confirm({ database, chain }: Watch, batch: Settling, outgoing: Outgoing): Promise<void> {
  const receipt = await readReceipt(chain, outgoing.hash);
  if (receipt === null) {
    await database.outgoingTransaction.updateMany({ where: { hash: outgoing.hash, state: outgoing.state }, data: { state: "sent", sentAt: null, block: null } });
    return;
  }
  if (receipt.status !== 1) return failBatch(database, batch, await explainReverted(chain, outgoing.raw, { receipt, what }));
  const refusals = readRefusals(chain, receipt);
  await database.$transaction(async (transaction) => {
    const data = { state: "confirmed", block: receipt.blockNumber, gasUsed: receipt.gasUsed, lastError: null } as const;
    const { count } = await transaction.batch.updateMany({ where: { id: batch.id, state: batch.state }, data });
    if (count === 0) return;
    for (const [oneTimeAddress, reason] of refusals) {
      if (reason === "address-spent") continue;
      await transaction.contribution.updateMany({ where: { batchId: batch.id, oneTimeAddress, state: "batched" }, data: { state: "refused", reason } });
    }
  });
}

async function settle(lane: Watch, batch: Settling, outgoing: Outgoing | undefined): Promise<void> {
  const { database } = lane;
  if (outgoing === undefined) return dissolveBatch(database, batch, "Its transaction is not known any more.");
  if (outgoing.state === "mined" || outgoing.state === "reverted") return confirm(lane, batch, outgoing);
  if (outgoing.state === "dead") return dissolveBatch(database, batch, outgoing.reason ?? "Its transaction can't be mined any more.");
  const data = { state: outgoing.state, lastError: outgoing.reason };
  await database.batch.updateMany({ where: { id: batch.id, state: batch.state, OR: [{ state: { not: data.state } }, { lastError: { not: data.lastError } }] }, data });
}

/** A reorganisation took a confirmed batch out of its block: what it refused is open again, and its transaction is on its way again. */
async function reopen({ database }: Watch, batch: Settling): Promise<void> {
  await database.$transaction(async (transaction) => {
    const { count } = await transaction.batch.updateMany({ where: { id: batch.id, state: "confirmed" }, data: { state: "sent", block: null } });
    if (count === 0) return;
    await transaction.contribution.updateMany({ where: { batchId: batch.id, state: "refused" }, data: { state: "batched", reason: null } });
  });
}

/** Carries what the chain says of the batches' transactions over to the batches and their contributions. Throws `chain.unreachable`. */
export async function settleBatches(lane: Watch, { head }: { head: number }): Promise<void> {
  const { database, chain } = lane;
  const { chainId } = chain.network;
  const batches = await database.batch.findMany({ where: { chainId, OR: [{ state: { in: ["signed", "sent"] } }, { state: "confirmed", block: { gt: head - watchedDepth } }] } });
  const hashes = batches.flatMap(({ transactionHash }) => transactionHash ?? []);
  const outgoing = new Map((await database.outgoingTransaction.findMany({ where: { hash: { in: hashes } } })).map((row) => [row.hash, row]));
  for (const batch of batches) {
    const transaction = outgoing.get(batch.transactionHash ?? "");
    if (batch.state !== "confirmed") await settle(lane, batch, transaction);
    else if (transaction !== undefined && transaction.state !== "mined") await reopen(lane, batch);
  }
}
