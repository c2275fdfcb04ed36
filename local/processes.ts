import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";
import { delay } from "@/lib/kernel/time";

export type Service = {
  name: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Folder for its log, NAME.log. */
  logFolder: string;
  /** How long an orderly end may take before it is killed. */
  stopMs?: number;
};

export type RunningService = { stop(): Promise<void>; restarts(): number };

const backoffMs = { first: 500, longest: 30_000, calm: 60_000 };

/** Runs a Node program, and again with growing pauses whenever it ends by itself, until it is stopped. */
export function superviseService(service: Service): RunningService {
  mkdirSync(service.logFolder, { recursive: true });
  const log = createWriteStream(path.join(service.logFolder, `${service.name}.log`), { flags: "a" });
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  let restarts = 0;
  let pauseMs = backoffMs.first;

  const launch = (): void => {
    const startedMs = performance.now();
    // A group of its own: Ctrl-C reaches only the parent, which then stops its services in order.
    child = spawn(process.execPath, [...service.args], { env: { ...process.env, ...service.env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    child.once("exit", (code, signal) => {
      child = undefined;
      if (stopping.signal.aborted) return;
      if (performance.now() - startedMs > backoffMs.calm) pauseMs = backoffMs.first;
      restarts += 1;
      console.error(`  ! ${service.name} ended (${signal ?? code}); starting it again in ${pauseMs / 1000} s, see ${path.join(service.logFolder, `${service.name}.log`)}`);
      void delay(pauseMs, stopping.signal).then(() => {
        if (!stopping.signal.aborted) launch();
      });
      pauseMs = Math.min(2 * pauseMs, backoffMs.longest);
    });
  };
  launch();

  return {
    restarts: () => restarts,
    stop: async () => {
      stopping.abort();
      await stopChild(child, service.stopMs ?? 10_000);
      log.end();
    },
  };
}

async function stopChild(child: ChildProcess | undefined, stopMs: number): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopMs);
  await ended;
  clearTimeout(timer);
}
