import { delay } from "@/lib/kernel/time";
import { partNames, type Part, type Stack } from "@/scripts/kill-test/stack";

export type Kill = { part: Part; pid: number; /** Milliseconds until its successor was there. */ backAfterMs: number };

export type KillOptions = {
  rounds: number;
  /** Milliseconds of work between two kills. */
  pauseMs: number;
  signal: AbortSignal;
  onKill(kill: Kill): void;
};

const backMs = 180_000;

async function untilAlive({ pidOf }: Stack, part: Part, unlike?: number): Promise<number> {
  for (const deadline = performance.now() + backMs; performance.now() < deadline; await delay(25)) {
    const pid = await pidOf(part);
    if (pid !== undefined && pid !== unlike) return pid;
  }
  throw new Error(`${part} was not there again after ${backMs / 1000} s`);
}

/** Kills each part with SIGKILL in turn, waits until it is there again, lets things go on for a while, and kills the next. */
export async function killInTurn(stack: Stack, { rounds, pauseMs, signal, onKill }: KillOptions): Promise<Kill[]> {
  const kills: Kill[] = [];
  const turns = Array.from({ length: rounds }, () => partNames).flat();
  for (const part of turns) {
    await delay(pauseMs, signal);
    if (signal.aborted) return kills;
    const pid = await untilAlive(stack, part);
    const startedMs = performance.now();
    process.kill(pid, "SIGKILL");
    await untilAlive(stack, part, pid);
    const kill = { part, pid, backAfterMs: Math.round(performance.now() - startedMs) };
    kills.push(kill);
    onKill(kill);
  }
  return kills;
}
