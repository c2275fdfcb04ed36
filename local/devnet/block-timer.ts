import type { Logger } from "pino";
import { delay } from "@/lib/kernel/time";
import type { Chain } from "@/local/devnet/chain";

export type BlockTimer = { stop(): Promise<void> };

export type BlockTimerOptions = {
  chain: Chain;
  /** Milliseconds between blocks; zero when the chain mines by itself. */
  blockMs: number;
  log: Logger;
};

const dumpPause = { least: 5_000, perDumpMs: 20 };
const blocksPerDump = 300;

/** Mines by the clock and dumps the chain soon after something happened on it, but never so often that dumping is all it does. */
export function startBlockTimer({ chain, blockMs, log }: BlockTimerOptions): BlockTimer {
  const stopping = new AbortController();
  let dumpedAt = -Infinity;
  let pauseMs = dumpPause.least;

  const dumpWhenDue = async (): Promise<void> => {
    const isDue = chain.undumpedTransactions > 0 ? performance.now() - dumpedAt > pauseMs : chain.undumpedBlocks >= blocksPerDump;
    if (!isDue) return;
    const startedAt = performance.now();
    await chain.persist();
    dumpedAt = performance.now();
    pauseMs = Math.max(dumpPause.least, dumpPause.perDumpMs * (dumpedAt - startedAt));
  };

  const run = async (): Promise<void> => {
    for (let next = performance.now(); !stopping.signal.aborted; next += blockMs === 0 ? 1_000 : blockMs) {
      next = Math.max(next, performance.now() - 1_000); // after a pause of the machine, no burst of blocks
      await delay(Math.max(0, next - performance.now()), stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        if (blockMs > 0) await chain.mine();
        await dumpWhenDue();
      } catch (error) {
        log.warn({ err: error }, "no block was mined or dumped");
      }
    }
  };
  const finished = run();

  return {
    stop: () => {
      stopping.abort();
      return finished;
    },
  };
}
