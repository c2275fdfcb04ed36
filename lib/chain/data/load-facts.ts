import "server-only";
import { emptyFacts, tileKey, type Facts } from "@/lib/chain/model/fold/facts";
import type { Scope } from "@/lib/chain/model/fold/scope";
import { regionSchema } from "@/lib/geo/schema";
import type { DatabaseTransaction as Transaction } from "@/lib/platform/database";

const omit = { chainId: true } as const;
const unixSeconds = (time: Date | null): number | null => (time === null ? null : time.getTime() / 1000);

async function loadRegions(transaction: Transaction, chainId: number, facts: Facts, scopes: readonly Scope[]): Promise<void> {
  const ids = [...new Set(scopes.flatMap((scope) => (scope.kind === "region" || scope.kind === "epoch" ? [scope.regionId] : [])))];
  const rows = await transaction.region.findMany({ where: { chainId, regionId: { in: ids } } });
  for (const { regionId, params, createdBlock, importOnly } of rows) {
    if (params === null || createdBlock === null) continue;
    facts.regions.set(regionId, { region: regionSchema.parse(params), createdBlock, importOnly });
  }
}

async function loadTiles(transaction: Transaction, chainId: number, facts: Facts, scopes: readonly Scope[]): Promise<void> {
  const epochs = new Map<number, number[]>();
  for (const scope of scopes) {
    if (scope.kind === "epoch") epochs.set(scope.regionId, [...(epochs.get(scope.regionId) ?? []), scope.epoch]);
  }
  for (const [regionId, numbers] of epochs) {
    const rows = await transaction.tileEpoch.findMany({ where: { chainId, regionId, epoch: { in: numbers } }, omit });
    for (const { publishedAt, ...row } of rows) facts.tiles.set(tileKey(row), { ...row, publishedAt: unixSeconds(publishedAt) });
  }
}

async function loadOrders(transaction: Transaction, chainId: number, facts: Facts, scopes: readonly Scope[]): Promise<void> {
  const ids = scopes.flatMap((scope) => (scope.kind === "order" ? [scope.orderId] : []));
  const rows = await transaction.chainOrder.findMany({ where: { chainId, orderId: { in: ids } }, omit });
  for (const { amount, ...row } of rows) {
    facts.orders.set(row.orderId, { ...row, amount: amount === null ? null : BigInt(amount.toFixed(0)) });
  }
}

/** The facts that further events of the scopes build upon. (Listings, openings and accepted contributions are whole in each event.) */
export async function loadFacts(transaction: Transaction, chainId: number, scopes: readonly Scope[]): Promise<Facts> {
  const facts = emptyFacts();
  await loadRegions(transaction, chainId, facts, scopes);
  await loadTiles(transaction, chainId, facts, scopes);
  await loadOrders(transaction, chainId, facts, scopes);
  return facts;
}
