import "server-only";
import type { KnownRegion } from "@/lib/catalog/model";
import type { Database } from "@/lib/platform/database";

/** All named regions of one chain, in the order in which they were made. */
export async function findRegions(database: Database, chainId: number): Promise<KnownRegion[]> {
  const rows = await database.region.findMany({ where: { chainId }, orderBy: { regionId: "asc" } });
  return rows.map(({ slug, regionId, name, isSimulated, importOnly }) => ({ slug, chainId, regionId, name, isSimulated, importOnly }));
}
