import "server-only";
import { readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { isAppError } from "@/lib/kernel/errors";
import type { Database } from "@/lib/platform/database";

export type IndexState = {
  /** Newest block whose events are in the database; null before the first. */
  indexedBlock: number | null;
  /** The chain's newest block; null when it does not answer. */
  headBlock: number | null;
  /** Time of the newest block that the indexer saw (unix seconds): the clock by which pages tell epochs. */
  headTime: number | null;
  /** When the indexer last looked. */
  updatedAt: Date | null;
};

async function readHead(chain: Chain): Promise<number | null> {
  try {
    return (await readChainClock(chain)).block;
  } catch (error) {
    if (isAppError(error, "chain.unreachable")) return null;
    throw error;
  }
}

/** How far the database has read the chain. */
export async function getIndexState(database: Database, chain: Chain): Promise<IndexState> {
  const { chainId } = chain.network;
  const [cursor, headBlock] = await Promise.all([database.chainCursor.findUnique({ where: { chainId } }), readHead(chain)]);
  if (cursor === null) return { indexedBlock: null, headBlock, headTime: null, updatedAt: null };
  return { indexedBlock: cursor.block, headBlock, headTime: cursor.headTime.getTime() / 1000, updatedAt: cursor.updatedAt };
}
