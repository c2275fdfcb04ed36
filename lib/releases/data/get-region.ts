import "server-only";
import { findCatalog } from "@/lib/catalog/data";
import type { CatalogRegion } from "@/lib/catalog/model";
import { getNoiseProfile } from "@/lib/chain/gateway/histogram";
import type { Chain } from "@/lib/chain/gateway/provider";
import { getTokenFacts } from "@/lib/chain/gateway/token";
import { regionTiles, type Region } from "@/lib/geo/model/region";
import { isAppError } from "@/lib/kernel/errors";
import { quoteFor } from "@/lib/orders/model";
import { readDeployment } from "@/lib/platform/deployment";
import { pool } from "@/lib/platform/pool";
import { accounting, expectedErrors } from "@/lib/privacy/model/accounting";
import { profileByName, verifyProfile, type NoiseLaw } from "@/lib/privacy/model/noise-law";
import { connectDeployment } from "@/lib/releases/data/connect";
import { readIndexClock } from "@/lib/releases/data/index-clock";
import { getRegionRecord } from "@/lib/releases/data/known-region";
import type { ListingAnswer, NoiseAnswer, RegionAnswer, RegionsAnswer } from "@/lib/releases/schema";

type TokenFacts = Awaited<ReturnType<typeof getTokenFacts>>;

/** What contracts answer for ever is asked once; a deployment has one or two tokens and three profiles. */
const tokens = new Map<string, TokenFacts>();
const laws = new Map<string, NoiseLaw>();
const noises = new Map<string, NoiseAnswer>();

async function readToken(chain: Chain, token: string): Promise<TokenFacts> {
  const key = `${chain.network.chainId}:${token}`;
  const facts = tokens.get(key) ?? (await getTokenFacts(chain, token));
  tokens.set(key, facts);
  return facts;
}

async function readListing(chain: Chain, { listing }: CatalogRegion): Promise<ListingAnswer> {
  const active = listing?.active === true;
  const token = active ? listing.token : chain.network.addresses.token.toLowerCase();
  const { symbol, decimals } = await readToken(chain, token);
  // One token unit of the smallest kind costs the smallest order.
  const minimum = quoteFor([1n], { decimals }).amount;
  return { token, symbol, decimals, pricePerRelease: (listing?.pricePerRelease ?? 0n).toString(), minimum: minimum.toString(), active };
}

/** The noise law of a profile, held against the contract's own constants as soon as the chain answers. */
async function readLaw(chain: Chain, profile: Region["profile"]): Promise<NoiseLaw> {
  const key = `${chain.network.addresses.histogram}:${profile}`;
  const known = laws.get(key);
  if (known !== undefined) return known;
  try {
    const law = verifyProfile(await getNoiseProfile(chain, profile), profile);
    laws.set(key, law);
    return law;
  } catch (error) {
    if (isAppError(error, "chain.unreachable")) return profileByName(profile);
    throw error;
  }
}

/** Exact accounting takes a tenth of a second; it depends on parameters that never change. */
async function readNoise(chain: Chain, region: Region): Promise<NoiseAnswer> {
  const law = await readLaw(chain, region.profile);
  const key = JSON.stringify([region.profile, region.visitsMax, region.samplingRate]);
  const known = noises.get(key);
  if (known !== undefined) return known;
  const { classSpread, count95, vehicles95, emptyShown } = expectedErrors(law, region.samplingRate);
  const noise = { ...accounting(law, region.visitsMax), classSpread, count95, vehicles95, emptyShown, threshold: law.threshold };
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
 * Throws `region.unknown`, `index.behind`, `chain.reset`, `privacy.unknown-profile`, `config.invalid`, and `chain.unreachable` as long as
 * the token has not been asked for its name.
 */
export async function getRegionAnswer(slug: string): Promise<RegionAnswer> {
  const { chain, deployment } = await connectDeployment();
  const { chainId, gatewayChainId, engine, deployBlock, addresses } = deployment;
  const { record } = await getRegionRecord(deployment, slug);
  const [listing, noise] = await Promise.all([readListing(chain, record), readNoise(chain, record.region)]);
  return {
    name: record.name,
    isSimulated: record.isSimulated,
    importOnly: record.importOnly,
    region: answerOf(record.region),
    tiles: regionTiles(record.region),
    listing,
    noise,
    network: { chainId, gatewayChainId, engine, deployBlock, addresses },
  };
}

/** All regions of the chain that have been read, by number. Throws `index.behind` before the first block was, `config.invalid`. */
export async function findRegionAnswers(): Promise<RegionsAnswer> {
  const deployment = await readDeployment();
  await readIndexClock(deployment);
  const records = await findCatalog(pool(), deployment.chainId);
  return records.map(({ slug, name, region }) => ({ slug, name, tiles: regionTiles(region).length, epochSeconds: region.epochSeconds }));
}
