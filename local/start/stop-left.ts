import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { findRecorded, stopStale } from "@/local/devnet/stale-process";
import { stopLeftServer } from "@/local/postgres/server";

/**
 * Ends what a start that was killed has left behind, by the process ids that it wrote down: they would keep its ports.
 * The database comes last, and ends in good order. Resolves to the others' names.
 */
export async function stopLeftServices(folder: string): Promise<string[]> {
  const logs = path.join(folder, "logs");
  if (!existsSync(logs)) return [];
  const ended: string[] = [];
  for (const name of await readdir(logs)) {
    if (!name.endsWith(".pid") || name === "postgres.pid") continue;
    if (await stopStale(path.join(logs, name))) ended.push(path.basename(name, ".pid"));
  }
  // Orphans of a devnet that is gone; one that was started by hand keeps its own.
  const devnet = path.join(folder, "devnet");
  if ((await findRecorded(path.join(devnet, "devnet.pid"))) === undefined) {
    for (const name of ["engine.pid", "chain/anvil.pid"]) await stopStale(path.join(devnet, name));
  }
  await stopLeftServer(logs);
  return ended;
}
