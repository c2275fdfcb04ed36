import { chmodSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { connectDatabase } from "@/lib/platform/database";
import { findFreePort } from "@/local/free-port";
import { startPostgres, type PostgresServer } from "@/local/postgres/server";

let server: PostgresServer | undefined;
let folder = "";

async function start(): Promise<PostgresServer> {
  if (folder === "") {
    folder = mkdtempSync(path.join(os.tmpdir(), "traffic-postgres-"));
    chmodSync(folder, 0o755);
  }
  server = await startPostgres({ folder: path.join(folder, "data"), port: await findFreePort(), throwaway: true });
  return server;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const database = connectDatabase(url);
  return database.$queryRawUnsafe(sql).finally(() => database.$disconnect());
}

afterEach(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
  folder = "";
});

test("a stopped server is started again with what it held", async () => {
  const first = await start();
  await ask(first.url, "CREATE TABLE kept AS SELECT 7 AS n");
  await first.stop();
  const second = await start();
  expect(await ask(second.url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
});

test("a server left behind by a killed start is taken over", async () => {
  const left = await start();
  await ask(left.url, "CREATE TABLE kept AS SELECT 7 AS n");
  const next = await start();
  expect(await ask(next.url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
});

test("starting a database leaves the process's exit code and signals alone", async () => {
  const before = ["exit", "beforeExit", "SIGINT", "SIGTERM"].map((event) => process.listenerCount(event));
  await start();
  expect(["exit", "beforeExit", "SIGINT", "SIGTERM"].map((event) => process.listenerCount(event))).toEqual(before);
});
