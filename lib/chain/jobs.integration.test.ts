import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { getIndexState } from "@/lib/chain/data/index-state";
import { getOpenUntil, getRegion, getTileStatus } from "@/lib/chain/gateway/histogram";
import { createRegion, releaseTile, sealTile } from "@/lib/chain/gateway/lifecycle";
import { getListing, getOrder, setListing } from "@/lib/chain/gateway/marketplace";
import { connectChain, readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { connectSigner, createPrivateKey, addressOfKey, type Signer } from "@/lib/chain/gateway/signer";
import { runIndexer } from "@/lib/chain/jobs";
import { packReleaseId, type ReleaseKey } from "@/lib/chain/model/release-id";
import { followChain } from "@/lib/chain/mutations/follow-chain";
import { rebuildIndex } from "@/lib/chain/mutations/rebuild-index";
import { RunJournal } from "@/lib/ingest/gateway/run-journal";
import { localTickets } from "@/lib/ingest/gateway/tickets";
import { contribute } from "@/lib/ingest/mutations/contribute";
import { systemRandom } from "@/lib/kernel/random";
import { buyReleases } from "@/lib/orders/gateway";
import { quoteReleases } from "@/lib/orders/mutations/quote-releases";
import { connectDatabase, type Database } from "@/lib/platform/database";
import { attest } from "@/local/devnet/testing/attested";
import { DevnetFixture } from "@/local/devnet/testing/devnet-fixture";
import { startTestDatabase, type TestDatabase } from "@/scripts/test/test-database";

const tile = "872664ca9ffffff";
const hour = 3_600;

let fixture: DevnetFixture;
let chain: Chain;
let curator: Signer;
let server: TestDatabase;
let database: Database;
let regionId: number;

beforeAll(async () => {
  [fixture, server] = await Promise.all([DevnetFixture.start("clear"), startTestDatabase()]);
  database = connectDatabase(server.url);
  chain = connectChain(fixture.devnet.deployment);
  curator = connectSigner(chain, fixture.devnet.accounts.curator);
  const { time } = await readChainClock(chain);
  regionId = await createRegion(chain, curator, {
    slug: "indexed", start: time - 3 * hour, epochSeconds: hour, graceSeconds: 0, studyUntil: time + 24 * hour, tileResolution: 7,
    samplingRate: 1, visitsMax: 8, ticketsMin: 1, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [[tile]],
  });
  const { token } = fixture.devnet.deployment.addresses;
  await setListing(chain, curator, { regionId, listing: { token, pricePerRelease: 500_000n, priceFiatMinor: 50n, largestDiscountBps: 0, active: true } });
});
afterAll(async () => {
  await database.$disconnect();
  await Promise.all([fixture.remove(), server.stop()]);
});

const keyOf = (epoch: number): ReleaseKey => ({ regionId, epoch, tile });

async function sendFleet(epoch: number, name = "fleet"): Promise<void> {
  const { deployment, accounts, url } = fixture.devnet;
  const histogram = { chainId: deployment.chainId, verifyingContract: deployment.addresses.histogram };
  const journal = await RunJournal.open(`${fixture.options.folder}/${name}-${epoch}`);
  await contribute([{ kind: "fleet", id: `${name}/${epoch}/0`, regionId, epoch, tile, planes: [7n, 3n, 1n], vehicles: 5 }], {
    chain, journal, sender: connectSigner(chain, (await fixture.createActor()).privateKey), random: systemRandom, tickets: localTickets(accounts.ticketSigner, histogram),
    fhe: { encryptWords: ({ contractAddress, userAddress, words }) => attest(url, { values: words, contractAddress, userAddress }) },
  });
  await journal.close();
}

async function readOn(): Promise<void> {
  for (let step = await followChain(database, chain); step.to < step.head; step = await followChain(database, chain));
}

const findTile = async (epoch: number): Promise<unknown> => database.tileEpoch.findUnique({ where: { chainId_regionId_epoch_tile: { chainId: 31_337, ...keyOf(epoch) } } });
const where = { chainId: 31_337 };

/** Everything that was read, in an order of its own. */
const readAll = async (): Promise<unknown> => ({
  tiles: await database.tileEpoch.findMany({ where, orderBy: [{ epoch: "asc" }, { tile: "asc" }] }),
  accepted: await database.acceptedContribution.findMany({ where, orderBy: { oneTimeAddress: "asc" } }),
  orders: await database.chainOrder.findMany({ where, orderBy: { orderId: "asc" } }),
  openings: await database.releaseOpening.findMany({ where, orderBy: [{ releaseId: "asc" }, { reader: "asc" }] }),
  listings: await database.listing.findMany({ where }),
  regions: await database.region.findMany({ where, select: { slug: true, regionId: true, params: true, createdBlock: true } }),
  events: await database.chainEvent.findMany({ where, orderBy: [{ block: "asc" }, { logIndex: "asc" }] }),
});

test("what the contracts tell by events is what they answer when asked", async () => {
  await sendFleet(0);
  await sealTile(chain, curator, keyOf(0));
  await releaseTile(chain, curator, keyOf(0));
  const buyer = connectSigner(chain, (await fixture.createActor()).privateKey);
  await fetch(`${fixture.devnet.url}/devnet/faucet`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ address: buyer.address }) });
  const reader = addressOfKey(createPrivateKey(systemRandom));
  const bought = await buyReleases(chain, buyer, [keyOf(0)], {
    reader,
    quotes: async (request) => quoteReleases(chain, request, { signerKey: fixture.devnet.accounts.quoteSigner, nowSeconds: (await readChainClock(chain)).time }),
    memory: { findOrders: async () => [], writeOrder: async () => undefined, removeOrder: async () => undefined },
  });
  await readOn();
  const { state, tickets, vehicles, weight, publishedBlock, vault } = await getTileStatus(chain, keyOf(0));
  expect(await findTile(0)).toMatchObject({ state, tickets, vehicles, weight, publishedBlock, vault: vault?.toLowerCase() });
  expect(state).toBe("published");
  const [region] = await database.region.findMany({ where });
  expect(region).toMatchObject({ slug: "indexed", name: "Indexed", params: await getRegion(chain, regionId) });
  const [order] = await database.chainOrder.findMany({ where });
  const { amount, releasesHash, openedCount, createdBlock } = await getOrder(chain, bought?.orderId ?? "");
  expect({ ...order, amount: order?.amount?.toFixed(0) }).toMatchObject({ orderId: bought?.orderId, kind: "token", buyer: buyer.address.toLowerCase(), readers: [reader.toLowerCase()], amount: amount.toString(), releasesHash, openedCount, block: createdBlock, refunded: false });
  const [opening] = await database.releaseOpening.findMany({ where });
  expect({ id: opening?.releaseId.toFixed(0), expiry: Number(opening?.expiry) }).toEqual({ id: packReleaseId(keyOf(0)).toString(), expiry: await getOpenUntil(chain, keyOf(0), reader) });
  const [listing] = await database.listing.findMany({ where });
  expect(listing?.pricePerRelease.toFixed(0)).toBe((await getListing(chain, regionId)).pricePerRelease.toString());
});

test("a contribution and a seal that the chain took back are gone, and what came instead is there", async () => {
  await sendFleet(1, "kept");
  const { block } = await readChainClock(chain);
  await sendFleet(1, "gone");
  await sealTile(chain, curator, keyOf(1));
  await readOn();
  expect(await findTile(1)).toMatchObject({ state: "sealed", tickets: 2, vehicles: 10 });
  const head = (await readChainClock(chain)).block;
  await fixture.rpc("anvil_rollback", [head - block]);
  await sendFleet(2, "instead");
  for (let blocks = 0; blocks < 3; blocks += 1) await fixture.rpc("evm_mine");
  const step = await followChain(database, chain);
  expect(step.rolledBack).toBe(block);
  await readOn();
  expect(await findTile(1)).toMatchObject({ state: "collecting", tickets: 1, vehicles: 5, weight: 7, sealedBlock: null });
  expect(await findTile(2)).toMatchObject({ tickets: 1 });
  for (const epoch of [1, 2]) expect(await findTile(epoch)).toMatchObject({ tickets: (await getTileStatus(chain, keyOf(epoch))).tickets });
  expect(await database.acceptedContribution.count({ where })).toBe(3);
});

test("a chain that goes back to a snapshot and on from there is followed", async () => {
  const snapshot = await fixture.rpc("evm_snapshot");
  await sendFleet(2, "lost");
  await readOn();
  expect(await findTile(2)).toMatchObject({ tickets: 2 });
  await fixture.rpc("evm_revert", [snapshot]);
  for (let blocks = 0; blocks < 3; blocks += 1) await fixture.rpc("evm_mine");
  await readOn();
  expect(await findTile(2)).toMatchObject({ tickets: 1 });
});

test("rebuilt from nothing, the index says the same", async () => {
  const before = await readAll();
  await rebuildIndex(database, chain);
  expect(await readAll()).toEqual(before);
  expect(await getIndexState(database, chain)).toMatchObject({ indexedBlock: (await readChainClock(chain)).block });
});

test("after a restart that forgot old empty blocks the index reads on, and can be rebuilt", async () => {
  await readOn();
  await fixture.rpc("anvil_mine", [400]);
  await sendFleet(2, "before");
  await fixture.restart();
  await sendFleet(2, "after");
  await readOn();
  expect(await findTile(2)).toMatchObject({ tickets: (await getTileStatus(chain, keyOf(2))).tickets });
  const before = await readAll();
  await rebuildIndex(database, chain);
  expect(await readAll()).toEqual(before);
});

test("the indexer follows every block, tells that it lives, and ends when it is told to", async () => {
  const end = new AbortController();
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const ended = runIndexer({ database, chain, signal: end.signal, log });
  await sendFleet(2, "watched");
  await vi.waitFor(async () => expect(await findTile(2)).toMatchObject({ tickets: 4 }), { timeout: 60_000, interval: 100 });
  expect(await database.heartbeat.count({ where: { service: "indexer" } })).toBe(1);
  end.abort();
  await ended;
  expect(await database.heartbeat.count({ where: { service: "indexer" } })).toBe(0);
});

test("the indexer waits for a database and a chain that are away, and goes on", async () => {
  const end = new AbortController();
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const ended = runIndexer({ database, chain, signal: end.signal, log });
  const failed = ended.catch((error: unknown) => error);
  await vi.waitFor(async () => expect((await getIndexState(database, chain)).updatedAt).not.toBeNull(), { timeout: 60_000, interval: 100 });
  await server.kill();
  await sendFleet(2, "through a crash");
  await vi.waitFor(async () => expect(await findTile(2)).toMatchObject({ tickets: 5 }), { timeout: 90_000, interval: 250 });
  await fixture.restart();
  await sendFleet(2, "through another");
  await vi.waitFor(async () => expect(await findTile(2)).toMatchObject({ tickets: 6 }), { timeout: 90_000, interval: 250 });
  end.abort();
  expect(await failed).toBeUndefined();
});

test("a local network that was wiped is refused in operation and read anew at a start", async () => {
  const other = await DevnetFixture.start("clear");
  try {
    const fresh = connectChain(other.devnet.deployment);
    await expect(followChain(database, fresh)).rejects.toMatchObject({ code: "chain.reset", message: expect.stringMatching(/npm run reindex/) });
    expect(await database.acceptedContribution.count({ where })).toBe(8);
    const end = new AbortController();
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const ended = runIndexer({ database, chain: fresh, signal: end.signal, log });
    const { block } = await readChainClock(fresh);
    await vi.waitFor(async () => expect((await getIndexState(database, fresh)).indexedBlock).toBe(block), { timeout: 60_000, interval: 100 });
    end.abort();
    await ended;
    expect(log.warn).toHaveBeenCalledWith(expect.anything(), expect.stringMatching(/new one/));
    expect(await database.acceptedContribution.count({ where })).toBe(0);
  } finally {
    await other.remove();
  }
});
