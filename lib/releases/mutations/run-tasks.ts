import "server-only";
import type { AppError } from "@/lib/kernel/errors";
import { backoffMs } from "@/lib/kernel/backoff";
import { readFees } from "@/lib/chain/gateway/gas-price";
import { encodeLifeStep, type LifeStep } from "@/lib/chain/gateway/lifecycle";
import { toAppError } from "@/lib/chain/gateway/revert";
import { limitGas } from "@/lib/chain/gateway/transaction";
import { isPassing, isTooLarge } from "@/lib/chain/model/call-failure";
import type { Fees } from "@/lib/chain/model/gas-price";
import { signOutgoing, type Lane, type Signed } from "@/lib/chain/mutations/sign-outgoing";
import type { Database } from "@/lib/platform/database";

export type RunOptions = { ceiling: bigint | null; signal: AbortSignal };

export type TaskKey = { chainId: number; kind: "seal" | "release"; regionId: number; epoch: number; tile: string };
export type WaitingTask = TaskKey & { attempts: number };

/** So often a step is tried before an admin has to look. */
const attemptsMax = 8;
/** The index has not read what the chain says already. */
const lagMs = 2_000;

const names = { seal: "seal a tile", release: "release a tile", step: "take half a step of a release" } as const satisfies Record<LifeStep, string>;

const keyOf = ({ chainId, kind, regionId, epoch, tile }: TaskKey): TaskKey => ({ chainId, kind, regionId, epoch, tile });

/**
 * What becomes of a step that the chain does not take: one that somebody else has taken, or that is not due by the chain's
 * clock, is looked at again soon; any other is tried again, less and less often, and stalled in the end with its reason.
 */
export async function failTask(database: Database, task: WaitingTask, error: AppError): Promise<void> {
  const where = { ...keyOf(task), state: { in: ["waiting", "running"] as ("waiting" | "running")[] } };
  const isEarly = error.details["error"] === "WrongState" || error.code === "epoch.not-due";
  const attempts = task.attempts + (isEarly ? 0 : 1);
  const state = attempts >= attemptsMax ? "stalled" : "waiting";
  const nextAt = new Date(Date.now() + (isEarly ? lagMs : backoffMs(attempts)));
  await database.chainTask.updateMany({ where, data: { state, attempts, nextAt, reason: error.message, transactionHash: null } });
}

type Call = { data: string; gasLimit: bigint };

async function estimate({ chain, signer }: Lane, task: WaitingTask, step: LifeStep): Promise<Call> {
  const { data, gasLeast } = encodeLifeStep(chain, step, task);
  try {
    return { data, gasLimit: await limitGas(signer, { what: names[step], to: chain.network.addresses.histogram, data, gasLeast }) };
  } catch (error) {
    throw toAppError(error, { what: names[step] });
  }
}

/** A release is made at once where that fits a transaction, and in its halves where not, or where the whole has failed before. */
async function prepare(lane: Lane, task: WaitingTask): Promise<Call> {
  if (task.kind === "seal") return estimate(lane, task, "seal");
  if (task.attempts > 0) return estimate(lane, task, "step");
  try {
    return await estimate(lane, task, "release");
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    return estimate(lane, task, "step");
  }
}

async function signTask(lane: Lane, task: WaitingTask, fees: Fees): Promise<Signed | "failed"> {
  const { database, chain } = lane;
  let call: Call;
  try {
    call = await prepare(lane, task);
  } catch (error) {
    const refusal = toAppError(error, { what: names[task.kind] });
    if (isPassing(refusal)) throw refusal;
    await failTask(database, task, refusal);
    return "failed";
  }
  return signOutgoing(lane, { ...call, to: chain.network.addresses.histogram, fees }, async (transaction, hash) => {
    const data = { state: "running", transactionHash: hash, reason: null } as const;
    const { count } = await transaction.chainTask.updateMany({ where: { ...keyOf(task), state: "waiting" }, data });
    return count === 1;
  });
}

/**
 * Signs the steps that are due, as many as may wait for a block; `settleOutgoing` sends them. Among any number of workers
 * each step is signed by one. Throws `chain.*` for what will pass (no answer, dear gas, an empty account, a pause).
 */
export async function signTasks(lane: Lane, { ceiling, signal }: RunOptions): Promise<void> {
  const { database, chain } = lane;
  const where = { chainId: chain.network.chainId, state: "waiting" as const, nextAt: { lte: new Date() } };
  const tasks = await database.chainTask.findMany({ where, orderBy: [{ epoch: "asc" }, { tile: "asc" }] });
  if (tasks.length === 0) return;
  const fees = await readFees(chain, { ceiling });
  for (const task of tasks) {
    if (signal.aborted || (await signTask(lane, task, fees)) === "full") return;
  }
}
