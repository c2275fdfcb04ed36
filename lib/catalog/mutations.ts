import "server-only";
import type { KnownRegion } from "@/lib/catalog/model";
import type { Database } from "@/lib/platform/database";

/**
 * Keeps a region's name. Safe to repeat: the chain and the slug identify it, and the newest name and number win
 * (a devnet that was wiped starts its numbers anew).
 */
export async function rememberRegion(database: Database, region: KnownRegion): Promise<void> {
  await database.$transaction([
    database.region.deleteMany({ where: { chainId: region.chainId, regionId: region.regionId, NOT: { slug: region.slug } } }),
    database.region.upsert({
      where: { chainId_slug: { chainId: region.chainId, slug: region.slug } },
      create: region,
      update: { regionId: region.regionId, name: region.name },
    }),
  ]);
}
