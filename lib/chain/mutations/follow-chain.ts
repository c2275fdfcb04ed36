import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { eventSource, type EventSource } from "@/lib/chain/gateway/event-source";
import type { Chain } from "@/lib/chain/gateway/provider";
import type { BlockHead } from "@/lib/chain/model/chain-event";
import type { KnownBlock } from "@/lib/chain/model/cursor";
import { findFork } from "@/lib/chain/mutations/find-fork";
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

type Place = { readonly head: BlockHead; readonly origin: BlockHead; readonly cursor: KnownBlock | null; readonly knownHead: number | null };

/** What a person does about a chain that is another one than the database was filled from. */
function resetError(chainId: number): AppError {
  const remedy = chainId === 31_337 ? "Restart: the index is then rebuilt by itself, or run npm run reindex." : "Check RPC_URL and the contracts' addresses, then run npm run reindex.";
  return new AppError("chain.reset", `Chain ${chainId} is not the one that the database was filled from: its contracts or its blocks are others. ${remedy}`);
}

/**
 * Where the database stands, after making sure that the chain is still the same one.
 * Throws `chain.reset` when the contracts or the deployment's block are others than those remembered.
 */
async function findPlace(database: Database, source: EventSource): Promise<Place> {
  const { chainId, deployBlock } = source;
  const cursor = await database.chainCursor.findUnique({ where: { chainId } });
  const [head, origin] = [await source.head(), await source.block(deployBlock)];
  if (cursor === null) {
    if (origin === null) throw new AppError("chain.wrong-network", `Chain ${chainId} has no block ${deployBlock}, where the contracts were deployed. Check the deployment.`);
    return { head, origin, cursor: null, knownHead: null };
  }
  const isSame = cursor.histogram === source.histogram && cursor.marketplace === source.marketplace && cursor.originHash === origin?.hash;
  if (!isSame || origin === null) throw resetError(chainId);
  return { head, origin, cursor: { number: cursor.block, hash: cursor.hash }, knownHead: cursor.headBlock };
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
  const standing = place.cursor === null ? ({ kind: "same" } as const) : await findFork(database, source, { cursor: place.cursor, head, origin });
  const ancestor = standing.kind === "forked" ? standing.ancestor : null;
  const base = ancestor ?? place.cursor ?? origin;
  const idle = { from: base.number + 1, to: base.number, rolledBack: null, head: head.number };
  if (standing.kind === "behind") return idle;
  const to = Math.min(base.number + blocksPerPage, head.number - confirmations);
  if (to <= base.number && ancestor === null && place.knownHead === head.number) return idle;
  const page = to > base.number ? await readPage(source, base, to) : null;
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
