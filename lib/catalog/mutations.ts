import "server-only";
import type { KnownRegion } from "@/lib/catalog/model";
import type { Database } from "@/lib/platform/database";

/** What is told of a region; flags that are left out are not set. */
export type RememberedRegion = Pick<KnownRegion, "slug" | "chainId" | "regionId" | "name"> & Partial<Pick<KnownRegion, "isSimulated" | "importOnly">>;

/**
 * Keeps a region's name and flags. Safe to repeat: the chain and the slug identify it, and the newest name, number and
 * flags win (a devnet that was wiped starts its numbers anew).
 */
export async function rememberRegion(database: Database, region: RememberedRegion): Promise<void> {
  const { slug, chainId, regionId, name, isSimulated = false, importOnly = false } = region;
  const told = { regionId, name, isSimulated, importOnly };
  await database.$transaction([
    database.region.deleteMany({ where: { chainId, regionId, NOT: { slug } } }),
    database.region.upsert({ where: { chainId_slug: { chainId, slug } }, create: { slug, chainId, ...told }, update: told }),
  ]);
}
