import "server-only";
import { AppError, isAppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import type { Chain } from "@/lib/chain/gateway/provider";
import { localChainId } from "@/lib/chain/model/network";
import { followChain, type FollowStep } from "@/lib/chain/mutations/follow-chain";
import { forgetWork } from "@/lib/chain/mutations/forget-work";
import { wipeIndex } from "@/lib/chain/mutations/rebuild-index";
import type { Database } from "@/lib/platform/database";
import { isDatabaseDown } from "@/lib/platform/database-down";
import { beat, endBeat } from "@/lib/platform/heartbeat";
import type { Logger } from "@/lib/platform/log";

export type IndexerOptions = {
  database: Database;
  chain: Chain;
  /** Ends the indexer after the step at hand. */
  signal: AbortSignal;
  log: Pick<Logger, "info" | "warn" | "error">;
  /** Blocks left unread at the chain's end; default 0: what a reorganisation takes away is undone. */
  confirmations?: number;
};

/** Milliseconds between two looks at the chain's end: a fraction of its blocks' time. */
const pauseMs = (chainId: number): number => (chainId === localChainId ? 400 : 4_000);
const pauseAfterFailureMs = 2_000;
const beatMs = 5_000;

/** Prisma's codes for a transaction that had to wait too long or met another one. */
const busyCodes = new Set(["P2028", "P2034"]);

/** What will pass: the node or the database is away, or too busy. */
function isPassing(error: unknown): boolean {
  if (error instanceof Error && "code" in error && busyCodes.has(String(error.code))) return true;
  return isAppError(error, "chain.unreachable") || isDatabaseDown(error);
}

/** The local network may be wiped between two starts; everything that was read from the old one is forgotten then. */
async function rebuildWhenReset({ database, chain, log }: IndexerOptions): Promise<void> {
  const { chainId } = chain.network;
  try {
    await followChain(database, chain);
  } catch (error) {
    if (!isAppError(error, "chain.reset") || chainId !== localChainId) throw error;
    const refused = await forgetWork(database, chainId);
    await wipeIndex(database, chainId);
    log.warn({ refused }, "the local chain is a new one: what the database had of the old one is forgotten and the new one is read from its beginning");
  }
}

function tell({ log }: IndexerOptions, { from, to, rolledBack }: FollowStep): void {
  if (rolledBack !== null) log.warn({ above: rolledBack, from, to }, "the chain was reorganised; what it took away is undone");
  else if (to - from >= 1_000) log.info({ from, to }, "reading the chain");
}

/** Tells others how far the index is, now and then. */
class Pulse {
  #lastMs = Number.NEGATIVE_INFINITY;

  async give(database: Database, details: { block: number | null; head: number | null; waitingFor: string | null }): Promise<void> {
    if (performance.now() - this.#lastMs < beatMs) return;
    await beat(database, "indexer", details);
    this.#lastMs = performance.now();
  }
}

/** One look at the chain; answers how long to wait before the next. */
async function look(options: IndexerOptions, pulse: Pulse): Promise<number> {
  const { database, chain, confirmations = 0 } = options;
  const step = await followChain(database, chain, { confirmations });
  tell(options, step);
  await pulse.give(database, { block: step.to, head: step.head, waitingFor: null });
  return step.to >= step.from && step.to < step.head - confirmations ? 0 : pauseMs(chain.network.chainId);
}

/**
 * Reads the chain into the database, block by block, until the signal says otherwise. Several may run at once.
 * Waits for a chain or a database that is away. Throws `chain.reset` when the chain is another one than before
 * (the local one is read anew at the start), and `chain.wrong-network`.
 */
export async function runIndexer(options: IndexerOptions): Promise<void> {
  const { database, chain, signal, log } = options;
  const pulse = new Pulse();
  let isStarted = false;
  let told = "";
  while (!signal.aborted) {
    try {
      if (!isStarted) await rebuildWhenReset(options);
      isStarted = true;
      await delay(await look(options, pulse), signal);
      told = "";
    } catch (error) {
      if (!isPassing(error)) throw error;
      const message = error instanceof AppError ? error.message : "the database does not answer";
      if (message !== told) log.warn({ err: error }, `the index waits: ${message}`);
      told = message;
      await pulse.give(database, { block: null, head: null, waitingFor: message }).catch(() => undefined);
      await delay(pauseAfterFailureMs, signal);
    }
  }
  await endBeat(database, "indexer").catch(() => undefined);
  log.info({ chainId: chain.network.chainId }, "the indexer ended");
}
