import { isAppError } from "@/lib/kernel/errors";
import { assertChain, connectChain, type Chain } from "@/lib/chain/gateway/provider";
import { connectSigner } from "@/lib/chain/gateway/signer";
import { runIndexer } from "@/lib/chain/jobs";
import { weiOfGwei } from "@/lib/chain/model/gas-price";
import { lastCallSeconds } from "@/lib/ingest/model/due-batches";
import { connectDatabase } from "@/lib/platform/database";
import { readDeployment, type Deployment } from "@/lib/platform/deployment";
import { env } from "@/lib/platform/env";
import { createLogger } from "@/lib/platform/log";
import { assertMigrated } from "@/lib/platform/migrations";
import { localDatabaseUrl } from "@/local/postgres/server";
import { configExitCode } from "@/local/processes";
import { ensureFunds, openAccount } from "@/scripts/cli/account";
import { runWorker, type WorkerOptions } from "@/scripts/worker/run-worker";

const log = createLogger("worker");

/** Indexer, batcher, sealer, releaser and janitor of one chain, until SIGTERM or Ctrl-C. Any number may run beside each other. */
async function main(signal: AbortSignal): Promise<void> {
  const deployment = await readDeployment();
  const chain = connectChain(deployment);
  await assertChain(chain);
  const options = await openOptions(chain, deployment, signal);
  await assertMigrated(options.databaseUrl);
  const { database } = options;
  log.info({ chainId: deployment.chainId, uploader: options.uploader.address, keeper: options.keeper.address, rules: options.rules }, "the worker runs");
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  // A chain that was reset ends both: the next start begins anew with it.
  const indexer = runIndexer({ database, chain, signal: either, log }).finally(() => ended.abort());
  try {
    await Promise.all([indexer, runWorker({ ...options, signal: either }).finally(() => ended.abort())]);
  } finally {
    await database.$disconnect();
  }
  log.info("the worker has ended");
}

async function openOptions(chain: Chain, deployment: Deployment, signal: AbortSignal): Promise<WorkerOptions> {
  const settings = env();
  const databaseUrl = settings.DATABASE_URL ?? localDatabaseUrl(settings.POSTGRES_PORT);
  const uploader = await openAccount(chain, { name: "worker", givenKey: settings.UPLOADER_KEY, variable: "UPLOADER_KEY" });
  const keeper = settings.WORKER_KEY === undefined ? uploader : connectSigner(chain, settings.WORKER_KEY);
  return {
    database: connectDatabase(databaseUrl), databaseUrl, chain, uploader, keeper, signal, log,
    rules: { itemsMin: settings.BATCH_ITEMS_MIN, ageSeconds: settings.BATCH_AGE_SECONDS, lastCallSeconds },
    ceiling: settings.GAS_PRICE_MAX_GWEI === undefined ? null : weiOfGwei(settings.GAS_PRICE_MAX_GWEI),
    ensureFunds: async () => {
      for (const account of new Set([uploader, keeper])) await ensureFunds(chain, account, { deployment });
    },
  };
}

const stopping = new AbortController();
for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => stopping.abort());

/** Starting again would not help: whoever supervises the worker shows why instead. Another chain than before is such a reason, but for the local network, whose new one is taken up by the next start. */
function isFinal(error: unknown): boolean {
  return isAppError(error, "config.invalid") || (isAppError(error, "chain.reset") && env().NETWORK !== "local");
}

main(stopping.signal).catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  log.fatal(isAppError(error) ? { code: error.code, reason } : { err: error }, "the worker can't go on");
  process.stderr.write(`${reason}\n`);
  process.exit(isFinal(error) ? configExitCode : 1);
});
