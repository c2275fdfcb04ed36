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

async function repeat(task: () => Promise<unknown>, everyMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await task().catch(() => undefined); // asked again in a moment
    await delay(everyMs, signal);
  }
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
    contributions: createDuty("contributions", { task: () => batcher.look(), log, signal }),
    epochs: createDuty("epochs", { task: () => releaser.look(), log, signal }),
    janitor: createDuty("janitor", { task: tidy, log, signal }),
  };
  return { duties, batcher };
}

/** What others may know of the worker: counts, sentences, its accounts. */
async function tell({ database, uploader, keeper }: WorkerOptions, { duties, batcher }: ReturnType<typeof createDuties>): Promise<void> {
  const waiting = { state: { in: ["signed" as const, "sent" as const] } };
  const [stalledContributions, stalledTasks, waitingTransactions, held] = await Promise.all([
    database.contribution.count({ where: { state: "stalled" } }),
    database.chainTask.count({ where: { state: "stalled" } }),
    database.outgoingTransaction.count({ where: waiting }),
    database.outgoingTransaction.findFirst({ where: { ...waiting, reason: { not: null } }, orderBy: { nonce: "asc" } }),
  ]);
  const { contributions, epochs, janitor } = duties;
  const states = { contributions: contributions.state(), epochs: epochs.state(), janitor: janitor.state() };
  await beat(database, "worker", {
    ...states,
    waitingFor: states.contributions.waitingFor ?? states.epochs.waitingFor ?? states.janitor.waitingFor ?? held?.reason ?? null,
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
  const queue = await openQueue(databaseUrl, { onError: (error) => log.warn({ err: error }, "the queue met an error") });
  for (const name of ["contributions", "epochs", "janitor"] as const) await queue.serve(name, () => duties[name].look());
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
