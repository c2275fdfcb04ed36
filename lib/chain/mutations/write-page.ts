import "server-only";
import { loadFacts } from "@/lib/chain/data/load-facts";
import type { BlockHead, ChainEvent } from "@/lib/chain/model/chain-event";
import { changedFacts, copyFacts } from "@/lib/chain/model/fold/facts";
import { foldEvents } from "@/lib/chain/model/fold/fold-events";
import { formatScope, parseScope, scopeOf } from "@/lib/chain/model/fold/scope";
import { insertRows, type Table } from "@/lib/chain/mutations/insert-rows";
import type { Page } from "@/lib/chain/mutations/read-page";
import { writeFacts } from "@/lib/chain/mutations/write-facts";
import type { DatabaseTransaction as Transaction } from "@/lib/platform/database";

/** Blocks whose hashes are kept to find where a reorganisation began. */
const blocksKept = 1_000;

const eventTable: Table = {
  name: "chain_events",
  columns: {
    chain_id: "int", address: "text", block: "int", log_index: "int", block_hash: "text", time: "timestamptz", transaction: "text", contract: "text", name: "text", args: "jsonb", scope: "text",
  },
  key: ["chain_id", "address", "block", "log_index"],
  replace: true,
};

const blockTable: Table = { name: "chain_blocks", columns: { chain_id: "int", number: "int", hash: "text", time: "timestamptz" }, key: ["chain_id", "number"], replace: true };

const toTime = (seconds: number): string => new Date(seconds * 1000).toISOString();

async function writeEvents(transaction: Transaction, chainId: number, events: readonly (ChainEvent & { scope: string })[]): Promise<void> {
  const rows = events.map(({ address, block, logIndex, blockHash, time, transaction: hash, contract, name, args, scope }) => ({
    chain_id: chainId, address, block, log_index: logIndex, block_hash: blockHash, time: toTime(time), transaction: hash, contract, name, args, scope,
  }));
  await insertRows(transaction, eventTable, rows);
}

async function writeBlocks(transaction: Transaction, chainId: number, blocks: readonly BlockHead[]): Promise<void> {
  await insertRows(transaction, blockTable, blocks.map(({ number, hash, time }) => ({ chain_id: chainId, number, hash, time: toTime(time) })));
  await transaction.$executeRaw`DELETE FROM chain_blocks WHERE chain_id = ${chainId} AND number <=
    (SELECT number FROM chain_blocks WHERE chain_id = ${chainId} ORDER BY number DESC OFFSET ${blocksKept} LIMIT 1)`;
}

/** Keeps a page's events and blocks, and adds the events to what is known. */
export async function writePage(transaction: Transaction, chainId: number, { events, blocks }: Page): Promise<void> {
  await writeBlocks(transaction, chainId, blocks);
  if (events.length === 0) return;
  const scoped = events.map((event) => ({ ...event, scope: formatScope(scopeOf(event)) }));
  await writeEvents(transaction, chainId, scoped);
  const scopes = [...new Set(scoped.map(({ scope }) => scope))].map(parseScope);
  const before = await loadFacts(transaction, chainId, scopes);
  const after = copyFacts(before);
  foldEvents(after, events, chainId);
  await writeFacts(transaction, chainId, changedFacts(before, after));
}
