import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { delay } from "@/lib/kernel/time";
import { recordProcess, stopStale } from "@/local/devnet/stale-process";
import { isDiskFull } from "@/local/start/disk";
import { openServiceLog, type ServiceLog } from "@/local/service-log";

export type Service = {
  name: string;
  /** The program; Node unless given. */
  program?: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Folder for its log, NAME.log, and its process id, NAME.pid. */
  logFolder: string;
  /** How long an orderly end may take before it is killed. */
  stopMs?: number;
  /** What asks it to end; SIGTERM unless given. */
  stopSignal?: "SIGTERM" | "SIGINT";
  /** The user to run as, where it must not be root. */
  user?: { uid: number; gid: number };
  /** Pauses before it is started again, in milliseconds: the first, the longest, and the run after which they begin anew. */
  backoff?: { first: number; longest: number; calm: number };
  /** Called whenever its state changes. */
  onChange?: (state: ServiceState) => void;
  /** Called with each line that it writes. */
  onLine?: (line: string) => void;
  /** Where the supervisor's own sentences go; stderr unless given. */
  say?: (sentence: string) => void;
};

/** What is known of a service; `since` is when this began, ISO 8601. */
export type ServiceState = {
  name: string;
  state: "running" | "restarting" | "refused" | "stopped";
  restarts: number;
  since: string;
  pid: number | null;
  /** How it last ended by itself: an exit code or a signal's name. */
  lastEnd: string | null;
};

export type RunningService = {
  stop(): Promise<void>;
  restarts(): number;
  state(): ServiceState;
  /** Resolves, with its last words, when it ended because of its configuration: starting it again would not help. */
  readonly refused: Promise<string>;
};

/** A program that ends with this says that it cannot work with this configuration. Source: EX_CONFIG of sysexits.h. */
export const configExitCode = 78;

const usualBackoff = { first: 500, longest: 30_000, calm: 60_000 };

/** Ends what a service that has ended left behind in its group: it would hold its port. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined || process.platform === "win32") return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // nobody was left
  }
}

class Supervisor implements RunningService {
  readonly refused: Promise<string>;
  readonly #service: Service;
  readonly #log: ServiceLog;
  readonly #stopping = new AbortController();
  readonly #backoff: { first: number; longest: number; calm: number };
  readonly #finished: Promise<void>;
  #refuse: (words: string) => void = () => undefined;
  #child: ChildProcess | undefined;
  #state: ServiceState;

  constructor(service: Service) {
    this.#service = service;
    mkdirSync(service.logFolder, { recursive: true });
    this.#log = openServiceLog(path.join(service.logFolder, `${service.name}.log`));
    this.#backoff = service.backoff ?? usualBackoff;
    this.#state = { name: service.name, state: "running", restarts: 0, since: new Date().toISOString(), pid: null, lastEnd: null };
    this.refused = new Promise((resolve) => (this.#refuse = resolve));
    this.#finished = this.#supervise();
  }

  restarts(): number {
    return this.#state.restarts;
  }

  state(): ServiceState {
    return this.#state;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    child?.kill(this.#service.stopSignal ?? "SIGTERM");
    const timer = setTimeout(() => child?.kill("SIGKILL"), this.#service.stopMs ?? 10_000);
    await this.#finished;
    clearTimeout(timer);
    this.#change({ state: "stopped", pid: null });
    await this.#log.close();
  }

  get #pidFile(): string {
    return path.join(this.#service.logFolder, `${this.#service.name}.pid`);
  }

  #say(sentence: string): void {
    const say = this.#service.say ?? ((text) => console.error(`  ! ${text}`));
    say(sentence);
  }

  #change(change: Partial<ServiceState>): void {
    this.#state = { ...this.#state, ...change, since: new Date().toISOString() };
    this.#service.onChange?.(this.#state);
  }

  async #supervise(): Promise<void> {
    const { name } = this.#service;
    await stopStale(this.#pidFile); // left behind by a start that was killed
    for (let pauseMs = this.#backoff.first; !this.#stopping.signal.aborted; pauseMs = Math.min(2 * pauseMs, this.#backoff.longest)) {
      const startedMs = performance.now();
      const end = await this.#runOnce();
      if (this.#stopping.signal.aborted) return;
      if (end === String(configExitCode)) return this.#giveUp();
      if (performance.now() - startedMs > this.#backoff.calm) pauseMs = this.#backoff.first;
      this.#change({ state: "restarting", restarts: this.#state.restarts + 1, pid: null, lastEnd: end });
      this.#say(`${name} ended (${end}); starting it again in ${pauseMs / 1000} s, see ${this.#log.file}`);
      await delay(pauseMs, this.#stopping.signal);
    }
  }

  #giveUp(): void {
    this.#change({ state: "refused", pid: null, lastEnd: String(configExitCode) });
    this.#refuse(this.#log.lastWords());
  }

  /** Resolves to how it ended. */
  async #runOnce(): Promise<string> {
    const { program = process.execPath, args, env, user } = this.#service;
    // A group of its own: Ctrl-C reaches only the parent, which then stops its services in order.
    const child = spawn(program, [...args], { ...user, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
    this.#child = child;
    const ended = new Promise<string>((resolve) => {
      child.once("exit", (code, signal) => resolve(signal ?? String(code)));
      child.once("error", (error) => resolve(error.message));
    });
    for (const output of [child.stdout, child.stderr]) createInterface({ input: output }).on("line", (line) => this.#take(line));
    this.#change({ state: "running", pid: child.pid ?? null });
    if (child.pid !== undefined) await recordProcess(this.#pidFile, child.pid).catch(() => undefined); // a full disk must not end the supervision
    const end = await ended;
    this.#child = undefined;
    endGroup(child.pid);
    return end;
  }

  #take(line: string): void {
    this.#log.write(line);
    this.#service.onLine?.(line);
    if (isDiskFull(line) && this.#log.isFirst("disk")) {
      this.#say(`${this.#service.name} found the disk full. Free some space; it goes on by itself and nothing that was answered is lost.`);
    }
  }
}

/** Runs a program, and again with growing pauses whenever it ends by itself, until it is stopped. */
export function superviseService(service: Service): RunningService {
  return new Supervisor(service);
}
