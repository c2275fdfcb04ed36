import { chmodSync, mkdtempSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { applyMigrations } from "@/lib/platform/migrations";
import { findFreePort } from "@/local/free-port";
import { startPostgres } from "@/local/postgres/server";

export type TestDatabase = {
  url: string;
  /** Kills the server on the spot; whoever supervises it starts it again. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

/** A real Postgres in a folder of its own, migrated as a deployment would be. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "traffic-db-"));
  chmodSync(folder, 0o755); // Postgres may run as another user
  const server = await startPostgres({ folder: path.join(folder, "data"), port: await findFreePort(), throwaway: true });
  await applyMigrations(server.url);
  return {
    url: server.url,
    kill: async () => {
      const [pid] = (await readFile(path.join(folder, "data", "postmaster.pid"), "utf8")).split("\n");
      process.kill(Number(pid), "SIGKILL");
    },
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
