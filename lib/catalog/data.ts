import "server-only";
import type { Pool } from "pg";
import { z } from "zod";
import type { CatalogRegion, KnownRegion } from "@/lib/catalog/model";
import { regionSchema } from "@/lib/geo/schema";
import type { Database } from "@/lib/platform/database";

/** All named regions of one chain, in the order in which they were made. */
export async function findRegions(database: Database, chainId: number): Promise<KnownRegion[]> {
  const rows = await database.region.findMany({ where: { chainId }, orderBy: { regionId: "asc" } });
  return rows.map(({ slug, regionId, name, isSimulated, importOnly }) => ({ slug, chainId, regionId, name, isSimulated, importOnly }));
}

const rowSchema = z.object({
  slug: z.string(), region_id: z.number(), name: z.string(), is_simulated: z.boolean(), import_only: z.boolean(), params: regionSchema,
  token: z.string().nullable(), price: z.string().nullable(), active: z.boolean().nullable(),
});

const text = `SELECT r.slug, r.region_id, r.name, r.is_simulated, r.import_only, r.params, l.token, l.price_per_release::text AS price, l.active
  FROM regions r LEFT JOIN listings l ON l.chain_id = r.chain_id AND l.region_id = r.region_id
  WHERE r.chain_id = $1 AND ($2::text IS NULL OR r.slug = $2) AND r.params IS NOT NULL ORDER BY r.region_id`;

async function readCatalog(pool: Pick<Pool, "query">, chainId: number, slug: string | null): Promise<CatalogRegion[]> {
  const { rows } = await pool.query({ name: "catalog", text, values: [chainId, slug] });
  return z.array(rowSchema).parse(rows).map((row) => ({
    slug: row.slug, chainId, regionId: row.region_id, name: row.name, isSimulated: row.is_simulated, importOnly: row.import_only, region: row.params,
    listing: row.token === null || row.price === null ? null : { token: row.token, pricePerRelease: BigInt(row.price), active: row.active === true },
  }));
}

/** Every region of the chain that has been read, by number. */
export async function findCatalog(pool: Pick<Pool, "query">, chainId: number): Promise<CatalogRegion[]> {
  return readCatalog(pool, chainId, null);
}

/** The region with a slug; null when none has been read. */
export async function getCatalogRegion(pool: Pick<Pool, "query">, chainId: number, slug: string): Promise<CatalogRegion | null> {
  return (await readCatalog(pool, chainId, slug))[0] ?? null;
}
