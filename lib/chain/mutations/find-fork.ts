import "server-only";
import type { EventSource } from "@/lib/chain/gateway/event-source";
import type { BlockHead } from "@/lib/chain/model/chain-event";
import { countShared, type KnownBlock } from "@/lib/chain/model/cursor";
import type { Database } from "@/lib/platform/database";

/** Where the database stands towards the chain. "behind": the node has not got as far as we have, and nothing contradicts us. */
export type Standing = { kind: "same" } | { kind: "behind" } | { kind: "forked"; ancestor: KnownBlock };

async function isOnChain(source: EventSource, { number, hash }: KnownBlock): Promise<boolean> {
  return (await source.block(number))?.hash === hash;
}

/**
 * Compares what has been read with the chain. A shorter chain is no reorganisation by itself (nodes behind one address lag
 * by some blocks): only another block at a remembered height is.
 */
export async function findFork(database: Database, source: EventSource, at: { cursor: KnownBlock; head: BlockHead; origin: KnownBlock }): Promise<Standing> {
  const { cursor, head, origin } = at;
  if (cursor.number <= head.number && (cursor.number <= origin.number || (await isOnChain(source, cursor)))) return { kind: "same" };
  const rows = await database.chainBlock.findMany({
    where: { chainId: source.chainId, number: { lte: Math.min(cursor.number, head.number) } },
    orderBy: { number: "asc" },
    select: { number: true, hash: true },
  });
  const newest = rows.at(-1);
  if (cursor.number > head.number && (newest === undefined || (await isOnChain(source, newest)))) return { kind: "behind" };
  const shared = await countShared(rows, async (number) => (await source.block(number))?.hash ?? null);
  return { kind: "forked", ancestor: rows[shared - 1] ?? origin };
}
