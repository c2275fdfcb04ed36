import "server-only";
import { titleOfSlug } from "@/lib/chain/model/region-title";
import type { Facts, RegionFact } from "@/lib/chain/model/fold/facts";
import { insertRows, type Table } from "@/lib/chain/mutations/insert-rows";
import type { DatabaseTransaction as Transaction } from "@/lib/platform/database";

const tiles: Table = {
  name: "tile_epochs",
  columns: {
    chain_id: "int", region_id: "int", epoch: "int", tile: "text", state: "tile_state", tickets: "int", vehicles: "int", weight: "int", vault: "text",
    planes: "int", sealed_block: "int", noised_block: "int", published_block: "int", published_at: "timestamptz", imported: "boolean",
  },
  key: ["chain_id", "region_id", "epoch", "tile"],
  replace: true,
};

const accepted: Table = {
  name: "accepted_contributions",
  columns: {
    chain_id: "int", one_time_address: "text", region_id: "int", epoch: "int", cover: "int", tile: "text", vehicles: "int", levels: "int[]",
    block: "int", transaction: "text", log_index: "int",
  },
  key: ["chain_id", "one_time_address"],
  replace: true,
};

const listings: Table = {
  name: "listings",
  columns: {
    chain_id: "int", region_id: "int", token: "text", price_per_release: "numeric", price_fiat_minor: "bigint", largest_discount_bps: "int", active: "boolean", block: "int",
  },
  key: ["chain_id", "region_id"],
  replace: true,
};

const openings: Table = {
  name: "release_openings",
  columns: { chain_id: "int", release_id: "numeric", reader: "text", expiry: "bigint", block: "int" },
  key: ["chain_id", "release_id", "reader"],
  replace: true,
};

const orders: Table = {
  name: "chain_orders",
  columns: {
    chain_id: "int", order_id: "text", kind: "order_kind", buyer: "text", reader: "text", readers: "text[]", token: "text", amount: "numeric",
    release_count: "int", releases_hash: "text", refunded: "boolean", opened_count: "int", block: "int", transaction: "text",
  },
  key: ["chain_id", "order_id"],
  replace: true,
};

/** `publishedAt` becomes `published_at`. */
function toRow(chainId: number, fact: object): Record<string, unknown> {
  const columns = Object.entries(fact).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]);
  return { chain_id: chainId, ...Object.fromEntries(columns) };
}

/** Unix seconds as Postgres reads them. */
const toTime = (seconds: number | null): string | null => (seconds === null ? null : new Date(seconds * 1000).toISOString());

/** A region keeps the name that the platform gave it; a number that another region had is this one's now. */
async function writeRegion(transaction: Transaction, chainId: number, { region, createdBlock, importOnly }: RegionFact): Promise<void> {
  const { id: regionId, slug } = region;
  await transaction.region.deleteMany({ where: { chainId, regionId, NOT: { slug } } });
  const params = { ...region, chainId, speedEdges: [...region.speedEdges], covers: region.covers.map((cover) => [...cover]) };
  const known = { regionId, params, createdBlock, importOnly };
  await transaction.region.upsert({
    where: { chainId_slug: { chainId, slug } },
    create: { chainId, slug, name: titleOfSlug(slug), ...known },
    update: known,
  });
}

async function writeOpenings(transaction: Transaction, chainId: number, facts: Facts): Promise<void> {
  for (const [key, fact] of facts.openings) {
    if (fact !== null) continue;
    const [releaseId = "", reader = ""] = key.split("/");
    await transaction.releaseOpening.deleteMany({ where: { chainId, releaseId, reader } });
  }
  const open = [...facts.openings.values()].filter((fact) => fact !== null);
  await insertRows(transaction, openings, open.map((fact) => toRow(chainId, fact)));
}

/** Writes facts over what the database has of them. */
export async function writeFacts(transaction: Transaction, chainId: number, facts: Facts): Promise<void> {
  for (const fact of facts.regions.values()) await writeRegion(transaction, chainId, fact);
  await insertRows(transaction, listings, [...facts.listings.values()].map((fact) => toRow(chainId, fact)));
  await insertRows(transaction, tiles, [...facts.tiles.values()].map((fact) => ({ ...toRow(chainId, fact), published_at: toTime(fact.publishedAt) })));
  await insertRows(transaction, accepted, [...facts.accepted.values()].map((fact) => toRow(chainId, fact)));
  await insertRows(transaction, orders, [...facts.orders.values()].map((fact) => toRow(chainId, fact)));
  await writeOpenings(transaction, chainId, facts);
}
