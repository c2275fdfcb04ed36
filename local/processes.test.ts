import { mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { delay } from "@/lib/kernel/time";
import { superviseService, type RunningService, type Service } from "@/local/processes";

const logFolder = mkdtempSync(path.join(os.tmpdir(), "traffic-services-"));
const running: RunningService[] = [];

/** A service that runs a line of JavaScript. */
function supervise(script: string, more: Partial<Service> = {}): RunningService {
  const service = superviseService({ name: "probe", args: ["-e", script], logFolder, backoff: { first: 10, longest: 40, calm: 60_000 }, say: () => undefined, ...more });
  running.push(service);
  return service;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(10);
}

afterEach(async () => {
  for (const service of running.splice(0)) await service.stop();
  await rm(logFolder, { recursive: true, force: true });
});

const forever = "setInterval(() => undefined, 1000)";

test("a service that is killed runs again, and how it ended is told", async () => {
  const said: string[] = [];
  const service = supervise(forever, { say: (sentence) => said.push(sentence) });
  await until(() => service.state().pid !== null);
  process.kill(Number(service.state().pid), "SIGKILL");
  await until(() => service.restarts() === 1 && service.state().state === "running");
  expect(service.state()).toMatchObject({ lastEnd: "SIGKILL", restarts: 1 });
  expect(said).toEqual([expect.stringMatching(/^probe ended \(SIGKILL\); starting it again in 0.01 s, see .*probe\.log$/)]);
});

test("one that ends again and again gets longer pauses, up to a limit", async () => {
  const said: string[] = [];
  const service = supervise("process.exit(3)", { say: (sentence) => said.push(sentence) });
  await until(() => service.restarts() >= 4);
  expect(said.slice(0, 4).map((sentence) => /in (\S+) s/.exec(sentence)?.[1])).toEqual(["0.01", "0.02", "0.04", "0.04"]);
});

test("one that refuses its configuration is not started again, and its words are kept", async () => {
  const service = supervise("console.error('PORT: must be a number'); process.exitCode = 78");
  expect(await service.refused).toBe("PORT: must be a number");
  expect(service.state()).toMatchObject({ state: "refused", restarts: 0 });
});

test("stopping ends the service alone, in good order", async () => {
  const service = supervise(`process.on("SIGTERM", () => { console.log("in good order"); process.exit(0); }); console.log("up"); ${forever}`);
  await until(() => readLog().includes("up"));
  const pid = Number(service.state().pid);
  await service.stop();
  expect([isAlive(pid), service.restarts(), service.state().state]).toEqual([false, 0, "stopped"]);
  expect(readLog()).toContain("in good order");
});

test("one that does not end when asked is killed", async () => {
  const service = supervise(`process.on("SIGTERM", () => undefined); console.log("up"); ${forever}`, { stopMs: 50 });
  await until(() => readLog().includes("up"));
  const pid = Number(service.state().pid);
  await service.stop();
  expect(isAlive(pid)).toBe(false);
});

test("what a killed service leaves behind in its group is ended with it", async () => {
  const service = supervise(`const { spawn } = require("node:child_process"); console.log("left " + spawn(process.execPath, ["-e", ${JSON.stringify(forever)}]).pid); ${forever}`);
  await until(() => readLog().includes("left "));
  const left = Number(/left (\d+)/.exec(readLog())?.[1]);
  process.kill(Number(service.state().pid), "SIGKILL");
  await until(() => !isAlive(left));
});

test("stopping during a pause does not start it once more", async () => {
  const service = supervise("process.exit(1)", { backoff: { first: 60_000, longest: 60_000, calm: 1 } });
  await until(() => service.restarts() === 1);
  await service.stop();
  expect(service.state()).toMatchObject({ state: "stopped", pid: null });
});

test("a full disk is told once, in a sentence that says what to do", async () => {
  const said: string[] = [];
  const service = supervise(`console.error("ENOSPC: no space left on device, write"); console.error("ENOSPC"); ${forever}`, { say: (sentence) => said.push(sentence) });
  await until(() => said.length > 0);
  await service.stop();
  expect(said).toEqual([expect.stringContaining("Free some space")]);
});

test("a program that cannot be started is tried again, not fatal", async () => {
  const service = supervise("", { program: path.join(logFolder, "not-there") });
  await until(() => service.restarts() >= 2);
  expect(service.state().lastEnd).toContain("ENOENT");
});

function readLog(): string {
  try {
    return readFileSync(path.join(logFolder, "probe.log"), "utf8");
  } catch {
    return ""; // not opened yet
  }
}
