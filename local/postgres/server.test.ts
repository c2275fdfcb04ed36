import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { delay } from "@/lib/kernel/time";
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
  server = await startPostgres({ folder: path.join(folder, "data"), port: await findFreePort(), throwaway: true, say: () => undefined });
  return server;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const database = connectDatabase(url);
  return database.$queryRawUnsafe(sql).finally(() => database.$disconnect());
}

async function untilAnswered<Value>(question: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await question();
    } catch {
      await delay(50); // it is starting again
    }
  }
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

/** A start of the database that is killed, so that its server stays behind. */
async function startAndKill(): Promise<string> {
  folder = mkdtempSync(path.join(os.tmpdir(), "traffic-postgres-"));
  chmodSync(folder, 0o755);
  const program = ["--conditions=react-server", "--import", "tsx", "local/postgres/testing/keep-running.ts", path.join(folder, "data"), String(await findFreePort())];
  const child = spawn(process.execPath, program, { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise<string>((resolve) => child.stdout.setEncoding("utf8").once("data", (text: string) => resolve(text.trim())));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
  return url;
}

test("a server left behind by a killed start is taken over", async () => {
  await ask(await startAndKill(), "CREATE TABLE kept AS SELECT 7 AS n");
  const next = await start();
  expect(await ask(next.url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
});

test("a server that is killed is started again with what it held", async () => {
  const { url, state } = await start();
  await ask(url, "CREATE TABLE kept AS SELECT 7 AS n");
  process.kill(Number(state().pid), "SIGKILL");
  while (state().restarts === 0) await delay(20);
  expect(await untilAnswered(() => ask(url, "SELECT n FROM kept"))).toEqual([{ n: 7 }]);
  expect(state()).toMatchObject({ state: "running", restarts: 1, lastEnd: "SIGKILL" });
});

test("a port that is taken ends the start with the reason", async () => {
  const blocker = createServer();
  const port = await new Promise<number>((resolve) => blocker.listen(0, "127.0.0.1", () => resolve(Number(Object(blocker.address()).port))));
  folder = mkdtempSync(path.join(os.tmpdir(), "traffic-postgres-"));
  const started = startPostgres({ folder: path.join(folder, "data"), port, throwaway: true, say: () => undefined });
  await expect(started).rejects.toMatchObject({ code: "config.invalid", message: expect.stringContaining("does not start") });
  blocker.close();
});

test("starting a database leaves the process's exit code and signals alone", async () => {
  const before = ["exit", "beforeExit", "SIGINT", "SIGTERM"].map((event) => process.listenerCount(event));
  await start();
  expect(["exit", "beforeExit", "SIGINT", "SIGTERM"].map((event) => process.listenerCount(event))).toEqual(before);
});
