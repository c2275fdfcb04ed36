import "server-only";
import type { EventSource } from "@/lib/chain/gateway/event-source";
import type { BlockHead, ChainEvent } from "@/lib/chain/model/chain-event";
import type { KnownBlock } from "@/lib/chain/model/cursor";
import { mapLimited } from "@/lib/chain/model/map-limited";

export type Page = { readonly events: readonly ChainEvent[]; /** Blocks with events, and the page's last, ascending. */ readonly blocks: readonly BlockHead[] };

const readsAtOnce = 16;

/** Whether the chain goes on from `base`. Where the next block is one that the node has forgotten, `base` itself must be there. */
async function goesOnFrom(source: EventSource, base: KnownBlock, next: BlockHead | null): Promise<boolean> {
  if (next !== null) return next.parentHash === base.hash;
  return (await source.block(base.number))?.hash === base.hash;
}

/** The page's last block: block `to`, or the newest one where the node has forgotten that. */
async function readEnd(source: EventSource, to: number, newest: number): Promise<BlockHead | null> {
  return (await source.block(to)) ?? (to < newest ? source.block(newest) : null);
}

async function readBlocks(source: EventSource, numbers: Iterable<number>): Promise<Map<number, BlockHead>> {
  const unique = [...new Set(numbers)].toSorted((one, other) => one - other);
  const blocks = await mapLimited(unique, readsAtOnce, (number) => source.block(number));
  return new Map(blocks.filter((block) => block !== null).map((block) => [block.number, block]));
}

/**
 * Blocks after `base` up to `to` (at most `newest`) with their events, all of one and the same chain.
 * Null when the chain was reorganised meanwhile (or the node that answered lags): then it is to be asked again.
 */
export async function readPage(source: EventSource, base: KnownBlock, { to, newest }: { to: number; newest: number }): Promise<Page | null> {
  const from = base.number + 1;
  const first = await source.block(from);
  if (!(await goesOnFrom(source, base, first))) return null;
  const end = from === to && first !== null ? first : await readEnd(source, to, newest);
  if (end === null) return null;
  const events = await source.events(from, end.number);
  // The last block is asked for again after the events: unchanged, so is everything before it.
  const blocks = await readBlocks(source, [...events.map(({ block }) => block), end.number]);
  if (blocks.get(end.number)?.hash !== end.hash) return null;
  const timed = events.flatMap((event) => {
    const block = blocks.get(event.block);
    return block?.hash === event.blockHash ? [{ ...event, time: block.time }] : [];
  });
  return timed.length === events.length ? { events: timed, blocks: [...blocks.values()] } : null;
}
