import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import { describeProgress, formatRequest, parseMessage } from "@/local/devnet/engine-message";
import { startEngineProcess, type EngineProcess, type EngineProcessOptions } from "@/local/devnet/engine-process";
import { findRecorded, recordProcess } from "@/local/devnet/stale-process";
import { makeFolder, silentLog } from "@/local/devnet/testing/chain-fixture";

/** A program that speaks the engine's protocol: it echoes, refuses, or dies under a request until it has died often enough. */
const program = `#!${process.execPath}
const fs = require("node:fs"), readline = require("node:readline");
const deaths = process.argv[process.argv.indexOf("--store") + 1] + "/deaths";
const say = (message) => process.stdout.write(JSON.stringify(message) + "\\n");
say({ event: "progress", stage: "keys", done: 1, total: 3, secondsLeft: 2.5 });
process.stdout.write("this is no message\\n");
say({ event: "ready", publicKeyPath: "pk", crsPath: "crs", publicKeyId: "aa", crsId: "bb", cursor: null });
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === "echo") say({ id, result: params });
  if (method === "refuse") say({ id, error: { code: "invalid_proof", message: "no" } });
  if (method === "die") {
    const count = fs.existsSync(deaths) ? Number(fs.readFileSync(deaths, "utf8")) : 0;
    if (count >= params.times) return say({ id, result: "survived" });
    fs.writeFileSync(deaths, String(count + 1));
    process.exit(1);
  }
}).on("close", () => process.exit(0));
`;

let options: EngineProcessOptions;
let remove: () => Promise<void>;
let engine: EngineProcess | undefined;
beforeEach(async () => {
  const made = await makeFolder();
  remove = made.remove;
  const at = (name: string): string => path.join(made.folder, name);
  options = { binary: at("engine"), keysFolder: at("keys"), crsFolder: at("crs"), storeFolder: at("store"), pidFile: at("engine.pid"), log: silentLog, backoff: { first: 5, longest: 20, calm: 60_000 } };
});
afterEach(async () => {
  await engine?.stop();
  await remove();
});

async function start(): Promise<EngineProcess> {
  await writeFile(options.binary, program, { mode: 0o755 });
  engine = startEngineProcess(options);
  return engine;
}

test("requests made before the engine is ready are answered once it is, bytes without 0x on the wire", async () => {
  const started = await start();
  expect(await started.request("echo", { blob: "0xab", list: ["0xcd", "plain"], number: 7 })).toEqual({ blob: "ab", list: ["cd", "plain"], number: 7 });
  expect(await started.ready()).toMatchObject({ publicKeyId: "aa", cursor: null });
  expect(started.waitingFor()).toBeNull();
});

test("a refusal carries the engine's code", async () => {
  const started = await start();
  const refusal: unknown = await started.request("refuse", {}).catch((error: unknown) => error);
  expect(isAppError(refusal, "engine.refused") && refusal.details["reason"]).toBe("invalid_proof");
});

test("an engine that dies under a request is started again and the request with it", async () => {
  const started = await start();
  const [survived, echoed] = await Promise.all([started.request("die", { times: 2 }), started.request("echo", "beside it")]);
  expect([survived, echoed]).toEqual(["survived", "beside it"]);
});

test("a request under which the engine always dies is given up, and others go on", async () => {
  const started = await start();
  const refusal: unknown = await started.request("die", { times: 1_000 }).catch((error: unknown) => error);
  expect(isAppError(refusal, "engine.unavailable")).toBe(true);
  expect(await started.request("echo", "still here")).toBe("still here");
});

test("a program that is not compiled yet is waited for by name", async () => {
  engine = startEngineProcess(options);
  const answer = engine.request("echo", 1);
  await delay(0);
  expect(engine.waitingFor()).toContain(options.binary);
  await writeFile(options.binary, program, { mode: 0o755 });
  expect(await answer).toBe(1);
});

test("an orderly stop closes the engine's input, ends it, and tells those who wait", async () => {
  const started = await start();
  await started.request("echo", 1);
  expect(await findRecorded(options.pidFile)).toBeDefined();
  await started.stop();
  expect(await findRecorded(options.pidFile)).toBeUndefined();
  await expect(started.request("echo", 1)).rejects.toMatchObject({ code: "engine.unavailable" });
});

test("an orphan of a killed devnet is ended before a new engine is started", async () => {
  await writeFile(options.binary, program, { mode: 0o755 });
  const orphan = spawn(options.binary, ["--store", "."], { stdio: ["pipe", "ignore", "ignore"] });
  const ended = new Promise((resolve) => orphan.once("exit", (_, signal) => resolve(signal)));
  await recordProcess(options.pidFile, orphan.pid ?? 0);
  const started = await start();
  expect(await ended).toBe("SIGKILL");
  expect(await started.request("echo", 2)).toBe(2);
});

test("a recorded id that now belongs to another process is left alone", async () => {
  await writeFile(options.pidFile, JSON.stringify({ pid: process.pid, startTime: "long ago" }));
  const started = await start();
  expect(await started.request("echo", 2)).toBe(2);
});

test("lines of the engine are read as what they are", () => {
  expect(parseMessage('{"id":3,"result":null}')).toEqual({ id: 3, result: null });
  expect(parseMessage('{"id":3,"error":{"code":"x","message":"y"}}')).toEqual({ id: 3, error: { code: "x", message: "y" } });
  for (const line of ["", "rubbish", "{}", '{"event":"unheard of"}', '{"event":"ready"}']) expect(parseMessage(line)).toBeUndefined();
  expect(formatRequest(1, "m", { a: "0x00ff" })).toBe('{"id":1,"method":"m","params":{"a":"00ff"}}');
  expect(describeProgress({ event: "progress", stage: "keys", done: 1, total: 3, secondsLeft: 2.5 })).toBe("the FHE engine's keys (1 of 3, about 3 s left)");
  expect(describeProgress({ event: "progress", stage: "keys", done: 1, total: 3, secondsLeft: null })).toBe("the FHE engine's keys (1 of 3)");
});
