import { sendTransaction } from "@/lib/chain/gateway/transaction";
import type { Region } from "@/lib/geo/model/region";
import { isImportOnly, makeImportOnlyData } from "@/local/city/demo-histogram";
import { assertLocalChain, type CuratorOptions, ensureRegion } from "@/local/city/ensure-region";

/** The region's name on pages; the chain has only the slug. */
export const chicagoCentralName = "Chicago Central";
export const chicagoCentralSlug = "chicago-central";

const EPOCH_SECONDS = 3600;
/** How far back the simulated past reaches. */
export const PAST_EPOCHS = 48;

/**
 * Twelve tiles of central Chicago, hourly epochs on the full hour, the standard noise, one in eight visits kept. Its
 * first epoch lies two days before `nowSeconds`, so that there is a past to be imported.
 */
export function chicagoCentral(nowSeconds: number): Omit<Region, "id"> {
  return {
    slug: chicagoCentralSlug,
    start: (Math.floor(nowSeconds / EPOCH_SECONDS) - PAST_EPOCHS) * EPOCH_SECONDS,
    epochSeconds: EPOCH_SECONDS,
    graceSeconds: 0,
    studyUntil: null,
    tileResolution: 7,
    samplingRate: 1 / 8,
    visitsMax: 8,
    ticketsMin: 20,
    profile: "standard",
    speedEdges: [10, 25, 40, 55],
    covers: [
      // The Loop, River North, Lincoln Park, the South Loop with the lake front.
      ["872664c1affffff", "872664c1effffff", "872664c13ffffff", "872664c1bffffff"],
      // Near West Side, West Town, Garfield Park, Wicker Park.
      ["872664ca9ffffff", "872664cadffffff", "872664ca8ffffff", "872664cacffffff"],
      // Pilsen, Chinatown and Bridgeport, Heart of Chicago, North Lawndale.
      ["872664cf4ffffff", "872664cf5ffffff", "872664cf6ffffff", "872664cabffffff"],
    ],
  };
}

/**
 * Makes sure that Chicago Central exists on the local chain, takes imports only, and is for sale. Safe to repeat.
 * Throws `chain.wrong-network` on any chain but 31337, `config.invalid` when its contract is older than this program.
 */
export async function ensureChicagoCentral(options: CuratorOptions): Promise<Region> {
  const { chain, curator } = options;
  assertLocalChain(chain, chicagoCentralName);
  const region = await ensureRegion(options, chicagoCentralSlug, chicagoCentral);
  if (!(await isImportOnly(chain, region.id))) {
    await sendTransaction(chain, curator, { what: "make a region import-only", to: chain.network.addresses.histogram, data: makeImportOnlyData(region.id) });
  }
  return region;
}
