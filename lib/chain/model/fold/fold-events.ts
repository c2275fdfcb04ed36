import type { z } from "zod";
import type { ChainEvent } from "@/lib/chain/model/chain-event";
import type { Facts } from "@/lib/chain/model/fold/facts";
import { foldClosed, foldFulfilled, foldListing, foldOpened, foldOrderOpened, foldPaid, foldReaderAdded, foldReaderRemoved, foldRefunded } from "@/lib/chain/model/fold/fold-orders";
import { foldAccepted, foldNoised, foldPublished, foldSealed } from "@/lib/chain/model/fold/fold-tiles";
import { decodeRegionParams } from "@/lib/chain/model/region-params";
import { eventArgs, type ArgsOf } from "@/lib/chain/schema";

type Fold = (facts: Facts, event: ChainEvent, chainId: number) => void;

/** A fold of one kind of event, given its arguments as they are kept. */
function fold<Args>(schema: z.ZodType<Args>, apply: (facts: Facts, args: Args, event: ChainEvent, chainId: number) => void): Fold {
  return (facts, event, chainId) => apply(facts, schema.parse(event.args), event, chainId);
}

function foldRegion(facts: Facts, { regionId, params }: ArgsOf<"RegionCreated">, { block }: ChainEvent, chainId: number): void {
  facts.regions.set(regionId, { region: decodeRegionParams(params, { id: regionId, chainId }), createdBlock: block, importOnly: false });
}

function foldImportOnly(facts: Facts, { regionId }: ArgsOf<"ImportOnly">): void {
  const before = facts.regions.get(regionId);
  if (before !== undefined) facts.regions.set(regionId, { ...before, importOnly: true });
}

const folds: Readonly<Record<string, Fold>> = {
  RegionCreated: fold(eventArgs.RegionCreated, foldRegion),
  ImportOnly: fold(eventArgs.ImportOnly, foldImportOnly),
  ContributionAccepted: fold(eventArgs.ContributionAccepted, foldAccepted),
  TileSealed: fold(eventArgs.TileSealed, foldSealed),
  TileNoised: fold(eventArgs.TileNoised, foldNoised),
  ReleasePublished: fold(eventArgs.ReleasePublished, foldPublished),
  ReleaseOpened: fold(eventArgs.ReleaseOpened, foldOpened),
  ReleaseClosed: fold(eventArgs.ReleaseClosed, foldClosed),
  ListingSet: fold(eventArgs.ListingSet, foldListing),
  OrderPaid: fold(eventArgs.OrderPaid, foldPaid),
  OrderFulfilledByCard: fold(eventArgs.OrderFulfilledByCard, foldFulfilled),
  OrderOpened: fold(eventArgs.OrderOpened, foldOrderOpened),
  OrderRefunded: fold(eventArgs.OrderRefunded, foldRefunded),
  ReaderAdded: fold(eventArgs.ReaderAdded, foldReaderAdded),
  ReaderRemoved: fold(eventArgs.ReaderRemoved, foldReaderRemoved),
};

/**
 * Adds events, in the chain's order, to the facts of their scopes (and of their regions), which it changes.
 * Events that change no fact are passed over. Throws `internal` when an event's region is not among the facts.
 */
export function foldEvents(facts: Facts, events: Iterable<ChainEvent>, chainId: number): void {
  for (const event of events) folds[event.name]?.(facts, event, chainId);
}
