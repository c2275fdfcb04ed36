import "server-only";
import { getCatalogRegion } from "@/lib/catalog/data";
import type { CatalogRegion } from "@/lib/catalog/model";
import type { Chain } from "@/lib/chain/gateway/provider";
import type { Region } from "@/lib/geo/model/region";
import { AppError } from "@/lib/kernel/errors";
import { pool } from "@/lib/platform/pool";
import { readIndexClock, type IndexClock, type IndexedNetwork } from "@/lib/releases/data/index-clock";

/**
 * A region by its slug, from the index, with the index's clock. Throws `region.unknown`, `chain.reset`, or `index.behind`
 * while the chain has not been read to its end and the region may still come.
 */
export async function getRegionRecord(network: IndexedNetwork, slug: string): Promise<{ record: CatalogRegion; clock: IndexClock }> {
  const { chainId } = network;
  const [record, clock] = await Promise.all([getCatalogRegion(pool(), chainId, slug), readIndexClock(network)]);
  if (record !== null) return { record, clock };
  const { isBehind, indexedBlock, headBlock } = clock;
  if (isBehind) throw new AppError("index.behind", `The chain is still being read (block ${indexedBlock} of ${headBlock}). Try again in a moment.`);
  throw new AppError("region.unknown", `There is no region "${slug.slice(0, 64)}" on chain ${chainId}.`);
}

/** A region's parameters. Throws `region.unknown`, `index.behind`, `chain.reset`. */
export async function getKnownRegion(chain: Chain, slug: string): Promise<Region> {
  return (await getRegionRecord(chain.network, slug)).record.region;
}
