import "server-only";
import type { EventSource } from "@/lib/chain/gateway/event-source";
import type { BlockHead, ChainEvent } from "@/lib/chain/model/chain-event";
import type { KnownBlock } from "@/lib/chain/model/cursor";
import { mapLimited } from "@/lib/chain/model/map-limited";

export type Page = { readonly events: readonly ChainEvent[]; /** Blocks with events, and the page's last, ascending. */ readonly blocks: readonly BlockHead[] };

const readsAtOnce = 16;

/**
 * Blocks after `base` up to `to` with their events, all of one and the same chain.
 * Null when the chain was reorganised meanwhile (or the node that answered lags): then it is to be asked again.
 */
export async function readPage(source: EventSource, base: KnownBlock, to: number): Promise<Page | null> {
  const from = base.number + 1;
  const first = await source.block(from);
  if (first === null || (base.hash !== "" && first.parentHash !== base.hash)) return null;
  const last = from === to ? first : await source.block(to);
  const events = await source.events(from, to);
  const numbers = [...new Set([...events.map(({ block }) => block), to])].toSorted((one, other) => one - other);
  // The last block is asked for again after the events: unchanged, so is everything before it.
  const blocks = (await mapLimited(numbers, readsAtOnce, (number) => source.block(number))).filter((block) => block !== null);
  const byNumber = new Map(blocks.map((block) => [block.number, block]));
  if (last === null || byNumber.get(to)?.hash !== last.hash) return null;
  const timed = events.flatMap((event) => {
    const block = byNumber.get(event.block);
    return block?.hash === event.blockHash ? [{ ...event, time: block.time }] : [];
  });
  return timed.length === events.length && blocks.length === numbers.length ? { events: timed, blocks } : null;
}
