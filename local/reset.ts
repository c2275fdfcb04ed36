import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { env } from "@/lib/platform/env";
import { findRecorded } from "@/local/devnet/stale-process";
import { stopLeftServices } from "@/local/start/stop-left";

/** Whether a devnet answers: then wiping its folder would pull the ground from under it. */
async function isRunning(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/devnet/status`, { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    return false; // nothing listens there
  }
}

/** Only a folder that the local network made is wiped, so that a mistyped LOCAL_DIR costs nothing. */
async function assertOurs(folder: string): Promise<void> {
  const known = ["devnet", "postgres", "logs", "engine", "deployment.json"];
  if (known.some((name) => existsSync(path.join(folder, name)))) return;
  throw new AppError("config.invalid", `${folder} does not look like the local network's folder; nothing was removed. Check LOCAL_DIR.`);
}

async function main(): Promise<void> {
  const settings = env();
  const folder = path.resolve(settings.LOCAL_DIR);
  if (!existsSync(folder)) return console.log("Nothing to wipe.");
  const start = await findRecorded(path.join(folder, "start.pid"));
  if (start !== undefined) throw new AppError("config.invalid", `npm start runs for ${folder} (process ${start}). Stop it first (Ctrl-C there).`);
  if (await isRunning(settings.DEVNET_PORT)) throw new AppError("config.invalid", "The local network is running. Stop it first (Ctrl-C where npm start runs).");
  await assertOurs(folder);
  await stopLeftServices(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  console.log("Wiped: chain, keys, ciphertexts and database. The next start makes new ones.");
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
