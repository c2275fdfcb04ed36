import type { Logger } from "pino";
import { z } from "zod";
import { isHex, type Hex } from "@/lib/kernel/hex";
import type { Chain } from "@/local/devnet/chain";
import { HOST_ADDRESSES } from "@/local/devnet/constants";
import type { BlockRecord, BlockReference, Engine } from "@/local/devnet/engine";
import { createMutex } from "@/local/devnet/mutex";
import { logSchema, type Log, type Meaning } from "@/local/devnet/operation";
import type { OperationGraph } from "@/local/devnet/operation-graph";
import { SETTLED_DEPTH } from "@/local/devnet/release-drop";

export type FollowerOptions = {
  chain: Pick<Chain, "call" | "head">;
  engine: Pick<Engine, "cursor" | "record">;
  /** Keeps what must be known of a block besides; is told before the engine, and again whenever the engine is. */
  graph: Pick<OperationGraph, "add">;
  readLog(log: Log): Meaning;
  log: Logger;
};

/** Tells the engine what each block did to ciphertexts. */
export type Follower = {
  /** Resolves when the engine knows every block up to the newest. */
  catchUp(): Promise<void>;
};

const blocksPerQuery = 2_000;
/** How far back a fork is looked for. Deeper ones do not happen: what was dumped stays, and what is deeper may be dropped. */
const forkDepth = SETTLED_DEPTH;

const hashSchema = z.object({ hash: z.string().refine(isHex) }).nullable();
const toQuantity = (number: number): Hex => `0x${number.toString(16)}`;

/** One record for each block that has a log, ascending. */
export function recordsOf(logs: readonly Log[], readLog: (log: Log) => Meaning): BlockRecord[] {
  const records = new Map<number, { block: BlockReference; meanings: Meaning[] }>();
  for (const log of logs) {
    const record = records.get(log.blockNumber) ?? { block: { number: log.blockNumber, hash: log.blockHash }, meanings: [] };
    record.meanings.push(readLog(log));
    records.set(log.blockNumber, record);
  }
  return [...records.values()]
    .sort((left, right) => left.block.number - right.block.number)
    .map(({ block, meanings }) => ({
      block,
      operations: meanings.flatMap(({ operation }) => (operation === undefined ? [] : [operation])),
      allowed: meanings.flatMap(({ allowed }) => allowed ?? []),
    }));
}

/**
 * Follows the chain from where the engine is. A block that is no longer there (after a crash its transactions were mined
 * again, or a test rolled the chain back) leads back to the newest common one: handles name their content, so recording
 * again does no harm.
 */
export function createFollower({ chain, engine, graph, readLog, log }: FollowerOptions): Follower {
  const mutex = createMutex();
  const seen = new Map<number, Hex>();
  let position: BlockReference | undefined;

  const remember = (block: BlockReference): void => {
    position = block;
    seen.set(block.number, block.hash);
    for (const number of seen.keys()) if (number > block.number || number < block.number - forkDepth) seen.delete(number);
  };

  const isThere = async ({ number, hash }: BlockReference): Promise<boolean> => {
    const block = hashSchema.parse(await chain.call("eth_getBlockByNumber", [toQuantity(number), false]));
    return block?.hash === hash;
  };

  /** The block up to which the engine's records agree with the chain. */
  const findCommon = async (): Promise<number> => {
    const start = position ?? (await engine.cursor());
    if (start === null) return -1;
    if (await isThere(start)) return start.number;
    log.warn({ block: start.number }, "the chain was reorganised; recording again from the fork");
    const candidates = [...seen].filter(([number]) => number < start.number).sort(([left], [right]) => right - left);
    for (const [number, hash] of candidates) if (await isThere({ number, hash })) return number;
    return Math.max(-1, start.number - forkDepth);
  };

  const recordRange = async (from: number, to: number): Promise<void> => {
    const filter = { address: [HOST_ADDRESSES.executor, HOST_ADDRESSES.acl], fromBlock: toQuantity(from), toBlock: toQuantity(to) };
    const logs = z.array(logSchema).parse(await chain.call("eth_getLogs", [filter], 120_000));
    for (const record of recordsOf(logs, readLog)) {
      graph.add(record);
      await engine.record(record);
      remember(record.block);
    }
  };

  const sync = async (): Promise<void> => {
    const { number, hash } = chain.head;
    if (position?.number === number && position.hash === hash) return;
    const common = await findCommon();
    for (let from = common + 1; from <= number; from += blocksPerQuery) await recordRange(from, Math.min(from + blocksPerQuery - 1, number));
    remember({ number, hash });
  };

  return { catchUp: () => mutex.run(sync) };
}
