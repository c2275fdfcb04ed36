import { eventSource } from "@/lib/chain/gateway/event-source";
import { assertChain } from "@/lib/chain/gateway/provider";
import { followSource } from "@/lib/chain/mutations/follow-chain";
import { wipeIndex } from "@/lib/chain/mutations/rebuild-index";
import { AppError } from "@/lib/kernel/errors";
import { connectDatabase } from "@/lib/platform/database";
import { assertDatabase } from "@/lib/platform/database-check";
import { env } from "@/lib/platform/env";
import { applyMigrations } from "@/lib/platform/migrations";
import { localDatabaseUrl } from "@/local/postgres/server";
import { openChain } from "@/scripts/cli/connect";
import type { Output } from "@/scripts/cli/output";
import { readArguments, runCommand } from "@/scripts/cli/run";

const usage = `Usage: npm run reindex [-- --json]

Forgets everything that the database has of the chain and reads it anew, from the contracts' first block to the newest.
Contributions that wait to be sent, names of regions and devices stay. Pages show less than there is until it is done.`;

function databaseUrl(): string {
  const { DATABASE_URL: given, NETWORK, POSTGRES_PORT } = env();
  if (given !== undefined) return given;
  if (NETWORK === "local") return localDatabaseUrl(POSTGRES_PORT);
  throw new AppError("config.invalid", "DATABASE_URL is not set: name the database that is to be filled.");
}

async function reindex(output: Output): Promise<void> {
  const { chain } = await openChain();
  await assertChain(chain);
  const url = databaseUrl();
  await assertDatabase(url);
  await applyMigrations(url);
  const database = connectDatabase(url);
  const startedMs = performance.now();
  try {
    await wipeIndex(database, chain.network.chainId);
    const source = eventSource(chain);
    for (;;) {
      const { to, head } = await followSource(database, source);
      output.say(`Read to block ${to} of ${head}`);
      if (to >= head) break;
    }
    const events = await database.chainEvent.count({ where: { chainId: chain.network.chainId } });
    output.say(`Done: ${events} events.`);
    output.emit({ type: "reindexed", events, seconds: (performance.now() - startedMs) / 1_000 });
  } finally {
    await database.$disconnect();
  }
}

await runCommand(async (output) => {
  readArguments({ options: { json: { type: "boolean" } } }, usage);
  await reindex(output);
});
