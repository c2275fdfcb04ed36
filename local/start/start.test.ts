import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { delay } from "@/lib/kernel/time";
import { parseEnv } from "@/lib/platform/env";
import { runCommand } from "@/local/build/command";
import { recordProcess } from "@/local/devnet/stale-process";
import type { ServiceState } from "@/local/processes";
import { Board, type BoardDetails } from "@/local/start/board";
import { claimFolder } from "@/local/start/run-state";
import { assertPublicSettings, describeService } from "@/local/start/services";
import { stopLeftServices } from "@/local/start/stop-left";

let folder = "";
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "traffic-start-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function launchSleeper(): ChildProcess {
  const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { stdio: "ignore" });
  children.push(child);
  return child;
}

function untilEnded(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? String(code))));
}

describe("one start a folder", () => {
  test("a second one is told who has it", async () => {
    const other = launchSleeper();
    await recordProcess(path.join(folder, "start.pid"), Number(other.pid));
    await expect(claimFolder(folder)).rejects.toMatchObject({ code: "config.invalid", message: expect.stringContaining(`process ${other.pid}`) });
  });

  test("one that is gone leaves the folder free", async () => {
    const other = launchSleeper();
    await recordProcess(path.join(folder, "start.pid"), Number(other.pid));
    const ended = untilEnded(other);
    other.kill("SIGKILL");
    await ended;
    const free = await claimFolder(folder);
    await free();
  });
});

describe("what a killed start left behind", () => {
  test("is ended, and nothing else", async () => {
    mkdirSync(path.join(folder, "logs"));
    const [left, bystander] = [launchSleeper(), launchSleeper()];
    await recordProcess(path.join(folder, "logs", "site.pid"), Number(left.pid));
    const ended = untilEnded(left);
    expect(await stopLeftServices(folder)).toEqual(["site"]);
    expect(await ended).toBe("SIGKILL");
    expect([bystander.exitCode, bystander.signalCode]).toEqual([null, null]);
  });

  test("a chain's node is ended when its devnet is gone, and kept when that was started by hand", async () => {
    mkdirSync(path.join(folder, "logs"));
    mkdirSync(path.join(folder, "devnet", "chain"), { recursive: true });
    const [devnet, anvil] = [launchSleeper(), launchSleeper()];
    await recordProcess(path.join(folder, "devnet", "devnet.pid"), Number(devnet.pid));
    await recordProcess(path.join(folder, "devnet", "chain", "anvil.pid"), Number(anvil.pid));
    await stopLeftServices(folder);
    expect([devnet.signalCode, anvil.signalCode]).toEqual([null, null]);
    const [devnetEnded, anvilEnded] = [untilEnded(devnet), untilEnded(anvil)];
    devnet.kill("SIGKILL");
    await devnetEnded;
    await stopLeftServices(folder);
    expect(await anvilEnded).toBe("SIGKILL");
  });

  test("is nothing in a new folder", async () => {
    expect(await stopLeftServices(folder)).toEqual([]);
  });
});

describe("the board", () => {
  const state: ServiceState = { name: "site", state: "running", restarts: 0, since: "2026-11-25T00:00:00.000Z", pid: 7, lastEnd: null };

  test("tells each change, and again what a failed write missed", async () => {
    const board = new Board();
    const told: BoardDetails[] = [];
    let isAway = true;
    board.publishBy(async (details) => {
      if (isAway) throw new Error("the database is away");
      told.push(details);
    }, 10);
    board.set({ ...state, restarts: 1 });
    board.wait("engine", "the FHE engine to be compiled");
    isAway = false;
    while (told.length === 0) await delay(5);
    board.close();
    expect(told[0]).toEqual({ services: [{ ...state, restarts: 1 }], waitingFor: ["the FHE engine to be compiled"] });
  });

  test("forgets what is no longer waited for", () => {
    const board = new Board();
    board.wait("engine", "the FHE engine");
    board.wait("site", "the site");
    board.wait("engine", undefined);
    expect(board.details.waitingFor).toEqual(["the site"]);
  });
});

describe("a public network", () => {
  const complete = {
    NETWORK: "mainnet", DATABASE_URL: "postgresql://u:p@db.example/traffic", RPC_URL: "https://rpc.example", RELAYER_API_KEY: "key",
    TICKET_SIGNER_KEY: `0x${"1".repeat(64)}`, QUOTE_SIGNER_KEY: `0x${"2".repeat(64)}`, UPLOADER_KEY: `0x${"3".repeat(64)}`,
  };

  test("starts with all that it needs", () => {
    assertPublicSettings(parseEnv(complete));
  });

  test.each(["DATABASE_URL", "RPC_URL", "RELAYER_API_KEY", "TICKET_SIGNER_KEY", "QUOTE_SIGNER_KEY", "UPLOADER_KEY"])("without %s does not, and names it", (name) => {
    expect(() => assertPublicSettings(parseEnv({ ...complete, [name]: undefined }))).toThrow(name);
  });

  test("refuses the clear engine", () => {
    expect(() => assertPublicSettings(parseEnv({ ...complete, FHE_ENGINE: "clear" }))).toThrow(/clear engine exists on chain 31337 only/);
  });

  test("gives its services nothing of the local network", () => {
    const service = describeService("worker", { settings: parseEnv(complete), isDevelopment: false, env: { DATABASE_URL: complete.DATABASE_URL } });
    expect(Object.keys(service.env ?? {})).not.toContain("FHE_ENGINE_BINARY");
  });
});

test("a build that is broken off ends with everything that it started", async () => {
  const aborting = new AbortController();
  let grandchild = 0;
  const script = `const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]); console.log(child.pid); setInterval(() => undefined, 1000)`;
  const run = runCommand(process.execPath, ["-e", script], { timeoutMs: 60_000, signal: aborting.signal, onLine: (line) => (grandchild = Number(line)) });
  while (grandchild === 0) await delay(10);
  aborting.abort(new Error("broken off"));
  await expect(run).rejects.toThrow("broken off");
  const isAlive = (): boolean => {
    try {
      process.kill(grandchild, 0);
      return true;
    } catch {
      return false;
    }
  };
  while (isAlive()) await delay(10);
});
