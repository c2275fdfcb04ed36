import "server-only";
import { z } from "zod";
import { loadFacts } from "@/lib/chain/data/load-facts";
import type { ChainEvent } from "@/lib/chain/model/chain-event";
import { copyFacts, changedFacts } from "@/lib/chain/model/fold/facts";
import { foldEvents } from "@/lib/chain/model/fold/fold-events";
import { parseScope, type Scope } from "@/lib/chain/model/fold/scope";
import { writeFacts } from "@/lib/chain/mutations/write-facts";
import type { DatabaseTransaction as Transaction } from "@/lib/platform/database";

const argsSchema = z.record(z.string(), z.unknown());

/** Forgets everything that events of the scope have told. */
async function wipeScope(transaction: Transaction, chainId: number, scope: Scope): Promise<void> {
  switch (scope.kind) {
    case "region":
      // The name that people gave stays; without parameters the region is not shown.
      await transaction.$executeRaw`UPDATE regions SET params = NULL, created_block = NULL WHERE chain_id = ${chainId} AND region_id = ${scope.regionId}`;
      return;
    case "listing":
      await transaction.listing.deleteMany({ where: { chainId, regionId: scope.regionId } });
      return;
    case "epoch":
      await transaction.tileEpoch.deleteMany({ where: { chainId, regionId: scope.regionId, epoch: scope.epoch } });
      await transaction.acceptedContribution.deleteMany({ where: { chainId, regionId: scope.regionId, epoch: scope.epoch } });
      return;
    case "opening":
      await transaction.releaseOpening.deleteMany({ where: { chainId, releaseId: scope.releaseId } });
      return;
    case "order":
      await transaction.chainOrder.deleteMany({ where: { chainId, orderId: scope.orderId } });
      return;
    case "refusal":
    case "other":
      return;
  }
}

async function readEvents(transaction: Transaction, chainId: number, scopes: readonly string[]): Promise<ChainEvent[]> {
  const rows = await transaction.chainEvent.findMany({ where: { chainId, scope: { in: [...scopes] } }, orderBy: [{ block: "asc" }, { logIndex: "asc" }] });
  return rows.map(({ contract, address, block, blockHash, time, transaction: hash, logIndex, name, args }) => ({
    contract: contract === "histogram" ? "histogram" : "marketplace",
    address, block, blockHash, logIndex, name,
    time: time.getTime() / 1000,
    transaction: hash,
    args: argsSchema.parse(args),
  }));
}

/** Folds the scopes' events again, regions before what lies in them. */
async function refold(transaction: Transaction, chainId: number, scopes: readonly string[]): Promise<void> {
  const events = await readEvents(transaction, chainId, scopes);
  const before = await loadFacts(transaction, chainId, scopes.map(parseScope));
  const after = copyFacts(before);
  foldEvents(after, events, chainId);
  await writeFacts(transaction, chainId, changedFacts(before, after));
}

/** Undoes everything that was read above a block: the scopes that it touched are folded again from the events that are left. */
export async function rollBack(transaction: Transaction, chainId: number, ancestor: number): Promise<void> {
  const above = { chainId, block: { gt: ancestor } };
  const touched = await transaction.chainEvent.findMany({ where: above, distinct: ["scope"], select: { scope: true } });
  const scopes = touched.map(({ scope }) => scope);
  await transaction.chainEvent.deleteMany({ where: above });
  await transaction.chainBlock.deleteMany({ where: { chainId, number: { gt: ancestor } } });
  for (const scope of scopes) await wipeScope(transaction, chainId, parseScope(scope));
  await refold(transaction, chainId, scopes);
}
