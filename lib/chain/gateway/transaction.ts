import { isError, Transaction, type TransactionReceipt, type TransactionRequest } from "ethers";
import { AppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import type { Chain } from "@/lib/chain/gateway/provider";
import type { Signer } from "@/lib/chain/gateway/signer";
import { toAppError } from "@/lib/chain/gateway/revert";
import { localChainId } from "@/lib/chain/model/network";

/** Most gas a transaction may have (EIP-7825). */
export const gasPerTransactionMax = 16_777_216n;

export type SendOptions = {
  /** What is being done, for messages: "release a tile". */
  what: string;
  to: string;
  data: string;
  /** Least gas to allow, when an estimate can be too low (calls whose failure is caught on chain). */
  gasLeast?: bigint;
  /** Milliseconds to wait for the receipt; default 180,000. */
  timeoutMs?: number;
};

const queues = new WeakMap<Signer, Promise<unknown>>();

/** Runs the account's transactions one after the other, so that their nonces never collide. */
function inTurn<Value>(signer: Signer, task: () => Promise<Value>): Promise<Value> {
  const turn = (queues.get(signer) ?? Promise.resolve()).then(task, task);
  queues.set(signer, turn.catch(() => undefined));
  return turn;
}

function tooMuchGas({ what }: SendOptions): AppError {
  return new AppError("chain.refused", `To ${what}: one transaction needs more than ${gasPerTransactionMax} gas. Send fewer items.`, { details: { error: "GasLimit" } });
}

/** Services say it in different words when a call does not fit a block. */
const outOfGas = /out of gas|outofgas|gas required exceeds|exceeds block gas limit|intrinsic gas too high/i;

/** What the service itself said; ethers keeps it beside its own words. */
function serviceMessage(error: unknown): string {
  const info: unknown = isError(error, "CALL_EXCEPTION") ? error.info?.["error"] : undefined;
  const said: unknown = typeof info === "object" && info !== null && "message" in info ? info.message : error;
  return String(said);
}

/**
 * Gas to allow a call: its estimate and a fifth, at least `gasLeast`, at most what a transaction may have.
 * Throws `chain.refused` with `details.error` "GasLimit" when the call does not fit a transaction, and the estimate's own failure otherwise.
 */
export async function limitGas(signer: Signer, options: SendOptions): Promise<bigint> {
  const { to, data, gasLeast = 0n } = options;
  const estimate = await signer.estimateGas({ to, data }).catch((error: unknown) => {
    throw outOfGas.test(serviceMessage(error)) ? tooMuchGas(options) : error;
  });
  const roomy = (estimate * 6n) / 5n + 20_000n;
  if (estimate > gasPerTransactionMax) throw tooMuchGas(options);
  const wanted = roomy > gasLeast ? roomy : gasLeast;
  return wanted < gasPerTransactionMax ? wanted : gasPerTransactionMax;
}

/**
 * Whether a call that may use all the gas of a transaction ran out of it. A service says so only when the outermost call did: in
 * an inner one it looks like a revert without a word, and the contracts have a word for everything that they refuse.
 */
function ranOutOfGas(error: unknown, gasLimit: bigint): boolean {
  if (outOfGas.test(serviceMessage(error))) return true;
  return gasLimit >= gasPerTransactionMax && isError(error, "CALL_EXCEPTION") && (error.data === null || error.data === "0x");
}

/**
 * Tries a call with the gas that it will get, without sending it: one run, where an estimate takes a dozen.
 * Throws what the contract refuses, and `chain.refused` with `details.error` "GasLimit" when the gas is too little.
 */
export async function tryCall(signer: Signer, { gasLimit, ...options }: SendOptions & { gasLimit: bigint }): Promise<void> {
  const { to, data } = options;
  await signer.call({ to, data, gasLimit }).catch((error: unknown) => {
    throw ranOutOfGas(error, gasLimit) ? tooMuchGas(options) : error;
  });
}

async function signRequest(signer: Signer, options: SendOptions): Promise<{ raw: string; hash: string }> {
  const gasLimit = await limitGas(signer, options);
  const request: TransactionRequest = { to: options.to, data: options.data, gasLimit };
  const raw = await signer.signTransaction(await signer.populateTransaction(request));
  const { hash } = Transaction.from(raw);
  if (hash === null) throw new AppError("internal", "A signed transaction has no hash.");
  return { raw, hash };
}

/** Sends the raw transaction; one that the chain already knows is as good as sent. */
export async function broadcast(chain: Chain, { raw, hash }: { raw: string; hash: string }): Promise<void> {
  try {
    await chain.provider.send("eth_sendRawTransaction", [raw]);
  } catch (error) {
    const isKnown = isError(error, "NONCE_EXPIRED") || /already known|already imported/i.test(serviceMessage(error));
    if (isKnown && (await chain.provider.send("eth_getTransactionByHash", [hash])) !== null) return;
    throw error;
  }
}

/**
 * Waits until a transaction is in a block.
 * Throws `chain.timeout` (with the hash) when it is not within `timeoutMs`: it may still come.
 */
export async function waitForReceipt(chain: Chain, hash: string, options: { what: string; timeoutMs: number }): Promise<TransactionReceipt> {
  const pauseMs = chain.network.chainId === localChainId ? 250 : 2_000;
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const receipt = await chain.provider.getTransactionReceipt(hash);
    if (receipt !== null) return receipt;
    if (performance.now() > deadline) {
      throw new AppError("chain.timeout", `To ${options.what}: transaction ${hash} is not in a block after ${Math.round(options.timeoutMs / 1000)} s. It may still come; run again.`, {
        details: { transaction: hash },
      });
    }
    await delay(pauseMs);
  }
}

type Failed = Pick<SendOptions, "what" | "to" | "data"> & { from: string };

/** Why a mined transaction failed: its call is repeated on the state of its block. */
export async function explainFailure(chain: Chain, receipt: TransactionReceipt, options: Failed): Promise<AppError> {
  const { to, data, from } = options;
  try {
    await chain.provider.call({ to, data, from, blockTag: receipt.blockNumber });
  } catch (error) {
    return toAppError(error, { what: options.what });
  }
  return new AppError("chain.reverted", `To ${options.what}: transaction ${receipt.hash} failed (${receipt.gasUsed} gas used).`, {
    details: { transaction: receipt.hash },
  });
}

/**
 * Estimates, signs, sends and waits for one call. Sending is repeated safely: the hash does not change.
 * Throws the contract's refusal as a typed error (lib/chain/errors.ts), `chain.insufficient-funds`, `chain.timeout` or `chain.unreachable`.
 */
export function sendTransaction(chain: Chain, signer: Signer, options: SendOptions): Promise<TransactionReceipt> {
  return inTurn(signer, async () => {
    try {
      const signed = await signRequest(signer, options);
      await broadcast(chain, signed);
      const receipt = await waitForReceipt(chain, signed.hash, { what: options.what, timeoutMs: options.timeoutMs ?? 180_000 });
      if (receipt.status === 1) return receipt;
      throw await explainFailure(chain, receipt, { ...options, from: signer.address });
    } catch (error) {
      throw toAppError(error, { what: options.what });
    }
  });
}
