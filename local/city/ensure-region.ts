import { createRegion } from "@/lib/chain/gateway/lifecycle";
import { getRegionBySlug } from "@/lib/chain/gateway/histogram";
import { getListing, setListing } from "@/lib/chain/gateway/marketplace";
import { type Chain, readChainClock } from "@/lib/chain/gateway/provider";
import type { Signer } from "@/lib/chain/gateway/signer";
import { localChainId } from "@/lib/chain/model/network";
import type { Listing } from "@/lib/chain/model/order";
import { assertRegion } from "@/lib/geo/model/assert-region";
import type { Region } from "@/lib/geo/model/region";
import { AppError, isAppError } from "@/lib/kernel/errors";

const TOKEN_UNITS_PER_CENT = 10_000n;
const PRICE_CENTS = 50n;

export type CuratorOptions = {
  readonly chain: Chain;
  /** Holds the curator's role on both contracts. */
  readonly curator: Signer;
};

/** Throws `chain.wrong-network` on any chain but 31337: nothing of the demo city belongs anywhere else. */
export function assertLocalChain({ network }: Chain, what: string): void {
  const { chainId } = network;
  if (chainId !== localChainId) throw new AppError("chain.wrong-network", `${what} is made on chain ${localChainId} only; this is chain ${chainId}.`);
}

/**
 * Makes sure that a region of that slug exists and is for sale: 0.50 tUSD or 0.50 EUR for one tile and epoch.
 * `plan` tells its parameters at the chain's time (unix seconds). Safe to repeat; what is there already stays as it is.
 */
export async function ensureRegion({ chain, curator }: CuratorOptions, slug: string, plan: (nowSeconds: number) => Omit<Region, "id">): Promise<Region> {
  const region = (await findRegion(chain, slug)) ?? (await makeRegion({ chain, curator }, plan));
  const wanted: Listing = {
    token: chain.network.addresses.token,
    pricePerRelease: PRICE_CENTS * TOKEN_UNITS_PER_CENT,
    priceFiatMinor: PRICE_CENTS,
    largestDiscountBps: 0,
    active: true,
  };
  const listing = await getListing(chain, region.id);
  if (!listing.active || listing.token !== wanted.token) await setListing(chain, curator, { regionId: region.id, listing: wanted });
  return region;
}

async function makeRegion({ chain, curator }: CuratorOptions, plan: (nowSeconds: number) => Omit<Region, "id">): Promise<Region> {
  const { time } = await readChainClock(chain);
  const wanted = plan(time);
  assertRegion({ ...wanted, id: 0 });
  try {
    await createRegion(chain, curator, wanted);
  } catch (error) {
    if (!isAppError(error, "region.exists")) throw error; // another start was quicker
  }
  return getRegionBySlug(chain, wanted.slug);
}

async function findRegion(chain: Chain, slug: string): Promise<Region | null> {
  try {
    return await getRegionBySlug(chain, slug);
  } catch (error) {
    if (isAppError(error, "region.unknown")) return null;
    throw error;
  }
}
