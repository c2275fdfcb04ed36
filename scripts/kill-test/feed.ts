import { z } from "zod";
import { createRegion } from "@/lib/chain/gateway/lifecycle";
import { getRegionBySlug } from "@/lib/chain/gateway/histogram";
import { readChainClock } from "@/lib/chain/gateway/provider";
import { createDigestSigner } from "@/lib/chain/gateway/digest-signer";
import { addressOfKey, connectSigner, createPrivateKey } from "@/lib/chain/gateway/signer";
import { contributionDigest, ticketDigest } from "@/lib/chain/model/digest";
import { parseHex } from "@/lib/chain/model/parse-hex";
import type { Region } from "@/lib/geo/model/region";
import { defaultCover } from "@/lib/geo/model/tile";
import { contributionAnswerSchema, type ContributionRequest } from "@/lib/ingest/schema";
import type { Hex } from "@/lib/kernel/hex";
import { systemRandom } from "@/lib/kernel/random";
import { delay } from "@/lib/kernel/time";
import { attest } from "@/local/devnet/testing/attested";
import type { Stack } from "@/scripts/kill-test/stack";

/** A contribution that the API took, and what it was told to be. */
export type Sent = { oneTimeAddress: string; id: string; /** Made so that the chain must refuse it. */ isSpoilt: boolean };

const tile = "872664ca9ffffff";
const daySeconds = 86_400;
/** A tile takes 4,032 vehicles an epoch. */
const tilesUsed = 7;
/** One in so many has an attestation that is none, so that refusals are counted as well. */
const spoiltEvery = 89;
const slug = "kill-test";

/** A region whose seven tiles are covers of their own, and whose first epoch stays open for a day. */
export async function makeRegion({ chain, accounts }: Stack): Promise<Region> {
  const { time } = await readChainClock(chain);
  await createRegion(chain, connectSigner(chain, accounts.curator), {
    slug, start: time - 60, epochSeconds: 3_600, graceSeconds: 60, studyUntil: time + daySeconds, tileResolution: 7, samplingRate: 1, visitsMax: 8,
    ticketsMin: 1, profile: "demo", speedEdges: [10, 20, 30, 45], covers: defaultCover(tile).slice(0, tilesUsed).map((one) => [one]),
  });
  return getRegionBySlug(chain, slug);
}

/** Does something until it is done: what is away is being started again. */
async function insist<Value>(task: () => Promise<Value>): Promise<Value> {
  for (let pauseMs = 50; ; pauseMs = Math.min(2 * pauseMs, 1_000)) {
    try {
      return await task();
    } catch (error) {
      if (error instanceof Refused) throw error;
      await delay(pauseMs);
    }
  }
}

/** The API said no to something that is good: no use in asking again. */
class Refused extends Error {}

function spoil(inputProof: Hex): Hex {
  const middle = inputProof.length - 60;
  return parseHex(`${inputProof.slice(0, middle)}${inputProof.slice(middle).replace(/[0-9a-f]/g, (digit) => (digit === "0" ? "1" : "0"))}`);
}

async function prepare(stack: Stack, { region, number }: { region: Region; number: number }): Promise<ContributionRequest> {
  const { chain, accounts, devnetUrl } = stack;
  const histogram = { chainId: chain.network.chainId, verifyingContract: chain.network.addresses.histogram };
  const key = createPrivateKey(systemRandom);
  const oneTimeAddress = addressOfKey(key);
  const input = { values: [BigInt(number + 1)], contractAddress: histogram.verifyingContract, userAddress: oneTimeAddress };
  const { handles, inputProof } = await insist(() => attest(devnetUrl, input));
  const item = { regionId: region.id, epoch: 0, cover: number % tilesUsed, tile: 0n, levels: [], handles, vehicles: 1 };
  const ticketExpiry = Math.floor(Date.now() / 1000) + daySeconds;
  const ticket = { oneTimeAddress, regionId: region.id, epoch: 0, maxLevel: 0, vehicles: 1, expiry: ticketExpiry };
  return {
    ...item, tile: "0", oneTimeAddress, maxLevel: 0, ticketExpiry, inputProof,
    signature: createDigestSigner(key).sign(contributionDigest(histogram, item)),
    ticketSignature: createDigestSigner(accounts.ticketSigner).sign(ticketDigest(histogram, ticket)),
  };
}

async function post({ siteUrl }: Stack, request: ContributionRequest): Promise<string> {
  const response = await fetch(`${siteUrl}/api/v1/contributions`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(request), signal: AbortSignal.timeout(30_000),
  });
  if (response.status === 202) return contributionAnswerSchema.parse(await response.json()).id;
  const words = await response.text();
  const isPassing = response.status >= 500 || response.status === 429 || (response.status === 404 && words.includes("region.unknown"));
  if (isPassing) throw new Error(words);
  throw new Refused(`a contribution was answered ${response.status}: ${words.slice(0, 300)}`);
}

export type FeedOptions = { region: Region; count: number; concurrency: number; onSent(done: number): void };

/** Sends that many contributions through the API, each until it is taken, however often what is asked is killed meanwhile. */
export async function feed(stack: Stack, { region, count, concurrency, onSent }: FeedOptions): Promise<Sent[]> {
  const sent: Sent[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const number = next;
      next += 1;
      const isSpoilt = number % spoiltEvery === spoiltEvery - 1;
      const good = await prepare(stack, { region, number });
      const request = isSpoilt ? { ...good, inputProof: spoil(good.inputProof) } : good;
      const id = await insist(() => post(stack, request));
      sent.push({ oneTimeAddress: request.oneTimeAddress.toLowerCase(), id, isSpoilt });
      onSent(sent.length);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return sent;
}

/** The site knows the region: its indexer has read it. */
export async function untilKnown({ siteUrl }: Stack): Promise<void> {
  await insist(async () => z.literal(true).parse((await fetch(`${siteUrl}/api/v1/regions/${slug}`)).ok));
}
