import { createRegion } from "@/lib/chain/gateway/lifecycle";
import { getRegionBySlug } from "@/lib/chain/gateway/histogram";
import { getListing, setListing } from "@/lib/chain/gateway/marketplace";
import { type Chain, readChainClock } from "@/lib/chain/gateway/provider";
import type { Signer } from "@/lib/chain/gateway/signer";
import { localChainId } from "@/lib/chain/model/network";
import type { Listing } from "@/lib/chain/model/order";
import { assertRegion, type Region } from "@/lib/geo/model/region";
import { AppError, isAppError } from "@/lib/kernel/errors";

/** The region's name on pages; the chain has only the slug. */
export const loopPilotName = "Loop Pilot";
export const loopPilotSlug = "loop-pilot";

const EPOCH_SECONDS = 1800;
const TOKEN_UNITS_PER_CENT = 10_000n;
const PRICE_CENTS = 50n;

/**
 * The pilot's parameters: one tile of the Near West Side as a cover of its own, epochs of half an hour on the full
 * and the half hour, everything that is driven there counts (p = 1), the demo's noise. It begins with the half hour
 * that `nowSeconds` lies in, so that an epoch is open at once.
 */
export function loopPilot(nowSeconds: number): Omit<Region, "id"> {
  return {
    slug: loopPilotSlug,
    start: Math.floor(nowSeconds / EPOCH_SECONDS) * EPOCH_SECONDS,
    epochSeconds: EPOCH_SECONDS,
    graceSeconds: 600,
    studyUntil: null,
    tileResolution: 7,
    samplingRate: 1,
    visitsMax: 8,
    ticketsMin: 3,
    profile: "demo",
    speedEdges: [10, 20, 30, 45],
    covers: [["872664ca9ffffff"]],
  };
}

export type PilotOptions = {
  readonly chain: Chain;
  /** Holds the curator's role on both contracts. */
  readonly curator: Signer;
};

/**
 * Makes sure that Loop Pilot exists on the local chain and is for sale: 0.50 tUSD or 0.50 EUR for one tile and epoch.
 * Safe to repeat; what is there already stays as it is.
 * Throws `chain.wrong-network` on any chain but 31337: the demo's noise protects nobody.
 */
export async function ensureLoopPilot({ chain, curator }: PilotOptions): Promise<Region> {
  const { chainId, addresses } = chain.network;
  if (chainId !== localChainId) {
    throw new AppError("chain.wrong-network", `Loop Pilot is made on chain ${localChainId} only; this is chain ${chainId}.`);
  }
  const region = await ensureRegion(chain, curator);
  const wanted: Listing = {
    token: addresses.token,
    pricePerRelease: PRICE_CENTS * TOKEN_UNITS_PER_CENT,
    priceFiatMinor: PRICE_CENTS,
    largestDiscountBps: 0,
    active: true,
  };
  const listing = await getListing(chain, region.id);
  if (!listing.active || listing.token !== wanted.token) await setListing(chain, curator, { regionId: region.id, listing: wanted });
  return region;
}

async function ensureRegion(chain: Chain, curator: Signer): Promise<Region> {
  const known = await findPilot(chain);
  if (known !== null) return known;
  const { time } = await readChainClock(chain);
  const wanted = loopPilot(time);
  assertRegion({ ...wanted, id: 0 });
  try {
    await createRegion(chain, curator, wanted);
  } catch (error) {
    if (!isAppError(error, "region.exists")) throw error; // another start was quicker
  }
  return getRegionBySlug(chain, loopPilotSlug);
}

async function findPilot(chain: Chain): Promise<Region | null> {
  try {
    return await getRegionBySlug(chain, loopPilotSlug);
  } catch (error) {
    if (isAppError(error, "region.unknown")) return null;
    throw error;
  }
}
