import { chmodSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { applyMigrations } from "@/lib/platform/migrations";
import { findFreePort } from "@/local/free-port";
import { startPostgres } from "@/local/postgres/server";

declare module "vitest" {
  interface ProvidedContext {
    databaseUrl: string;
  }
}

/** A real Postgres for the database tests, migrated as a deployment would be. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "traffic-db-"));
  chmodSync(folder, 0o755);
  const server = await startPostgres({ folder: path.join(folder, "data"), port: await findFreePort(), throwaway: true });
  await applyMigrations(server.url);
  project.provide("databaseUrl", server.url);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
