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

type Row = { block: number; head_block: number; head_time: Date };

/** Blocks that an index in step may lag behind. */
const inStepBlocks = 64;

/** How far the index is, and what time it is on the chain. Throws `index.behind` when the chain has never been read. */
export async function readIndexClock(chainId: number): Promise<IndexClock> {
  const { rows } = await pool().query<Row>({ name: "index-clock", text: "SELECT block, head_block, head_time FROM chain_cursors WHERE chain_id = $1", values: [chainId] });
  const [row] = rows;
  if (row === undefined) throw new AppError("index.behind", "The chain has not been read yet. Try again in a moment.");
  return { indexedBlock: row.block, headBlock: row.head_block, time: row.head_time.getTime() / 1000, isBehind: row.block + inStepBlocks < row.head_block };
}
