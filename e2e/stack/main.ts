import { chmod, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { startStack } from "@/e2e/stack/start-stack";

/**
 * Loop Pilot with a short past: epoch 0 published, epoch 1 void, epoch 2 published, epoch 3 open.
 * Writes one line of JSON to stdout when all stands, and ends when stdin ends.
 */
async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "journeys-"));
  // Postgres may run as another user, who must be able to enter.
  await chmod(folder, 0o755);
  const stack = await startStack({
    folder,
    engineBinary: path.resolve(process.env["FHE_ENGINE_BINARY"] ?? ".build/fhe-engine"),
    cacheFolder: process.env["CACHE_DIR"] ?? path.join(os.homedir(), ".cache", "private-traffic"),
    isDevelopment: process.argv.includes("--dev"),
    ...(process.env["PORT"] === undefined ? {} : { port: Number(process.env["PORT"]) }),
  });
  const end = async (): Promise<void> => {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
    process.exit(0);
  };
  process.stdin.on("end", () => void end()).resume();
  const { feeder } = stack;
  for (const [epoch, fleets] of [3, 1, 3].entries()) {
    await feeder.feed(epoch, fleets);
    await feeder.close(epoch);
    await feeder.publish(epoch);
  }
  await feeder.feed(3, 2);
  process.stdout.write(`${JSON.stringify({ baseUrl: stack.baseUrl, devnetUrl: stack.devnet.url })}\n`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
