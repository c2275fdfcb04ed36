import { isAppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import type { Chain } from "@/lib/chain/gateway/provider";
import type { Signer } from "@/lib/chain/gateway/signer";
import { Batcher } from "@/lib/ingest/jobs";
import type { BatchRules } from "@/lib/ingest/model/due-batches";
import type { Database } from "@/lib/platform/database";
import { beat, endBeat, forgetOldBeats } from "@/lib/platform/heartbeat";
import type { Logger } from "@/lib/platform/log";
import { openQueue, type QueueName } from "@/lib/platform/queue";
import { Releaser } from "@/lib/releases/jobs";
import { createDuty, type Duty } from "@/scripts/worker/duty";

export type WorkerOptions = {
  database: Database;
  databaseUrl: string;
  chain: Chain;
  /** Pays for batches. */
  uploader: Signer;
  /** Pays for seals and releases. */
  keeper: Signer;
  rules: BatchRules;
  /** Dearest gas that is paid, wei; null for any. */
  ceiling: bigint | null;
  /** Fills the accounts up where there is a faucet, and says when one is empty. */
  ensureFunds?: () => Promise<void>;
  signal: AbortSignal;
  log: Logger;
};

const askMs = { contributions: 1_000, epochs: 2_000 } as const satisfies Partial<Record<QueueName, number>>;
const janitorCron = "*/5 * * * *";
const beatMs = 3_000;
/** How often an idle worker asks for jobs, seconds. */
const pollSeconds = { contributions: 0.5, epochs: 1, janitor: 5 } as const satisfies Record<QueueName, number>;
/** A transaction that is in no block for so long is worth a word. */
const longMs = 120_000;
const quietMs = 30_000;

async function repeat(task: () => Promise<unknown>, everyMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await task().catch(() => undefined); // asked again in a moment
    await delay(everyMs, signal);
  }
}

/** An account that ran dry is filled up where there is a faucet; the look that met it is made again anyway. */
function refilling(task: () => Promise<void>, ensureFunds: WorkerOptions["ensureFunds"]): () => Promise<void> {
  return async () => {
    try {
      await task();
    } catch (error) {
      if (isAppError(error, "chain.insufficient-funds")) await ensureFunds?.();
      throw error;
    }
  };
}

function createDuties(options: WorkerOptions): { duties: Record<QueueName, Duty>; batcher: Batcher } {
  const { database, chain, uploader, keeper, rules, ceiling, signal, log, ensureFunds } = options;
  const batcher = new Batcher({ database, chain, signer: uploader, rules, ceiling, signal });
  const releaser = new Releaser({ database, chain, signer: keeper, ceiling, signal });
  const tidy = async (): Promise<void> => {
    await ensureFunds?.();
    await batcher.tidy();
    await forgetOldBeats(database);
  };
  const duties = {
    contributions: createDuty("contributions", { task: refilling(() => batcher.look(), ensureFunds), log, signal }),
    epochs: createDuty("epochs", { task: refilling(() => releaser.look(), ensureFunds), log, signal }),
    janitor: createDuty("janitor", { task: tidy, log, signal }),
  };
  return { duties, batcher };
}

/** A service that is away is said once in a while, not at every attempt to reach it. */
function sayNowAndThen(log: Logger): (error: Error) => void {
  let saidMs = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (performance.now() - saidMs < quietMs) return;
    saidMs = performance.now();
    log.warn({ reason: error.name }, "the queue met an error and goes on");
  };
}

/** Why the first of the transactions that are in no block is not in one, when that is worth a word. */
async function findHeld(database: Database): Promise<string | null> {
  const first = await database.outgoingTransaction.findFirst({ where: { state: { in: ["signed", "sent"] } }, orderBy: { createdAt: "asc" } });
  if (first === null) return null;
  if (first.reason !== null) return first.reason;
  const seconds = Math.round((Date.now() - first.createdAt.getTime()) / 1_000);
  return seconds * 1_000 < longMs ? null : `Transaction ${first.hash} has been waiting for a block for ${seconds} s.`;
}

/** What others may know of the worker: counts, sentences, its accounts. */
async function tell({ database, uploader, keeper }: WorkerOptions, { duties, batcher }: ReturnType<typeof createDuties>): Promise<void> {
  const [stalledContributions, stalledTasks, waitingTransactions, held] = await Promise.all([
    database.contribution.count({ where: { state: "stalled" } }),
    database.chainTask.count({ where: { state: "stalled" } }),
    database.outgoingTransaction.count({ where: { state: { in: ["signed", "sent"] } } }),
    findHeld(database),
  ]);
  const { contributions, epochs, janitor } = duties;
  const states = { contributions: contributions.state(), epochs: epochs.state(), janitor: janitor.state() };
  await beat(database, "worker", {
    ...states,
    waitingFor: states.contributions.waitingFor ?? states.epochs.waitingFor ?? states.janitor.waitingFor ?? held,
    oldestQueuedSeconds: batcher.oldestSeconds,
    stalled: stalledContributions + stalledTasks,
    waitingTransactions,
    uploader: uploader.address,
    keeper: keeper.address,
  });
}

/**
 * Runs batcher, sealer, releaser and janitor until the signal: looks are asked for through the queue and made by whichever
 * worker is free. Resolves when what was under way is finished; whatever is cut off is resumed by the next start.
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { database, databaseUrl, signal, log } = options;
  const made = createDuties(options);
  const { duties } = made;
  const queue = await openQueue(databaseUrl, { onError: sayNowAndThen(log) });
  for (const name of ["contributions", "epochs", "janitor"] as const) await queue.serve(name, () => duties[name].look(), { pollSeconds: pollSeconds[name] });
  await queue.askEvery("janitor", janitorCron);
  await queue.ask("janitor");
  await Promise.all([
    repeat(() => queue.ask("contributions"), askMs.contributions, signal),
    repeat(() => queue.ask("epochs"), askMs.epochs, signal),
    repeat(() => tell(options, made), beatMs, signal),
  ]);
  await queue.stop();
  await Promise.all(Object.values(duties).map((duty) => duty.idle()));
  await endBeat(database, "worker").catch(() => undefined);
}
