import { isAppError } from "@/lib/kernel/errors";
import { isDatabaseDown } from "@/lib/platform/database-down";
import type { Logger } from "@/lib/platform/log";

/** What a duty tells of itself. */
export type DutyState = {
  /** Looks that ended well since the start. */
  looks: number;
  /** Looks in a row that failed. */
  failures: number;
  /** What it waits for, in a sentence; null when all is well. */
  waitingFor: string | null;
  lastLookAt: string | null;
};

export type Duty = { look(): Promise<void>; state(): DutyState; idle(): Promise<void> };

/** A failure in words that a person can act on, without anything of the data that was at hand: a database's error may quote it. */
function describe(error: unknown): { code: string; reason: string; at?: string | undefined } {
  if (isAppError(error)) return { code: error.code, reason: error.message };
  if (isDatabaseDown(error)) return { code: "database.unavailable", reason: "The database does not answer. Check DATABASE_URL and that it runs." };
  const name = error instanceof Error ? error.name : typeof error;
  const code = error instanceof Error && "code" in error ? String(error.code) : name;
  const at = error instanceof Error ? error.stack?.split("\n").filter((line) => /^\s+at /.test(line)).slice(0, 6).map((line) => line.trim()).join(" < ") : undefined;
  return { code, reason: `A fault of the software (${code}); see the worker's log.`, at };
}

/**
 * A job that is looked at again and again: one look at a time in this process, and a look that fails only waits for the
 * next. The log tells when a failure begins, changes and ends, not every second of it.
 */
export function createDuty(name: string, { task, log, signal }: { task: () => Promise<void>; log: Logger; signal: AbortSignal }): Duty {
  const state: DutyState = { looks: 0, failures: 0, waitingFor: null, lastLookAt: null };
  let running: Promise<void> | undefined;

  const fail = (error: unknown): void => {
    const told = describe(error);
    state.failures += 1;
    if (state.waitingFor !== told.reason) log.warn({ duty: name, ...told }, "waiting");
    state.waitingFor = told.reason;
  };
  const run = async (): Promise<void> => {
    try {
      await task();
      if (state.waitingFor !== null) log.info({ duty: name, failures: state.failures }, "going on");
      Object.assign(state, { looks: state.looks + 1, failures: 0, waitingFor: null, lastLookAt: new Date().toISOString() });
    } catch (error) {
      fail(error);
    } finally {
      running = undefined;
    }
  };
  return {
    look: () => (signal.aborted ? Promise.resolve() : (running ??= run())),
    state: () => ({ ...state }),
    idle: () => running ?? Promise.resolve(),
  };
}
