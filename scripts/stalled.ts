import { AppError } from "@/lib/kernel/errors";
import { connectDatabase, type Database } from "@/lib/platform/database";
import { env } from "@/lib/platform/env";
import { findStalledWork, retryStalledWork, workKinds, type WorkKind } from "@/lib/releases/data/work-state";
import { localDatabaseUrl } from "@/local/postgres/server";
import type { Output } from "@/scripts/cli/output";
import { readArguments, runCommand } from "@/scripts/cli/run";

const usage = `Usage: npm run stalled -- list [--json]
       npm run stalled -- retry KIND KEY

list   prints what the worker has given up, with its reason: contributions, seals and releases
retry  gives one of them back to the worker; KIND and KEY as printed by list`;

function isKind(text: string | undefined): text is WorkKind {
  return workKinds.some((kind) => kind === text);
}

async function list(database: Database, output: Output): Promise<void> {
  const stalled = await findStalledWork(database);
  if (stalled.length === 0) output.say("Nothing is stalled.");
  for (const { kind, key, reason, since, attempts } of stalled) {
    output.say(`${kind} ${key}  since ${since.toISOString()}${attempts === null ? "" : `, ${attempts} attempts`}\n  ${reason}`);
    output.emit({ type: "stalled", kind, key, reason, since: since.toISOString(), attempts });
  }
}

await runCommand(async (output) => {
  const { positionals } = readArguments({ allowPositionals: true, options: { json: { type: "boolean" } } }, usage);
  const [command, kind, key, ...rest] = positionals;
  const isList = command === "list" && kind === undefined;
  const isRetry = command === "retry" && isKind(kind) && key !== undefined && rest.length === 0;
  if (!isList && !isRetry) throw new AppError("usage.invalid", usage);
  const { DATABASE_URL, POSTGRES_PORT } = env();
  const database = connectDatabase(DATABASE_URL ?? localDatabaseUrl(POSTGRES_PORT));
  try {
    if (isRetry) await retryStalledWork(database, kind, key).then(() => output.say(`The worker looks at ${kind} ${key} again.`));
    else await list(database, output);
  } finally {
    await database.$disconnect();
  }
});
