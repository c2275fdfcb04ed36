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

/** What is signed must be payable, or it would hold up everything that is signed after it. */
async function assertPayable({ chain, signer }: Lane, { gasLimit, fees }: OutgoingCall): Promise<void> {
  const needed = gasLimit * fees.maxFeePerGas;
  const balance = await chain.provider.getBalance(signer.address);
  if (balance >= needed) return;
  throw new AppError("chain.insufficient-funds", `The account ${signer.address} holds ${balance} wei; the next transaction may cost ${needed}. Send it some ether.`);
}

/**
 * Signs a call with the account's next number and keeps it, before anybody has seen it; `settleOutgoing` sends it.
 * Number, transaction and purpose are written together under the account's lock, so that of any number of workers
 * exactly one signs for a piece of work, and no number is ever given to two transactions.
 * Throws `chain.insufficient-funds`, `chain.unreachable`.
 */
export async function signOutgoing(lane: Lane, call: OutgoingCall, attach: Attach): Promise<Signed> {
  const { database, chain, signer } = lane;
  const { chainId, addresses } = chain.network;
  const sender = signer.address.toLowerCase();
  await assertPayable(lane, call);
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
