import "server-only";
import { explainReverted, readReceipt } from "@/lib/chain/gateway/mined";
import type { Lane } from "@/lib/chain/mutations/sign-outgoing";
import { failTask, type TaskKey, type WaitingTask } from "@/lib/releases/mutations/run-tasks";

type Watch = Omit<Lane, "signer">;
type Running = WaitingTask & { transactionHash: string | null };
type Outgoing = { hash: string; raw: string; state: "signed" | "sent" | "mined" | "reverted" | "dead"; block: number | null; reason: string | null };

const what = "take a step of a release";

const keyOf = ({ chainId, kind, regionId, epoch, tile }: TaskKey): TaskKey => ({ chainId, kind, regionId, epoch, tile });

async function wait({ database }: Watch, task: Running): Promise<void> {
  await database.chainTask.updateMany({ where: { ...keyOf(task), state: "running" }, data: { state: "waiting", transactionHash: null, nextAt: new Date() } });
}

async function settle(lane: Watch, task: Running, { outgoing, indexed }: { outgoing: Outgoing | undefined; indexed: number }): Promise<void> {
  const { database, chain } = lane;
  if (outgoing === undefined || outgoing.state === "dead") return wait(lane, task);
  if (outgoing.state === "reverted") {
    const receipt = await readReceipt(chain, outgoing.hash);
    if (receipt !== null) await failTask(database, task, await explainReverted(chain, outgoing.raw, { receipt, what }));
    return;
  }
  if (outgoing.state === "mined") {
    // The index has read the block, and the tile is not where the task ends: another step is needed (or its block was undone).
    if (outgoing.block !== null && indexed >= outgoing.block) await wait(lane, task);
    return;
  }
  if (outgoing.reason !== null) await database.chainTask.updateMany({ where: { ...keyOf(task), state: "running" }, data: { reason: outgoing.reason } });
}

/** Carries what the chain says of the steps' transactions over to the steps. Throws `chain.unreachable`. */
export async function settleTasks(lane: Watch): Promise<void> {
  const { database, chain } = lane;
  const { chainId } = chain.network;
  const tasks = await database.chainTask.findMany({ where: { chainId, state: "running" } });
  if (tasks.length === 0) return;
  const cursor = await database.chainCursor.findUnique({ where: { chainId } });
  const hashes = tasks.flatMap(({ transactionHash }) => transactionHash ?? []);
  const outgoing = new Map((await database.outgoingTransaction.findMany({ where: { hash: { in: hashes } } })).map((row) => [row.hash, row]));
  for (const task of tasks) await settle(lane, task, { outgoing: outgoing.get(task.transactionHash ?? ""), indexed: cursor?.block ?? -1 });
}
