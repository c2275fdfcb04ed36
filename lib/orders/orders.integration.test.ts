import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getOpenUntil, getPlanes, getTileStatus } from "@/lib/chain/gateway/histogram";
import { createRegion, releaseTile, sealTile } from "@/lib/chain/gateway/lifecycle";
import { buy, getOrder, refundOrder, setListing } from "@/lib/chain/gateway/marketplace";
import { connectChain, readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { addressOfKey, connectSigner, createPrivateKey, type Signer } from "@/lib/chain/gateway/signer";
import { getTokenBalance, noPermit } from "@/lib/chain/gateway/token";
import { packReleaseId, type ReleaseKey } from "@/lib/chain/model/release-id";
import { createFheClient } from "@/lib/fhe/gateway/client";
import type { FheClient } from "@/lib/fhe/model/client";
import { RunJournal } from "@/lib/ingest/gateway/run-journal";
import { localTickets } from "@/lib/ingest/gateway/tickets";
import { contribute } from "@/lib/ingest/mutations/contribute";
import type { Hex } from "@/lib/kernel/hex";
import { systemRandom } from "@/lib/kernel/random";
import { buyReleases, findUnopened, type OrderMemory, type PurchaseOptions, type PurchaseStep, type QuoteSource } from "@/lib/orders/gateway";
import { quoteReleases } from "@/lib/orders/mutations/quote-releases";
import type { RememberedOrder } from "@/lib/orders/schema";
import { attest } from "@/local/devnet/testing/attested";
import { DevnetFixture } from "@/local/devnet/testing/devnet-fixture";

const tile = "872664ca9ffffff";
const hour = 3_600;
const half = 500_000n;
const least = 5_000_000n;

let fixture: DevnetFixture;
let chain: Chain;
let curator: Signer;
let regionId: number;
let release: ReleaseKey;
let second: ReleaseKey;
let fhe: FheClient;

async function makeRegion(slug: string): Promise<number> {
  const { time } = await readChainClock(chain);
  return createRegion(chain, curator, {
    slug, start: time - 3 * hour, epochSeconds: hour, graceSeconds: 0, studyUntil: time + 24 * hour, tileResolution: 7,
    samplingRate: 1, visitsMax: 8, ticketsMin: 1, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [[tile]],
  });
}

async function publish(region: number, epoch: number): Promise<ReleaseKey> {
  const { deployment, accounts, url } = fixture.devnet;
  const histogram = { chainId: deployment.chainId, verifyingContract: deployment.addresses.histogram };
  const journal = await RunJournal.open(`${fixture.options.folder}/${region}-${epoch}`);
  const sender = connectSigner(chain, (await fixture.createActor()).privateKey);
  await contribute([{ kind: "fleet", id: `f/${epoch}/0`, regionId: region, epoch, tile, planes: Array.from({ length: 7 }, () => (1n << 245n) - 1n), vehicles: 100 }], {
    chain, sender, journal, random: systemRandom, tickets: localTickets(accounts.ticketSigner, histogram),
    fhe: { encryptWords: ({ contractAddress, userAddress, words }) => attest(url, { values: words, contractAddress, userAddress }) },
  });
  await journal.close();
  const key = { regionId: region, epoch, tile };
  await sealTile(chain, curator, key);
  await releaseTile(chain, curator, key);
  return key;
}

beforeAll(async () => {
  fixture = await DevnetFixture.start("clear");
  chain = connectChain(fixture.devnet.deployment);
  curator = connectSigner(chain, fixture.devnet.accounts.curator);
  fhe = await createFheClient(fixture.devnet.deployment);
  regionId = await makeRegion("sold");
  const { token } = fixture.devnet.deployment.addresses;
  await setListing(chain, curator, { regionId, listing: { token, pricePerRelease: half, priceFiatMinor: 50n, largestDiscountBps: 0, active: true } });
  release = await publish(regionId, 0);
  second = await publish(regionId, 1);
});
afterAll(async () => {
  fhe.close();
  await fixture.remove();
});

const newReader = (): Hex => addressOfKey(createPrivateKey(systemRandom));

/** A buyer with test money. */
async function newBuyer(): Promise<Signer> {
  const buyer = connectSigner(chain, (await fixture.createActor()).privateKey);
  const response = await fetch(`${fixture.devnet.url}/devnet/faucet`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ address: buyer.address }) });
  expect(response.ok).toBe(true);
  return buyer;
}

const quotesBy = (signerKey: string, shift = 0): QuoteSource => async (request) => quoteReleases(chain, request, { signerKey, nowSeconds: (await readChainClock(chain)).time + shift });
const quotes: QuoteSource = (request) => quotesBy(fixture.devnet.accounts.quoteSigner)(request);
const spent = async (buyer: Signer): Promise<bigint> => 1_000_000_000n - (await getTokenBalance(chain, buyer.address));

/** What a buyer's device keeps, in this process. */
function newMemory(): OrderMemory {
  const orders = new Map<string, RememberedOrder>();
  return {
    findOrders: async () => [...orders.values()],
    writeOrder: async (order) => void orders.set(order.orderId, order),
    removeOrder: async (orderId) => void orders.delete(orderId),
  };
}

async function purchase(buyer: Signer, reader: Hex, changes: Partial<PurchaseOptions> & { releases?: readonly ReleaseKey[] } = {}): ReturnType<typeof buyReleases> {
  return buyReleases(chain, buyer, changes.releases ?? [release], { reader, quotes, memory: newMemory(), ...changes });
}

const killAt = (step: PurchaseStep["step"]): PurchaseOptions["onStep"] => (seen) => {
  if (seen.step === step) throw new Error("killed");
};

describe("a purchase", () => {
  test("costs the quoted price and lets the reader decrypt, nobody else", async () => {
    const buyer = await newBuyer();
    const reader = await fhe.createReaderKey(createPrivateKey(systemRandom));
    const stranger = await fhe.createReaderKey(createPrivateKey(systemRandom));
    await purchase(buyer, reader.address);
    expect(await spent(buyer)).toBe(least);
    const { vault } = await getTileStatus(chain, release);
    const request = { handles: await getPlanes(chain, release), histogramAddress: chain.network.addresses.histogram, vault: vault ?? "" };
    const planes = await fhe.decryptRelease({ ...request, reader });
    expect(planes).toHaveLength(request.handles.length);
    expect(planes.some((plane) => plane !== 0n)).toBe(true);
    await expect(fhe.decryptRelease({ ...request, reader: stranger })).rejects.toMatchObject({ code: "fhe.not-allowed" });
  });

  test("that is repeated is paid once", async () => {
    const [buyer, reader] = [await newBuyer(), newReader()];
    const first = await purchase(buyer, reader);
    expect(await purchase(buyer, reader)).toBeNull();
    expect(await spent(buyer)).toBe(least);
    expect((await getOrder(chain, first?.orderId ?? "")).openedCount).toBe(1);
  });

  test("that was interrupted between paying and opening is finished without paying again", async () => {
    const [buyer, reader] = [await newBuyer(), newReader()];
    await expect(purchase(buyer, reader, { onStep: killAt("paid") })).rejects.toThrow("killed");
    expect(await findUnopened(chain, [release], reader)).toEqual([release]);
    await purchase(buyer, reader);
    expect(await spent(buyer)).toBe(least);
    expect(await getOpenUntil(chain, release, reader)).toBeGreaterThan((await readChainClock(chain)).time);
  });

  test("that was interrupted between two openings is finished without paying again", async () => {
    const [buyer, reader, memory] = [await newBuyer(), newReader(), newMemory()];
    const both = { releases: [release, second], memory, releasesPerOpening: 1 };
    await expect(purchase(buyer, reader, { ...both, onStep: killAt("opened") })).rejects.toThrow("killed");
    expect(await findUnopened(chain, [release, second], reader)).toEqual([second]);
    expect(await purchase(buyer, reader, both)).toBeNull();
    expect(await findUnopened(chain, [release, second], reader)).toEqual([]);
    expect(await spent(buyer)).toBe(least);
  });

  test("that was begun for more releases is finished before fewer or others are bought", async () => {
    const [buyer, reader, memory] = [await newBuyer(), newReader(), newMemory()];
    await expect(purchase(buyer, reader, { releases: [release, second], memory, onStep: killAt("paid") })).rejects.toThrow("killed");
    expect(await purchase(buyer, reader, { releases: [second], memory })).toBeNull();
    expect(await findUnopened(chain, [release, second], reader)).toEqual([]);
    expect(await spent(buyer)).toBe(least);
    expect((await memory.findOrders()).map(({ isOpened }) => isOpened)).toEqual([true]);
  });

  test("that was refunded meanwhile does not keep the same from being bought again", async () => {
    const [buyer, reader, memory] = [await newBuyer(), newReader(), newMemory()];
    await expect(purchase(buyer, reader, { memory, onStep: killAt("paid") })).rejects.toThrow("killed");
    const [begun] = await memory.findOrders();
    await refundOrder(chain, connectSigner(chain, fixture.devnet.accounts.admin), begun?.orderId ?? "");
    expect(await purchase(buyer, reader, { memory })).not.toBeNull();
    expect(await spent(buyer)).toBe(least);
    expect(await findUnopened(chain, [release], reader)).toEqual([]);
  });

  test("of somebody without money is refused with what is needed", async () => {
    const buyer = connectSigner(chain, (await fixture.createActor()).privateKey);
    await expect(purchase(buyer, newReader())).rejects.toMatchObject({ code: "chain.insufficient-funds", details: { needed: String(least) } });
  });

  test("by a quote that somebody else signed, or an old one, is refused", async () => {
    const buyer = await newBuyer();
    await expect(purchase(buyer, newReader(), { quotes: quotesBy(createPrivateKey(systemRandom)) })).rejects.toMatchObject({ code: "quote.invalid", details: { error: "BadQuoteSignature" } });
    await expect(purchase(buyer, newReader(), { quotes: quotesBy(fixture.devnet.accounts.quoteSigner, -2 * hour) })).rejects.toMatchObject({ code: "quote.expired" });
    expect(await spent(buyer)).toBe(0n);
  });

  test("of other releases than were quoted, by another buyer, or without an approval is refused", async () => {
    const [buyer, other, reader] = [await newBuyer(), await newBuyer(), newReader()];
    const { quote, signature } = await quotes({ releases: [packReleaseId(release)], buyer: addressOfKey(buyer.privateKey), reader });
    const order = { quote, signature, permit: noPermit, releases: [packReleaseId(release)] };
    await expect(buy(chain, buyer, { ...order, releases: [packReleaseId(release) + (1n << 64n)] })).rejects.toMatchObject({ code: "quote.invalid", details: { error: "ReleasesMismatch" } });
    await expect(buy(chain, other, order)).rejects.toMatchObject({ code: "chain.refused", details: { error: "OnlyBuyer" } });
    await expect(buy(chain, buyer, order)).rejects.toMatchObject({ code: "chain.insufficient-funds", details: { error: "InsufficientAllowance" } });
  });
});

describe("a quote", () => {
  const ask = (releases: bigint[]): Promise<unknown> => quotes({ releases, buyer: newReader(), reader: newReader() });

  test("is refused for what is not published, not for sale, or out of order", async () => {
    const id = packReleaseId(release);
    await expect(ask([packReleaseId({ ...release, epoch: 2 })])).rejects.toMatchObject({ code: "release.not-published" });
    await expect(ask([id, id])).rejects.toMatchObject({ code: "quote.invalid" });
    const unlisted = await publish(await makeRegion("unlisted"), 0);
    await expect(ask([packReleaseId(unlisted)])).rejects.toMatchObject({ code: "listing.missing" });
  });

  test("has the same order id for the same question, another for another reader", async () => {
    const [buyer, reader] = [newReader(), newReader()];
    const question = { releases: [packReleaseId(release)], buyer, reader };
    const [first, second, other] = [await quotes(question), await quotes(question), await quotes({ ...question, reader: buyer })];
    expect(first.quote.orderId).toBe(second.quote.orderId);
    expect(other.quote.orderId).not.toBe(first.quote.orderId);
  });
});
