import "server-only";
import { getPlanes } from "@/lib/chain/gateway/histogram";
import { readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { connectSigner, createPrivateKey, type Signer } from "@/lib/chain/gateway/signer";
import { getTokenBalance } from "@/lib/chain/gateway/token";
import { mapLimited } from "@/lib/chain/model/map-limited";
import { localChainId } from "@/lib/chain/model/network";
import { unpackReleaseId } from "@/lib/chain/model/release-id";
import { createFheClient } from "@/lib/fhe/gateway/client";
import type { FheClient } from "@/lib/fhe/model/client";
import type { ReaderKey } from "@/lib/fhe/model/reader-key";
import { AppError } from "@/lib/kernel/errors";
import { systemRandom } from "@/lib/kernel/random";
import { delay } from "@/lib/kernel/time";
import { buyReleases, type QuoteSource } from "@/lib/orders/gateway";
import { quoteReleases, readQuoteSignerKey } from "@/lib/orders/mutations/quote-releases";
import type { Deployment } from "@/lib/platform/deployment";
import { decodeRelease } from "@/lib/privacy/model/decode-release";
import type { SampleStore } from "@/lib/releases/gateway/sample-store";
import { sampleCellOf, type Sample } from "@/lib/releases/model/sample";
import type { Epoch, RegionAnswer } from "@/lib/releases/schema";

export type SampleWish = { chain: Chain; deployment: Deployment; store: SampleStore; answer: RegionAnswer; /** A published epoch of the region. */ epoch: Epoch };

type Published = { tile: string; releaseId: bigint; vault: string };

/** Releases decrypted at once: more would keep the local key managers from everybody else. */
const releasesAtOnce = 2;
/** Gas of a purchase and its opening costs a small part of this. */
const etherLeast = 10n ** 16n;
const fundingMs = 60_000;

function publishedTiles(epoch: Epoch): Published[] {
  return epoch.tiles.flatMap(({ tile, state, releaseId, vault }) => (state === "published" && vault !== null ? [{ tile, releaseId: BigInt(releaseId), vault }] : []));
}

async function provideReader(fhe: FheClient, store: SampleStore): Promise<ReaderKey> {
  const kept = await store.readReader();
  if (kept !== null) return kept;
  const made = await fhe.createReaderKey(createPrivateKey(systemRandom));
  await store.writeReader(made);
  return made;
}

/** Test money from the local faucet; it gives once a minute, so that being asked too early is waited out. */
async function fund({ chain, deployment }: SampleWish, signer: Signer, tokens: bigint): Promise<void> {
  const isFunded = async () => (await getTokenBalance(chain, signer.address)) >= tokens && (await chain.provider.getBalance(signer.address)) >= etherLeast;
  if (await isFunded()) return;
  await fetch(`${deployment.devnetUrl}/devnet/faucet`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ address: signer.address }),
    signal: AbortSignal.timeout(30_000),
  }).catch((cause: unknown) => {
    throw new AppError("chain.unreachable", "The local faucet does not answer. The sample is taken later.", { cause });
  });
  for (const end = Date.now() + fundingMs; Date.now() < end;) {
    if (await isFunded()) return;
    await delay(500);
  }
  throw new AppError("chain.insufficient-funds", "The local faucet did not fill the sample reader's account. The sample is taken later.");
}

async function buy(wish: SampleWish, reader: ReaderKey, published: readonly Published[]): Promise<void> {
  const { chain, store } = wish;
  const signer = connectSigner(chain, reader.privateKey);
  const quotes: QuoteSource = async (request) => {
    const { time } = await readChainClock(chain);
    const answer = await quoteReleases(chain, request, { signerKey: await readQuoteSignerKey(), nowSeconds: time });
    await fund(wish, signer, answer.quote.amount);
    return answer;
  };
  const memory = store.ordersOf(chain.network.addresses.marketplace);
  await buyReleases(chain, signer, published.map(({ releaseId }) => unpackReleaseId(releaseId)), { reader: reader.address, quotes, memory });
}

async function decrypt({ chain, answer }: SampleWish, fhe: FheClient, reader: ReaderKey, published: readonly Published[]): Promise<Sample["cells"]> {
  const { histogram } = chain.network.addresses;
  const cells = await mapLimited(published, releasesAtOnce, async ({ tile, releaseId, vault }) => {
    const handles = await getPlanes(chain, unpackReleaseId(releaseId));
    const planes = await fhe.decryptRelease({ handles, histogramAddress: histogram, vault, reader });
    return decodeRelease({ planes, tile, region: answer.region }).map(sampleCellOf);
  });
  return cells.flat();
}

/**
 * Buys, opens and decrypts one published epoch of a simulated region with the site's own reader, like every buyer, so that
 * visitors see a real release without buying one. Safe to repeat: nothing is paid twice.
 * Throws `chain.wrong-network` outside of the local network, where nothing is simulated, and what buying and reading throw.
 */
export async function takeSample(wish: SampleWish): Promise<Sample> {
  const { chain, deployment, store, answer, epoch } = wish;
  if (chain.network.chainId !== localChainId) throw new AppError("chain.wrong-network", "Samples are taken of simulated regions alone, which exist on the local network.");
  const published = publishedTiles(epoch);
  const fhe = await createFheClient(deployment);
  try {
    const reader = await provideReader(fhe, store);
    await buy(wish, reader, published);
    const cells = await decrypt(wish, fhe, reader, published);
    await store.writeReader(reader);
    const { slug } = answer.region;
    const sample: Sample = {
      slug, name: answer.name, epoch: epoch.epoch, start: epoch.start, end: epoch.end, takenAt: Math.floor(Date.now() / 1000),
      marketplace: chain.network.addresses.marketplace, threshold: answer.noise.threshold, cells,
    };
    await store.writeSample(sample);
    return sample;
  } finally {
    fhe.close();
  }
}
