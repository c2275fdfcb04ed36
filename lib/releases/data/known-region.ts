import "server-only";
import { getRegionBySlug } from "@/lib/chain/gateway/histogram";
import type { Chain } from "@/lib/chain/gateway/provider";
import type { Region } from "@/lib/geo/model/region";

const known = new Map<string, Region>();
const knownMax = 1_000;

/** A region's parameters; they never change, so they are read once. Throws `region.unknown`, `chain.unreachable`. */
export async function getKnownRegion(chain: Chain, slug: string): Promise<Region> {
  const key = `${chain.network.chainId}:${chain.network.addresses.histogram}:${slug}`;
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  const region = await getRegionBySlug(chain, slug);
  if (known.size >= knownMax) known.clear();
  known.set(key, region);
  return region;
}
