import "server-only";
import type { EventSource } from "@/lib/chain/gateway/event-source";
import type { BlockHead } from "@/lib/chain/model/chain-event";
import type { KnownBlock } from "@/lib/chain/model/cursor";
import type { Database } from "@/lib/platform/database";

/** Where the database stands towards the chain. "behind": the node has not got as far as we have, and nothing contradicts us. */
export type Standing = { kind: "same" } | { kind: "behind" } | { kind: "forked"; ancestor: KnownBlock };

async function isOnChain(source: EventSource, { number, hash }: KnownBlock): Promise<boolean> {
  return (await source.block(number))?.hash === hash;
}

/** The newest of the blocks, given newest first, that the chain has. Reorganisations are shallow, so few are asked for. */
async function findShared(source: EventSource, blocks: readonly KnownBlock[]): Promise<KnownBlock | undefined> {
  for (const block of blocks) if (await isOnChain(source, block)) return block;
  return undefined;
}

/**
 * Compares what has been read with the chain. A shorter chain is no reorganisation by itself (nodes behind one address lag
 * by some blocks): only another block at a remembered height is. A block that the node has forgotten (the local network
 * forgets old empty ones) tells nothing; what is read again then is the same.
 */
export async function findFork(database: Database, source: EventSource, at: { cursor: KnownBlock; head: BlockHead; origin: KnownBlock }): Promise<Standing> {
  const { cursor, head, origin } = at;
  if (cursor.number <= head.number && (cursor.number <= origin.number || (await isOnChain(source, cursor)))) return { kind: "same" };
  const rows = await database.chainBlock.findMany({
    where: { chainId: source.chainId, number: { lte: Math.min(cursor.number, head.number) } },
    orderBy: { number: "desc" },
    select: { number: true, hash: true },
  });
  const [newest] = rows;
  if (cursor.number > head.number && (newest === undefined || (await isOnChain(source, newest)))) return { kind: "behind" };
  return { kind: "forked", ancestor: (await findShared(source, rows)) ?? origin };
}
