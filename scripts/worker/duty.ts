import { isAppError } from "@/lib/kernel/errors";
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

/**
 * A job that is looked at again and again: one look at a time in this process, and a look that fails only waits for the
 * next. The log tells when a failure begins, changes and ends, not every second of it.
 */
export function createDuty(name: string, { task, log, signal }: { task: () => Promise<void>; log: Logger; signal: AbortSignal }): Duty {
  const state: DutyState = { looks: 0, failures: 0, waitingFor: null, lastLookAt: null };
  let running: Promise<void> | undefined;

  const fail = (error: unknown): void => {
    const isKnown = isAppError(error);
    const reason = isKnown ? error.message : "The database does not answer, or a fault of the software; see the worker's log.";
    state.failures += 1;
    if (state.waitingFor !== reason) log.warn(isKnown ? { duty: name, code: error.code, reason } : { duty: name, err: error }, "waiting");
    state.waitingFor = reason;
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
