import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { pool } from "@/lib/platform/pool";

export type IndexClock = {
  indexedBlock: number;
  /** The chain's newest block at the indexer's last look. */
  headBlock: number;
  /** That block's unix second: the clock by which epochs open and close. */
  time: number;
  /** Older blocks are still being read. */
  isBehind: boolean;
};

type Row = { histogram: string; block: number; head_block: number; head_time: Date };

/** Which network's index is asked for. A deployment is one. */
export type IndexedNetwork = { readonly chainId: number; readonly addresses: { readonly histogram: string } };

/** Blocks that an index in step may lag behind. */
const inStepBlocks = 64;

/**
 * How far the index is, and what time it is on the chain. Throws `index.behind` when the chain has never been read, and
 * `chain.reset` when the database was filled from other contracts than the network's.
 */
export async function readIndexClock({ chainId, addresses }: IndexedNetwork): Promise<IndexClock> {
  const { rows } = await pool().query<Row>({ name: "index-clock", text: "SELECT histogram, block, head_block, head_time FROM chain_cursors WHERE chain_id = $1", values: [chainId] });
  const [row] = rows;
  if (row === undefined) throw new AppError("index.behind", "The chain has not been read yet. Try again in a moment.");
  if (row.histogram !== addresses.histogram.toLowerCase()) {
    throw new AppError("chain.reset", "The database was filled from other contracts than this network's. The local network's are read at the worker's next start; elsewhere run npm run reindex.");
  }
  return { indexedBlock: row.block, headBlock: row.head_block, time: row.head_time.getTime() / 1000, isBehind: row.block + inStepBlocks < row.head_block };
}
