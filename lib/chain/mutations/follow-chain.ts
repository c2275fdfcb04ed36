import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { eventSource, type EventSource } from "@/lib/chain/gateway/event-source";
import type { Chain } from "@/lib/chain/gateway/provider";
import type { BlockHead } from "@/lib/chain/model/chain-event";
import type { KnownBlock } from "@/lib/chain/model/cursor";
import { localChainId } from "@/lib/chain/model/network";
import { findFork, type Standing } from "@/lib/chain/mutations/find-fork";
import { inIndexTransaction } from "@/lib/chain/mutations/index-transaction";
import { readPage, type Page } from "@/lib/chain/mutations/read-page";
import { rollBack } from "@/lib/chain/mutations/roll-back";
import { writePage } from "@/lib/chain/mutations/write-page";
import type { Database, DatabaseTransaction as Transaction } from "@/lib/platform/database";

export type FollowOptions = {
  /** Blocks that are left unread at the chain's end; default 0. */
  confirmations?: number;
  /** Most blocks of one step; default 2,000, which services commonly allow. */
  blocksPerPage?: number;
};

/** Blocks `from` to `to` were read (none when `to` is smaller), after everything above block `rolledBack` was undone. */
export type FollowStep = { from: number; to: number; rolledBack: number | null; head: number };

type Place = {
  readonly head: BlockHead;
  readonly origin: BlockHead;
  readonly cursor: KnownBlock | null;
  readonly knownHead: number | null;
  /** The same contracts, but every block since they were made is another one. */
  readonly isReplayed: boolean;
};

/** What a person does about a chain that is another one than the database was filled from. */
function resetError(chainId: number): AppError {
  const remedy = chainId === localChainId ? "Restart: the index is then rebuilt by itself, or run npm run reindex." : "Check RPC_URL and the contracts' addresses, then run npm run reindex.";
  return new AppError("chain.reset", `Chain ${chainId} is not the one that the database was filled from: its contracts or its blocks are others. ${remedy}`);
}

/**
 * Where the database stands, after making sure that the chain is still the same one.
 * A local network that was killed before it was first written down puts its transactions into new blocks: its contracts
 * (whose addresses are drawn for each network anew) are the same, and all of it is read again.
 * Throws `chain.reset` when the contracts or, elsewhere, the deployment's block are others than those remembered.
 */
async function findPlace(database: Database, source: EventSource): Promise<Place> {
  const { chainId, deployBlock } = source;
  const cursor = await database.chainCursor.findUnique({ where: { chainId } });
  const [head, origin] = [await source.head(), await source.block(deployBlock)];
  if (cursor === null) {
    if (origin === null) throw new AppError("chain.wrong-network", `Chain ${chainId} has no block ${deployBlock}, where the contracts were deployed. Check the deployment.`);
    return { head, origin, cursor: null, knownHead: null, isReplayed: false };
  }
  const hasContracts = cursor.histogram === source.histogram && cursor.marketplace === source.marketplace;
  const isReplayed = cursor.originHash !== origin?.hash;
  if (origin === null || !hasContracts || (isReplayed && chainId !== localChainId)) throw resetError(chainId);
  return { head, origin, cursor: { number: cursor.block, hash: cursor.hash }, knownHead: cursor.headBlock, isReplayed };
}

/** How the database stands towards the chain; `origin` is the block before there were contracts. */
async function compare(database: Database, source: EventSource, { place, origin }: { place: Place; origin: KnownBlock }): Promise<Standing> {
  const { cursor, head, isReplayed } = place;
  if (isReplayed) return { kind: "forked", ancestor: origin };
  return cursor === null ? { kind: "same" } : findFork(database, source, { cursor, head, origin });
}

type Commit = { readonly source: EventSource; readonly place: Place; readonly ancestor: KnownBlock | null; readonly page: Page | null; readonly end: KnownBlock };

/** Whether nobody else has moved the cursor since it was read. */
async function isStillAt(transaction: Transaction, chainId: number, cursor: KnownBlock | null): Promise<boolean> {
  const now = await transaction.chainCursor.findUnique({ where: { chainId } });
  return now?.block === cursor?.number && now?.hash === cursor?.hash;
}

async function writeCursor(transaction: Transaction, { source, place, end }: Commit): Promise<void> {
  const { chainId, histogram, marketplace } = source;
  const known = {
    histogram, marketplace,
    originHash: place.origin.hash,
    block: end.number,
    hash: end.hash,
    headBlock: place.head.number,
    headTime: new Date(place.head.time * 1000),
  };
  await transaction.chainCursor.upsert({ where: { chainId }, create: { chainId, ...known }, update: known });
}

async function commit(database: Database, change: Commit): Promise<boolean> {
  const { chainId } = change.source;
  return inIndexTransaction(database, chainId, async (transaction) => {
    if (!(await isStillAt(transaction, chainId, change.place.cursor))) return false;
    if (change.ancestor !== null) await rollBack(transaction, chainId, change.ancestor.number);
    if (change.page !== null) await writePage(transaction, chainId, change.page);
    await writeCursor(transaction, change);
    return true;
  });
}

/** One step of `followChain` over any source. */
export async function followSource(database: Database, source: EventSource, options: FollowOptions = {}): Promise<FollowStep> {
  const { confirmations = 0, blocksPerPage = 2_000 } = options;
  const place = await findPlace(database, source);
  const { head } = place;
  const origin: KnownBlock = { number: source.deployBlock - 1, hash: place.origin.parentHash };
  const standing = await compare(database, source, { place, origin });
  const ancestor = standing.kind === "forked" ? standing.ancestor : null;
  const base = ancestor ?? place.cursor ?? origin;
  const idle = { from: base.number + 1, to: base.number, rolledBack: null, head: head.number };
  if (standing.kind === "behind") return idle;
  const newest = head.number - confirmations;
  const to = Math.min(base.number + blocksPerPage, newest);
  if (to <= base.number && ancestor === null && place.knownHead === head.number) return idle;
  const page = to > base.number ? await readPage(source, base, { to, newest }) : null;
  if (page === null && to > base.number) return idle;
  const end = page?.blocks.at(-1) ?? base;
  const done = await commit(database, { source, place, ancestor, page, end });
  return done ? { from: base.number + 1, to: end.number, rolledBack: ancestor?.number ?? null, head: head.number } : idle;
}

/**
 * One step of reading the chain into the database: undoes what a reorganisation took away, then reads the next blocks and
 * folds their events, in one transaction. Safe to repeat, to kill and to run twice at once (the slower one changes nothing).
 * Throws `chain.reset`, `chain.unreachable`, `chain.wrong-network`.
 */
export async function followChain(database: Database, chain: Chain, options: FollowOptions = {}): Promise<FollowStep> {
  return followSource(database, eventSource(chain), options);
}
