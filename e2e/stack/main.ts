import { chmod, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { importSome } from "@/e2e/stack/past";
import { startStack } from "@/e2e/stack/start-stack";
import { Stops } from "@/local/devnet/stops";

const stops = new Stops();

async function openFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "journeys-"));
  await stops.add(() => rm(folder, { recursive: true, force: true }));
  // Postgres may run as another user, who must be able to enter.
  await chmod(folder, 0o755);
  return folder;
}

/** Two hours of Chicago Central's twelve tiles. */
const importedReleases = 24;

/**
 * Chicago Central with some imported hours; Loop Pilot with a short past: epoch 0 published, epoch 1 void, epoch 2 published, epoch 3 open.
 * Writes one line of JSON to stdout when all stands.
 */
async function main(): Promise<void> {
  const port = process.env["PORT"];
  const { baseUrl, devnet, chain, feeder, indexer } = await startStack({
    folder: await openFolder(),
    engineBinary: path.resolve(process.env["FHE_ENGINE_BINARY"] ?? ".build/fhe-engine"),
    cacheFolder: process.env["CACHE_DIR"] ?? path.join(os.homedir(), ".cache", "private-traffic"),
    isDevelopment: process.argv.includes("--dev"),
    ...(port === undefined ? {} : { port: Number(port) }),
  }, stops);
  for (const [epoch, fleets] of [3, 1, 3].entries()) {
    await feeder.feed(epoch, fleets);
    await feeder.close(epoch);
    await feeder.publish(epoch);
  }
  await feeder.feed(3, 2);
  await importSome({ devnet, chain, releases: importedReleases });
  await indexer.untilRead();
  process.stdout.write(`${JSON.stringify({ baseUrl, devnetUrl: devnet.url })}\n`);
}

/** Whatever ends this process, nothing of it stays behind. */
async function end(code: number): Promise<void> {
  await stops.run().catch((error: unknown) => console.error(error));
  process.exit(code);
}

process.stdin.on("end", () => void end(0)).resume();
process.once("SIGTERM", () => void end(0));
process.once("SIGINT", () => void end(0));
main().catch((error: unknown) => {
  console.error(error);
  void end(1);
});
