import { systemClock, type Clock } from "@/lib/kernel/time";

/** The time that blocks carry: the machine's, unless a test has moved it on. Unix seconds. */
export type ChainClock = {
  now(): number;
  /** The next block's time after a block of the given time; always later. */
  next(previous: number): number;
  /** Moves all later blocks on. */
  shift(seconds: number): void;
  /** Fixes the next block's time alone. */
  fixNext(timestamp: number): void;
  /** Takes up where a chain of the given last block time is: one that is ahead of the machine's clock stays ahead. */
  resume(last: number): void;
};

export function createChainClock(clock: Clock = systemClock): ChainClock {
  let offset = 0;
  let fixed: number | undefined;
  const machine = (): number => Math.floor(clock.nowMs() / 1000);
  const now = (): number => machine() + offset;
  return {
    now,
    next: (previous) => {
      if (fixed !== undefined) offset = Math.max(offset, fixed - machine());
      const timestamp = Math.max(previous + 1, fixed ?? now());
      fixed = undefined;
      return timestamp;
    },
    shift: (seconds) => {
      offset += seconds;
    },
    fixNext: (timestamp) => {
      fixed = timestamp;
    },
    resume: (last) => {
      offset = Math.max(0, last - machine());
    },
  };
}
