import "server-only";
import { isAppError } from "@/lib/kernel/errors";
import { toAppError } from "@/lib/chain/gateway/revert";
import { broadcast } from "@/lib/chain/gateway/transaction";
import { resendMs, watchedDepth } from "@/lib/chain/model/outgoing";
import type { Lane } from "@/lib/chain/mutations/sign-outgoing";

const taken = "another transaction took its number";
/** Milliseconds between the two looks after which a transaction is given up. */
const certainMs = 3_000;

/** No key is needed: what is signed is signed. */
type Watch = Omit<Lane, "signer">;

type Row = { hash: string; sender: string; histogram: string; nonce: number | null; raw: string; state: "signed" | "sent" | "mined" | "reverted" | "dead"; reason: string | null; sentAt: Date | null };

async function findWatched({ database, chain }: Watch, head: number): Promise<Row[]> {
  return database.outgoingTransaction.findMany({
    where: { chainId: chain.network.chainId, nonce: { not: null }, OR: [{ state: { in: ["signed", "sent"] } }, { block: { gt: head - watchedDepth } }] },
    orderBy: { nonce: "asc" },
  });
}

/** Whether it is on its way afterwards; what keeps it from being sent is noted. */
async function send({ database, chain }: Watch, row: Row): Promise<boolean> {
  const { hash, raw } = row;
  try {
    await broadcast(chain, { raw, hash });
  } catch (error) {
    if (isAppError(error)) throw error; // no answer at all
    await database.outgoingTransaction.update({ where: { hash }, data: { reason: toAppError(error, { what: "send a transaction" }).message } });
    return false;
  }
  await database.outgoingTransaction.update({ where: { hash }, data: { state: "sent", sentAt: new Date(), block: null, gasUsed: null, reason: null } });
  return true;
}

/** Its number is used up, and nobody knows it. A node may answer of a block before it has all of it, so that one look is not enough. */
async function giveUpSlowly({ database }: Watch, { hash, reason, sentAt }: Row): Promise<void> {
  const isAgain = reason === taken && sentAt !== null && Date.now() - sentAt.getTime() >= certainMs;
  if (isAgain) await database.outgoingTransaction.update({ where: { hash }, data: { state: "dead", nonce: null } });
  else if (reason !== taken) await database.outgoingTransaction.update({ where: { hash }, data: { reason: taken, sentAt: new Date() } });
}

async function readReceipt(lane: Watch, row: Row): Promise<void> {
  const { hash, state } = row;
  if (state === "mined" || state === "reverted") return;
  const receipt = await lane.chain.provider.getTransactionReceipt(hash);
  if (receipt === null) return giveUpSlowly(lane, row);
  const data = { state: receipt.status === 1 ? ("mined" as const) : ("reverted" as const), block: receipt.blockNumber, gasUsed: receipt.gasUsed, reason: null };
  await lane.database.outgoingTransaction.update({ where: { hash }, data });
}

/** In no block: it was never sent, was lost, or its block was undone. The very same transaction is sent again, never another. */
async function settleMissing(lane: Watch, row: Row): Promise<boolean> {
  const isFresh = row.state === "sent" && row.sentAt !== null && Date.now() - row.sentAt.getTime() < resendMs;
  return isFresh || send(lane, row);
}

async function settleSender(lane: Watch, sender: string, rows: readonly Row[]): Promise<void> {
  const histogram = lane.chain.network.addresses.histogram.toLowerCase();
  const count = await lane.chain.provider.getTransactionCount(sender, "latest");
  for (const row of rows) {
    if (row.histogram !== histogram) {
      await lane.database.outgoingTransaction.update({ where: { hash: row.hash }, data: { state: "dead", nonce: null, reason: "the chain was reset" } });
    } else if (row.nonce !== null && row.nonce < count) await readReceipt(lane, row);
    else if (!(await settleMissing(lane, row))) return;
  }
}

/**
 * Brings the worker's transactions up to what the chain says: sends what is in no block (in the order of the numbers, and
 * stops where one can't be sent), notes what is in a block, and what can't get into one any more. Safe to repeat and to
 * run twice at once. Throws `chain.unreachable`.
 */
export async function settleOutgoing(lane: Watch): Promise<void> {
  try {
    const rows = await findWatched(lane, await lane.chain.provider.getBlockNumber());
    for (const sender of new Set(rows.map((row) => row.sender))) {
      await settleSender(lane, sender, rows.filter((row) => row.sender === sender));
    }
  } catch (error) {
    throw toAppError(error, { what: "look after the worker's transactions" });
  }
}
