import "server-only";
import { Transaction } from "ethers";
import { AppError } from "@/lib/kernel/errors";
import type { Chain } from "@/lib/chain/gateway/provider";
import { toAppError } from "@/lib/chain/gateway/revert";
import type { Signer } from "@/lib/chain/gateway/signer";
import type { Fees } from "@/lib/chain/model/gas-price";
import { nextNonce, waitingMax } from "@/lib/chain/model/outgoing";
import type { Database, DatabaseTransaction } from "@/lib/platform/database";

/** One account's transactions on one chain, with the rows that remember them. */
export type Lane = { database: Database; chain: Chain; signer: Signer };

export type OutgoingCall = { to: string; data: string; gasLimit: bigint; fees: Fees };

/** "full": enough is waiting for a block already. "taken": somebody else has signed for the same work. */
export type Signed = "signed" | "full" | "taken";

/** What the transaction is for is noted in the same stroke; answering false gives it up. */
export type Attach = (transaction: DatabaseTransaction, hash: string) => Promise<boolean>;

async function sign(signer: Signer, call: OutgoingCall, { chainId, nonce }: { chainId: number; nonce: number }): Promise<{ raw: string; hash: string }> {
  const { to, data, gasLimit, fees } = call;
  const raw = await signer.signTransaction({ type: 2, chainId, nonce, to, data, gasLimit, value: 0n, ...fees });
  const { hash } = Transaction.from(raw);
  if (hash === null) throw new AppError("internal", "A signed transaction has no hash.");
  return { raw, hash };
}

/**
 * Signs a call with the account's next number and keeps it, before anybody has seen it; `settleOutgoing` sends it.
 * Number, transaction and purpose are written together under the account's lock, so that of any number of workers
 * exactly one signs for a piece of work, and no number is ever given to two transactions.
 * Throws `chain.unreachable`.
 */
export async function signOutgoing({ database, chain, signer }: Lane, call: OutgoingCall, attach: Attach): Promise<Signed> {
  const { chainId, addresses } = chain.network;
  const sender = signer.address.toLowerCase();
  const onChain = await chain.provider.getTransactionCount(signer.address, "pending").catch((error: unknown) => {
    throw toAppError(error, { what: "count the account's transactions" });
  });
  return database.$transaction(async (transaction): Promise<Signed> => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`outgoing:${chainId}:${sender}`}, 0))`;
    const kept = await transaction.outgoingTransaction.findMany({ where: { chainId, sender, nonce: { not: null } }, select: { nonce: true, state: true } });
    if (kept.filter(({ state }) => state === "signed" || state === "sent").length >= waitingMax) return "full";
    const nonce = nextNonce({ onChain, signed: kept.map((row) => row.nonce) });
    const { raw, hash } = await sign(signer, call, { chainId, nonce });
    if (!(await attach(transaction, hash))) return "taken";
    await transaction.outgoingTransaction.create({ data: { hash, chainId, histogram: addresses.histogram.toLowerCase(), sender, nonce, raw } });
    return "signed";
  });
}
