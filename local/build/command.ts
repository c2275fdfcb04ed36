import { spawn, type ChildProcess } from "node:child_process";
import os from "node:os";
import { AppError } from "@/lib/kernel/errors";

export type CommandOptions = {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** Called with each line of output. */
  onLine?: (line: string) => void;
  /** What a person should do when the program is not installed. */
  missing?: string;
  /** Ends the program, and what it has started, when aborted. */
  signal?: AbortSignal | undefined;
  /** Its priority, 19 being the most patient; as this process unless given. */
  priority?: number;
};

/** The program and everything that it has started: it leads a group of its own. */
function endGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === "win32") return void child.kill();
  try {
    process.kill(-child.pid, signal);
  } catch {
    // the group has ended just now
  }
}

const patienceMs = 5_000;

const tailLines = 40;

/**
 * Runs a program to its end. Throws `config.invalid` with the last lines of its output when it fails, hangs, is not there
 * or is ended by the signal.
 */
export async function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<void> {
  options.signal?.throwIfAborted();
  // A group of its own, so that all of it can be ended, and Ctrl-C reaches only this process, which then does so.
  const child = spawn(program, [...args], { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ["ignore", "pipe", "pipe"], detached: process.platform !== "win32" });
  if (child.pid !== undefined && options.priority !== undefined) os.setPriority(child.pid, options.priority);
  const tail = collectTail(child, options.onLine);
  const abort = (): void => {
    endGroup(child, "SIGTERM");
    setTimeout(() => endGroup(child, "SIGKILL"), patienceMs).unref();
  };
  options.signal?.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(() => endGroup(child, "SIGKILL"), options.timeoutMs);
  try {
    const end = await untilClosed(child, options.missing ?? `${program} could not be started.`);
    options.signal?.throwIfAborted();
    if (end === "0") return;
    const why = end === "SIGKILL" ? `gave no answer within ${options.timeoutMs / 1000} s` : `ended with ${end}`;
    throw new AppError("config.invalid", `${[program, ...args].join(" ")} ${why}:\n${tail.join("\n")}`);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", abort);
  }
}

/** The last lines of its output, kept up to date. */
function collectTail(child: ChildProcess, onLine?: (line: string) => void): readonly string[] {
  const tail: string[] = [];
  const take = (chunk: Buffer): void => {
    for (const line of chunk.toString("utf8").split(/\r?\n/)) {
      if (line.trim() === "") continue;
      tail.push(line);
      if (tail.length > tailLines) tail.shift();
      onLine?.(line);
    }
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  return tail;
}

/** Its exit code or the signal that ended it. */
function untilClosed(child: ChildProcess, missing: string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(new AppError("config.invalid", missing, { cause })));
    child.once("close", (code, signal) => resolve(signal ?? String(code)));
  });
}
