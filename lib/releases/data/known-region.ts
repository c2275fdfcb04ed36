import "server-only";
import { getCatalogRegion } from "@/lib/catalog/data";
import type { CatalogRegion } from "@/lib/catalog/model";
import type { Chain } from "@/lib/chain/gateway/provider";
import type { Region } from "@/lib/geo/model/region";
import { AppError } from "@/lib/kernel/errors";
import { pool } from "@/lib/platform/pool";
import { readIndexClock } from "@/lib/releases/data/index-clock";

/**
 * A region by its slug, from the index. Throws `region.unknown`, or `index.behind` while the chain has not been read to its
 * end and the region may still come.
 */
export async function getRegionRecord(chainId: number, slug: string): Promise<CatalogRegion> {
  const found = await getCatalogRegion(pool(), chainId, slug);
  if (found !== null) return found;
  const { isBehind, indexedBlock, headBlock } = await readIndexClock(chainId);
  if (isBehind) throw new AppError("index.behind", `The chain is still being read (block ${indexedBlock} of ${headBlock}). Try again in a moment.`);
  throw new AppError("region.unknown", `There is no region "${slug.slice(0, 64)}" on chain ${chainId}.`);
}

/** A region's parameters. Throws `region.unknown`, `index.behind`. */
export async function getKnownRegion(chain: Chain, slug: string): Promise<Region> {
  return (await getRegionRecord(chain.network.chainId, slug)).region;
}
