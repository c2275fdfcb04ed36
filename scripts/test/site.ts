import { spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { applyMigrations } from "@/lib/platform/migrations";
import { runStep } from "@/local/build/step";
import { siteStep } from "@/local/build/steps";
import { findFreePort } from "@/local/free-port";
import { startPostgres } from "@/local/postgres/server";

export type TestSiteOptions = {
  /** The local network's folder: where its deployment.json is. */
  localFolder: string;
  env?: Readonly<Record<string, string>>;
  /** Keep every write on disk, as in operation; by default the database is fast and forgetful. */
  durable?: boolean;
};

export type TestSite = { url: string; pid: number | undefined; databaseUrl: string; log(): string; stop(): Promise<void> };

async function waitUntilUp(url: string, child: ChildProcess, log: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The site ended with ${child.exitCode}.\n${log()}`);
    if (await fetch(`${url}/api/v1/openapi.json`, { signal: AbortSignal.timeout(10_000) }).then(({ ok }) => ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The site as it is built for operation, with an empty database of its own, on free ports. It is built first when it has changed. */
export async function startTestSite({ localFolder, env = {}, durable = false }: TestSiteOptions): Promise<TestSite> {
  await runStep(siteStep, { quiet: true });
  const folder = await mkdtemp(path.join(os.tmpdir(), "traffic-site-"));
  await chmod(folder, 0o755); // Postgres may run as another user
  const database = await startPostgres({ folder: path.join(folder, "data"), port: await findFreePort(), throwaway: !durable });
  await applyMigrations(database.url);
  const port = await findFreePort();
  const child = spawn(process.execPath, ["node_modules/next/dist/bin/next", "start", "--hostname", "127.0.0.1", "--port", String(port)], {
    env: { ...process.env, NODE_ENV: "production", LOCAL_DIR: localFolder, DATABASE_URL: database.url, NEXT_TELEMETRY_DISABLED: "1", LOG_LEVEL: "warn", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const take = (chunk: Buffer): void => void (text = (text + chunk.toString("utf8")).slice(-200_000));
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(timer);
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitUntilUp(url, child, () => text);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, pid: child.pid, databaseUrl: database.url, log: () => text, stop };
}
