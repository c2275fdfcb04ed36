import "server-only";
import { findRegions as findKnownRegions } from "@/lib/catalog/data";
import { findRegions, getNoiseProfile } from "@/lib/chain/gateway/histogram";
import { getListing } from "@/lib/chain/gateway/marketplace";
import type { Chain } from "@/lib/chain/gateway/provider";
import { getTokenFacts } from "@/lib/chain/gateway/token";
import { regionTiles, type Region } from "@/lib/geo/model/region";
import { quoteFor } from "@/lib/orders/model";
import { database } from "@/lib/platform/database";
import { createLogger } from "@/lib/platform/log";
import { accounting, expectedErrors } from "@/lib/privacy/model/accounting";
import { verifyProfile, type NoiseLaw } from "@/lib/privacy/model/noise-law";
import { connectDeployment } from "@/lib/releases/data/connect";
import { getKnownRegion } from "@/lib/releases/data/known-region";
import { nameOfSlug } from "@/lib/releases/model/region-name";
import type { ListingAnswer, NoiseAnswer, RegionAnswer, RegionsAnswer } from "@/lib/releases/schema";

/** Names from the catalogue by slug; without a database the slug itself is the name, and everything else works. */
async function readNames(chainId: number): Promise<Map<string, string>> {
  try {
    return new Map((await findKnownRegions(database(), chainId)).map(({ slug, name }) => [slug, name]));
  } catch (error) {
    createLogger("releases").warn({ err: error }, "the catalogue of names can't be read");
    return new Map();
  }
}

async function readListing(chain: Chain, region: Region): Promise<ListingAnswer> {
  const listing = await getListing(chain, region.id);
  const token = listing.active ? listing.token : chain.network.addresses.token;
  const { symbol, decimals } = await getTokenFacts(chain, token);
  // One token unit of the smallest kind costs the smallest order.
  const minimum = quoteFor([1n], { decimals }).amount;
  return { token, symbol, decimals, pricePerRelease: listing.pricePerRelease.toString(), minimum: minimum.toString(), active: listing.active };
}

const noises = new Map<string, NoiseAnswer>();

function computeNoise(law: NoiseLaw, region: Region): NoiseAnswer {
  const { classSpread, count95, vehicles95, emptyShown } = expectedErrors(law, region.samplingRate);
  return { ...accounting(law, region.visitsMax), classSpread, count95, vehicles95, emptyShown, threshold: law.threshold };
}

/** Exact accounting takes a tenth of a second; it depends on parameters that never change. */
async function readNoise(chain: Chain, region: Region): Promise<NoiseAnswer> {
  const law = verifyProfile(await getNoiseProfile(chain, region.profile), region.profile);
  const key = JSON.stringify([region.profile, region.visitsMax, region.samplingRate]);
  const noise = noises.get(key) ?? computeNoise(law, region);
  noises.set(key, noise);
  return noise;
}

function answerOf(region: Region): RegionAnswer["region"] {
  const [first, second, third, fourth] = region.speedEdges;
  return {
    ...region,
    chainId: region.chainId ?? 0,
    speedEdges: [first, second, third, fourth],
    covers: region.covers.map((cover) => [...cover]),
  };
}

/**
 * Everything that a visitor needs to know of a region: parameters, price, noise, and where its contracts are.
 * Throws `region.unknown`, `privacy.unknown-profile`, `chain.unreachable`, `config.invalid`.
 */
export async function getRegionAnswer(slug: string): Promise<RegionAnswer> {
  const { chain, deployment } = await connectDeployment();
  const region = await getKnownRegion(chain, slug);
  const [listing, noise, names] = await Promise.all([readListing(chain, region), readNoise(chain, region), readNames(deployment.chainId)]);
  const { chainId, gatewayChainId, engine, deployBlock, addresses } = deployment;
  return {
    name: names.get(slug) ?? nameOfSlug(slug),
    region: answerOf(region),
    tiles: regionTiles(region),
    listing,
    noise,
    network: { chainId, gatewayChainId, engine, deployBlock, addresses },
  };
}

/** All regions of the chain, by number. */
export async function findRegionAnswers(): Promise<RegionsAnswer> {
  const { chain, deployment } = await connectDeployment();
  const [regions, names] = await Promise.all([findRegions(chain), readNames(deployment.chainId)]);
  return regions.map((region) => ({
    slug: region.slug,
    name: names.get(region.slug) ?? nameOfSlug(region.slug),
    tiles: regionTiles(region).length,
    epochSeconds: region.epochSeconds,
  }));
}
