import { existsSync } from "node:fs";
import path from "node:path";
import { AppError, isAppError } from "@/lib/kernel/errors";
import { env, type Env } from "@/lib/platform/env";
import { cacheFolder, engineBinary } from "@/local/build/engine";
import { Start } from "@/local/start/start";
import { assertRoom, spaceNeeded } from "@/local/start/disk";
import { assertPortsFree } from "@/local/start/ports";
import { claimFolder } from "@/local/start/run-state";
import { assertPublicSettings } from "@/local/start/services";
import { stopLeftServices } from "@/local/start/stop-left";

/** What can be known before anything is begun. Resolves to what gives the folder free. */
async function check(settings: Env): Promise<() => Promise<void>> {
  if (!existsSync("local/run.ts")) throw new AppError("config.invalid", "Run npm start in the project's folder.");
  const isLocal = settings.NETWORK === "local";
  const compiles = isLocal && settings.FHE_ENGINE_BINARY === undefined && !existsSync(engineBinary);
  if (!isLocal) assertPublicSettings(settings);
  await assertRoom([
    { folder: settings.LOCAL_DIR, bytes: spaceNeeded.run, purpose: "running" },
    ...(compiles ? [{ folder: cacheFolder(), bytes: spaceNeeded.build, purpose: "compiling the engine" }] : []),
  ]);
  const free = await claimFolder(settings.LOCAL_DIR);
  await stopLeftServices(path.resolve(settings.LOCAL_DIR));
  const { PORT, DEVNET_PORT, ANVIL_PORT, POSTGRES_PORT } = settings;
  await assertPortsFree({ PORT, ...(isLocal ? { DEVNET_PORT, ANVIL_PORT } : {}), ...(settings.DATABASE_URL === undefined ? { POSTGRES_PORT } : {}) });
  return free;
}

async function main(): Promise<void> {
  const settings = env();
  const start = new Start({ settings, isDevelopment: process.argv.includes("--dev") });
  // A terminal sends Ctrl-C to every process of its group, and npm passes it on once more: the second is no other wish.
  let stopping: Promise<void> | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (stopping !== undefined) return;
      console.log("\nStopping");
      stopping = start.stop().then(() => process.exit(0));
    });
  }
  try {
    await start.stops.add(await check(settings));
    await start.run();
  } catch (error) {
    if (stopping !== undefined) return; // it broke off because it was to
    const words = error instanceof AppError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.error(`\n${words}\n`);
    await start.stop();
    process.exit(isAppError(error, "config.invalid") ? 1 : 2);
  }
}

await main();
