import { pino } from "pino";
import { AppError, isAppError } from "@/lib/kernel/errors";
import { env } from "@/lib/platform/env";
import { cacheFolder, engineBinary } from "@/local/build/engine";
import { launchDevnet } from "@/local/devnet/devnet";
import { configExitCode } from "@/local/processes";

async function main(): Promise<void> {
  const settings = env();
  if (settings.NETWORK !== "local") throw new AppError("config.invalid", "The devnet plays chain 31337 only. NETWORK must be local or not set.");
  const log = pino({ level: settings.LOG_LEVEL });
  const devnet = launchDevnet({
    folder: settings.LOCAL_DIR,
    port: settings.DEVNET_PORT,
    anvilPort: settings.ANVIL_PORT,
    engine: settings.FHE_ENGINE,
    engineBinary: settings.FHE_ENGINE_BINARY ?? engineBinary,
    cacheFolder: cacheFolder(),
    log,
  });
  let isStopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      log.info({ signal }, "stopping");
      isStopping = true;
      devnet.stop().then(() => process.exit(0), (error: unknown) => {
        log.error({ err: error }, "the devnet did not end in good order");
        process.exit(1);
      });
    });
  }
  await devnet.ready.catch((error: unknown) => {
    if (!isStopping) throw error;
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(isAppError(error, "config.invalid") ? configExitCode : 1);
});
