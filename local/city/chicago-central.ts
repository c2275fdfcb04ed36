import { sendTransaction } from "@/lib/chain/gateway/transaction";
import type { Region } from "@/lib/geo/model/region";
import { sampleDriveParameters } from "@/lib/privacy/model/sample-drive";
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
  // The front page's sample drive is followed under the same parameters.
  return { ...sampleDriveParameters, slug: chicagoCentralSlug, start: (Math.floor(nowSeconds / EPOCH_SECONDS) - PAST_EPOCHS) * EPOCH_SECONDS };
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
