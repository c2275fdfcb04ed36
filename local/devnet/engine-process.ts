import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Logger } from "pino";
import { AppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import { describeProgress, formatRequest, parseMessage, type EngineMessage, type EngineReady } from "@/local/devnet/engine-message";
import { compilingFile } from "@/local/engine-binary";
import { recordProcess, stopStale } from "@/local/devnet/stale-process";

export type EngineProcessOptions = {
  binary: string;
  /** Where keys are made at the first start and found at later ones. */
  keysFolder: string;
  /** Cache of public parameters, which take 14 s to make and are the same for everybody. */
  crsFolder: string;
  storeFolder: string;
  pidFile: string;
  log: Logger;
  /** Pauses before the program is started again, in milliseconds: the first, the longest, and the run after which they begin anew. */
  backoff?: { first: number; longest: number; calm: number };
};

type Request = { line: string; attempts: number; resolve(result: unknown): void; reject(error: unknown): void };

/** The engine's program, kept running. Requests wait for it, and are sent again when it has died under them. */
export type EngineProcess = {
  /** Resolves with the answer; throws as `Engine` says. Byte strings may begin with 0x. */
  request(method: string, params: unknown): Promise<unknown>;
  ready(): Promise<EngineReady>;
  waitingFor(): string | null;
  stop(): Promise<void>;
};

const usualBackoff = { first: 250, longest: 10_000, calm: 60_000 };
/** A request under which the engine has died this often is the likely cause, and is given up. */
const attemptsMax = 5;
const stopMs = 20_000;

/** A promise, and the two ways to end it. */
type Deferred<Value> = { promise: Promise<Value>; resolve(value: Value): void; reject(error: unknown): void };

function defer<Value>(): Deferred<Value> {
  const deferred: Partial<Deferred<Value>> = {};
  const promise = new Promise<Value>((resolve, reject) => Object.assign(deferred, { resolve, reject }));
  return { promise, resolve: (value) => deferred.resolve?.(value), reject: (error) => deferred.reject?.(error) };
}

/** Who compiles the engine says beside it how far it is. */
async function describeCompiling(binary: string): Promise<string> {
  const progress = await readFile(compilingFile(binary), "utf8").catch(() => "");
  return progress === "" ? `the FHE engine to be compiled (${binary})` : `the FHE engine: ${progress}`;
}

class SupervisedEngine implements EngineProcess {
  readonly #options: EngineProcessOptions;
  readonly #requests = new Map<number, Request>();
  readonly #stopping = new AbortController();
  readonly #finished: Promise<void>;
  #child: ChildProcessWithoutNullStreams | undefined;
  #waitingFor: string | null = "the FHE engine to start";
  #isReady = false;
  #nextId = 1;
  readonly #ready = defer<EngineReady>();

  constructor(options: EngineProcessOptions) {
    this.#options = options;
    this.#ready.promise.catch(() => undefined); // those who wait for it are told; nobody need wait
    this.#finished = this.#supervise();
  }

  ready(): Promise<EngineReady> {
    return this.#ready.promise;
  }

  waitingFor(): string | null {
    return this.#waitingFor;
  }

  request(method: string, params: unknown): Promise<unknown> {
    if (this.#stopping.signal.aborted) return Promise.reject(new AppError("engine.unavailable", "The FHE engine is being stopped."));
    return new Promise((resolve, reject) => {
      const id = this.#nextId;
      this.#nextId += 1;
      this.#requests.set(id, { line: formatRequest(id, method, params), attempts: 0, resolve, reject });
      if (this.#isReady) this.#send(id);
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    child?.stdin.end();
    const timer = setTimeout(() => child?.kill("SIGKILL"), stopMs);
    await this.#finished;
    clearTimeout(timer);
    const error = new AppError("engine.unavailable", "The FHE engine was stopped.");
    this.#ready.reject(error);
    for (const { reject } of this.#requests.values()) reject(error);
    this.#requests.clear();
  }

  async #supervise(): Promise<void> {
    const backoff = this.#options.backoff ?? usualBackoff;
    let pauseMs = backoff.first;
    while (!this.#stopping.signal.aborted) {
      await this.#untilCompiled();
      if (this.#stopping.signal.aborted) return;
      const startedMs = performance.now();
      await this.#runOnce();
      if (this.#stopping.signal.aborted) return;
      if (performance.now() - startedMs > backoff.calm) pauseMs = backoff.first;
      this.#options.log.warn(`the FHE engine has ended; starting it again in ${pauseMs} ms`);
      this.#waitingFor = "the FHE engine to start again";
      await delay(pauseMs, this.#stopping.signal);
      pauseMs = Math.min(2 * pauseMs, backoff.longest);
    }
  }

  async #untilCompiled(): Promise<void> {
    while (!existsSync(this.#options.binary) && !this.#stopping.signal.aborted) {
      this.#waitingFor = await describeCompiling(this.#options.binary);
      await delay(500, this.#stopping.signal);
    }
  }

  async #runOnce(): Promise<void> {
    const { binary, keysFolder, crsFolder, storeFolder, pidFile, log } = this.#options;
    await stopStale(pidFile);
    for (const folder of [keysFolder, crsFolder, storeFolder]) await mkdir(folder, { recursive: true, mode: 0o700 });
    // A group of its own: Ctrl-C reaches only the devnet, which closes the engine's input.
    const child = spawn(path.resolve(binary), ["serve", "--keys", keysFolder, "--crs-cache", crsFolder, "--store", storeFolder], { detached: true });
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()).once("error", () => resolve()));
    this.#child = child;
    child.once("error", (error) => log.error({ err: error }, "the FHE engine could not be started"));
    child.stdin.on("error", () => undefined); // it has died; its requests are sent again to its successor
    createInterface({ input: child.stderr }).on("line", (line) => log.warn({ engine: line }, "the FHE engine says"));
    createInterface({ input: child.stdout }).on("line", (line) => this.#receive(line));
    if (child.pid !== undefined) {
      os.setPriority(child.pid, 10);
      await recordProcess(pidFile, child.pid);
    }
    if (this.#stopping.signal.aborted) child.stdin.end();
    await ended;
    this.#isReady = false;
    this.#giveUpOnRepeated();
  }

  #receive(line: string): void {
    const message = parseMessage(line);
    if (message === undefined) this.#options.log.error({ line: line.slice(0, 200) }, "the FHE engine sent something that is no message");
    else if ("id" in message) this.#settle(message);
    else if (message.event === "ready") this.#becomeReady(message);
    else if (message.event === "progress") this.#waitingFor = this.#isReady ? null : describeProgress(message);
    else this.#options.log.info({ engine: message }, "the FHE engine says");
  }

  #settle(message: Extract<EngineMessage, { id: number }>): void {
    const request = this.#requests.get(message.id);
    this.#requests.delete(message.id);
    if (request === undefined) return;
    if ("result" in message) return request.resolve(message.result);
    request.reject(new AppError("engine.refused", message.error.message, { details: { reason: message.error.code } }));
  }

  #becomeReady(message: EngineReady): void {
    this.#isReady = true;
    this.#waitingFor = null;
    this.#ready.resolve(message);
    for (const id of this.#requests.keys()) this.#send(id);
  }

  #send(id: number): void {
    const request = this.#requests.get(id);
    if (request === undefined || this.#child === undefined) return;
    request.attempts += 1;
    this.#child.stdin.write(`${request.line}\n`);
  }

  #giveUpOnRepeated(): void {
    for (const [id, request] of this.#requests) {
      if (request.attempts < attemptsMax) continue;
      this.#requests.delete(id);
      request.reject(new AppError("engine.unavailable", `The FHE engine ended ${attemptsMax} times while it worked on this. Its log says why.`));
    }
  }
}

/** Starts the engine's program and keeps it running until it is stopped. Waits for a program that is not compiled yet. */
export function startEngineProcess(options: EngineProcessOptions): EngineProcess {
  return new SupervisedEngine(options);
}
