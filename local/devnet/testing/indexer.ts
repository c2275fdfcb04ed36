import { readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { runIndexer } from "@/lib/chain/jobs";
import { connectDatabase } from "@/lib/platform/database";

export type Indexer = {
  /** Resolves once everything that is on the chain now is in the database. */
  untilRead(): Promise<void>;
  stop(): Promise<void>;
};

// Only what went wrong is of interest, and standard output belongs to whoever started this.
const say = (_: unknown, sentence?: string): void => void process.stderr.write(`${sentence ?? ""}\n`);
const log = { info: () => undefined, warn: say, error: say };

/** Reads the chain into the database, as the worker does. */
export function startIndexer(chain: Chain, databaseUrl: string): Indexer {
  const database = connectDatabase(databaseUrl);
  const end = new AbortController();
  let failure: unknown;
  const ended = runIndexer({ database, chain, signal: end.signal, log }).catch((error: unknown) => {
    failure = error;
  });
  return {
    untilRead: async () => {
      const { block } = await readChainClock(chain);
      const { chainId } = chain.network;
      for (;;) {
        if (failure !== undefined) throw failure;
        const cursor = await database.chainCursor.findUnique({ where: { chainId } });
        if (cursor !== null && cursor.block >= block) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    stop: async () => {
      end.abort();
      await ended;
      await database.$disconnect();
    },
  };
}
