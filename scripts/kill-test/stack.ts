import type { ChildProcess } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { connectChain, type Chain } from "@/lib/chain/gateway/provider";
import { patientRpc } from "@/lib/chain/gateway/rpc";
import { delay } from "@/lib/kernel/time";
import { readDeployment, readLocalAccounts, type LocalAccounts } from "@/lib/platform/deployment";
import { envSchema } from "@/lib/platform/env";
import { findRecorded } from "@/local/devnet/stale-process";
import { launchStart } from "@/local/start/testing/launch-start";
import { findFreePort } from "@/local/free-port";

/** The processes that are killed, in this order, and where each one's id is written down. */
export const parts = {
  site: "logs/site.pid",
  worker: "logs/worker.pid",
  engine: "devnet/engine.pid",
  devnet: "logs/devnet.pid",
  anvil: "devnet/chain/anvil.pid",
  database: "logs/postgres.pid",
} as const;

export type Part = keyof typeof parts;

export const partNames = Object.keys(parts).filter((name): name is Part => name in parts);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A product of its own, started as people start it: `npm start` on free ports, in a folder under the system's temporary one. */
export type Stack = {
  readonly siteUrl: string;
  readonly devnetUrl: string;
  readonly chain: Chain;
  readonly accounts: LocalAccounts;
  readonly folder: string;
  /** The living process of a part; undefined while it is being started again. */
  pidOf(part: Part): Promise<number | undefined>;
  /** Asks the start to end, as Ctrl-C does; resolves to the parts that live on although they should not. */
  stop(): Promise<Part[]>;
};

export type StackOptions = {
  engineBinary: string;
  /** Gets each line that the start writes. */
  onLine(line: string): void;
  env?: Readonly<Record<string, string>>;
};

const statusSchema = z.object({ ready: z.boolean() });
const startMs = 540_000;

async function isReady(siteUrl: string, devnetUrl: string): Promise<boolean> {
  try {
    const status = statusSchema.parse(await (await fetch(`${devnetUrl}/devnet/status`, { signal: AbortSignal.timeout(2_000) })).json());
    const site = await fetch(`${siteUrl}/api/v1/regions`, { signal: AbortSignal.timeout(10_000) });
    return status.ready && site.ok;
  } catch {
    return false; // not up yet
  }
}

async function untilReady(urls: { siteUrl: string; devnetUrl: string }, child: ChildProcess): Promise<void> {
  for (const deadline = performance.now() + startMs; !(await isReady(urls.siteUrl, urls.devnetUrl)); await delay(250)) {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}; its words are above`);
    if (performance.now() > deadline) throw new Error(`the stack was not ready after ${startMs / 1000} s; its words are above`);
  }
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  await ended;
}

type Ports = { PORT: number; DEVNET_PORT: number; ANVIL_PORT: number; POSTGRES_PORT: number };

function launch({ engineBinary, env, onLine }: StackOptions, { folder, ports }: { folder: string; ports: Ports }): ChildProcess {
  const settings = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  const own = { NETWORK: "local", LOCAL_DIR: folder, FHE_ENGINE: "clear", FHE_ENGINE_BINARY: engineBinary, DEMO_CITY: "off", LOG_LEVEL: "warn", DATABASE_URL: "" };
  return launchStart({ ...own, ...settings, ...env }, onLine);
}

/** Starts the stack and resolves once it takes contributions. What it started is ended by `stop`, also when the start fails. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "traffic-kill-"));
  await chmod(folder, 0o755); // Postgres may run as another user
  const [PORT, DEVNET_PORT, ANVIL_PORT, POSTGRES_PORT] = await Promise.all([findFreePort(), findFreePort(), findFreePort(), findFreePort()]);
  const child = launch(options, { folder, ports: { PORT, DEVNET_PORT, ANVIL_PORT, POSTGRES_PORT } });
  const pidOf = (part: Part): Promise<number | undefined> => findRecorded(path.join(folder, parts[part]));
  const stop = async (): Promise<Part[]> => {
    const pids = await Promise.all(partNames.map(async (part) => ({ part, pid: await pidOf(part) })));
    await endChild(child);
    await rm(folder, { recursive: true, force: true });
    return pids.filter(({ pid }) => pid !== undefined && isAlive(pid)).map(({ part }) => part);
  };
  const urls = { siteUrl: `http://127.0.0.1:${PORT}`, devnetUrl: `http://127.0.0.1:${DEVNET_PORT}` };
  try {
    await untilReady(urls, child);
    const settings = envSchema.parse({ LOCAL_DIR: folder });
    const chain = connectChain(await readDeployment(settings), patientRpc);
    return { ...urls, chain, accounts: await readLocalAccounts(settings), folder, pidOf, stop };
  } catch (error) {
    await keepLogs(folder, options.onLine);
    await stop();
    throw error;
  }
}

/** What the services last said, before their folder goes. */
async function keepLogs(folder: string, onLine: (line: string) => void): Promise<void> {
  for (const name of ["site", "worker", "devnet"]) {
    const text = await readFile(path.join(folder, "logs", `${name}.log`), "utf8").catch(() => "");
    for (const line of text.trim().split("\n").slice(-5)) onLine(`${name}: ${line}`);
  }
}
