import type { ChainEvent } from "@/lib/chain/model/chain-event";
import { openingKey, type Facts, type OrderFact } from "@/lib/chain/model/fold/facts";
import type { ArgsOf } from "@/lib/chain/schema";

/** Postgres' largest bigint: a time or a price beyond it is as good as this one. */
const bigintMax = 2n ** 63n - 1n;
const clamp = (value: bigint): bigint => (value < bigintMax ? value : bigintMax);

export function foldOpened(facts: Facts, { releaseId, reader, expiry }: ArgsOf<"ReleaseOpened">, { block }: ChainEvent): void {
  facts.openings.set(openingKey({ releaseId, reader }), { releaseId, reader, expiry: clamp(expiry), block });
}

export function foldClosed(facts: Facts, args: ArgsOf<"ReleaseClosed">): void {
  facts.openings.set(openingKey(args), null);
}

export function foldListing(facts: Facts, { regionId, listing }: ArgsOf<"ListingSet">, { block }: ChainEvent): void {
  facts.listings.set(regionId, { ...listing, regionId, priceFiatMinor: clamp(listing.priceFiatMinor), block });
}

const unopened = { refunded: false, openedCount: 0 } as const;

function addOrder(facts: Facts, order: Omit<OrderFact, "readers" | "refunded" | "openedCount">): void {
  facts.orders.set(order.orderId, { ...unopened, ...order, readers: [order.reader] });
}

export function foldPaid(facts: Facts, args: ArgsOf<"OrderPaid">, { block, transaction }: ChainEvent): void {
  addOrder(facts, { ...args, kind: "token", block, transaction });
}

export function foldFulfilled(facts: Facts, args: ArgsOf<"OrderFulfilledByCard">, { block, transaction }: ChainEvent): void {
  addOrder(facts, { ...args, kind: "card", buyer: null, token: null, amount: null, block, transaction });
}

function changeOrder(facts: Facts, orderId: string, change: (order: OrderFact) => Partial<OrderFact>): void {
  const before = facts.orders.get(orderId);
  if (before !== undefined) facts.orders.set(orderId, { ...before, ...change(before) });
}

export function foldOrderOpened(facts: Facts, { orderId, from, count }: ArgsOf<"OrderOpened">): void {
  changeOrder(facts, orderId, ({ openedCount }) => ({ openedCount: Math.max(openedCount, from + count) }));
}

export function foldRefunded(facts: Facts, { orderId }: ArgsOf<"OrderRefunded">): void {
  changeOrder(facts, orderId, () => ({ refunded: true }));
}

export function foldReaderAdded(facts: Facts, { orderId, reader }: ArgsOf<"ReaderAdded">): void {
  changeOrder(facts, orderId, ({ readers }) => ({ readers: [...new Set([...readers, reader])] }));
}

export function foldReaderRemoved(facts: Facts, { orderId, reader }: ArgsOf<"ReaderRemoved">): void {
  changeOrder(facts, orderId, ({ readers }) => ({ readers: readers.filter((other) => other !== reader) }));
}
