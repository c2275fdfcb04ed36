import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { rememberRegion } from "@/lib/catalog/mutations";
import { catchUp } from "@/lib/chain/mutations/rebuild-index";
import { connectDatabase } from "@/lib/platform/database";
import { pool } from "@/lib/platform/pool";
import { findEpochs } from "@/lib/releases/data/find-epochs";
import { findPurchases } from "@/lib/releases/data/find-purchases";
import { findRelease, findReleases } from "@/lib/releases/data/find-releases";
import { findRegionAnswers, getRegionAnswer } from "@/lib/releases/data/get-region";
import { listRegionCards } from "@/lib/releases/data/list-region-cards";
import { purchasesQuerySchema, releasesQuerySchema } from "@/lib/releases/schema";
import { FakeChain, type Wish } from "@/scripts/test/fake-chain";

const database = connectDatabase(inject("databaseUrl"));
const chain = new FakeChain(52_001);
const at = (name: Wish["name"], changes: Partial<Wish> = {}): Wish => ({ name, region: 0, epoch: 0, place: 0, account: 0, ...changes });
const address = `0x${"11".repeat(20)}`;

async function writeDeployment(histogram: string): Promise<void> {
  const names = ["acl", "executor", "kmsVerifier", "inputVerifier", "decryption", "inputVerification", "marketplace", "token"];
  await writeFile(path.join(folder, "deployment.json"), JSON.stringify({
    chainId: chain.chainId, gatewayChainId: 1, rpcUrl: "http://127.0.0.1:9/rpc", relayerUrl: "http://127.0.0.1:9", devnetUrl: null, engine: "clear",
    addresses: { ...Object.fromEntries(names.map((name) => [name, address])), histogram }, deployBlock: 1,
  }));
}

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "releases-"));
  Object.assign(process.env, { DATABASE_URL: inject("databaseUrl"), LOCAL_DIR: folder });
  await writeDeployment(chain.histogram);
});
afterAll(async () => {
  await database.$disconnect();
  await rm(folder, { recursive: true });
});

test("before the first block was read, answers say so instead of that there is nothing", async () => {
  for (const ask of [() => listRegionCards(), () => findRegionAnswers(), () => getRegionAnswer("loop-pilot"), () => findEpochs("loop-pilot", { limit: 4 })]) {
    await expect(ask()).rejects.toMatchObject({ code: "index.behind" });
  }
});

test("regions, epochs and cards are what the chain's events say, by the chain's clock", async () => {
  // The region begins at 1,000 s, has epochs of 60 s, and tile 0 is a cover of its own.
  chain.mine([at("RegionCreated"), at("RegionCreated", { region: 1 }), at("ImportOnly", { region: 1 })]);
  chain.mine([1, 2, 3].map((account) => at("ContributionAccepted", { account })));
  chain.mine([at("TileSealed", { account: 4 })]);
  chain.mine([at("TileNoised"), at("ReleasePublished", { account: 9 })]);
  for (let blocks = 0; blocks < 30; blocks += 1) chain.mine([]);
  chain.mine([at("ContributionAccepted", { account: 5, epoch: 1, place: 1 })]);
  await catchUp(database, chain);
  await rememberRegion(database, { slug: "loop-pilot", chainId: chain.chainId, regionId: 1, name: "The Loop", isSimulated: true });

  const epochs = await findEpochs("loop-pilot", { limit: 4 });
  expect(epochs.map(({ epoch, start, end, state }) => ({ epoch, start, end, state }))).toEqual([
    { epoch: 0, start: 1_000, end: 1_060, state: "publishing" },
    { epoch: 1, start: 1_060, end: 1_120, state: "open" },
  ]);
  expect(epochs[0]?.tiles.map(({ state, tickets, vehicles, vault }) => ({ state, tickets, vehicles, vault }))).toEqual([
    { state: "published", tickets: 4, vehicles: 8, vault: `0x${"0a".padStart(40, "0")}` },
    { state: "collecting", tickets: 0, vehicles: 0, vault: null },
    { state: "collecting", tickets: 0, vehicles: 0, vault: null },
  ]);
  expect((await findEpochs("loop-pilot", { limit: 4, before: 1 })).map(({ epoch }) => epoch)).toEqual([0]);

  expect(await findRegionAnswers()).toEqual([
    { slug: "loop-pilot", name: "The Loop", tiles: 3, epochSeconds: 60 },
    { slug: "chicago-central", name: "Chicago Central", tiles: 3, epochSeconds: 60 },
  ]);
  const [pilot, central] = await listRegionCards();
  expect(pilot).toMatchObject({
    slug: "loop-pilot", name: "The Loop", isSimulated: true, importOnly: false, tiles: 3, epochSeconds: 60,
    latestPublished: { epoch: 0, start: 1_000, tiles: 1 }, openEpoch: { start: 1_060, end: 1_120 }, contributionsToday: 4,
  });
  expect(pilot?.centre.map(Math.round)).toEqual([-88, 42]);
  expect(central).toMatchObject({ importOnly: true, openEpoch: null, latestPublished: null, contributionsToday: 0 });
});

test("orders are found by whoever may read them now, page by page", async () => {
  const account = (number: number): string => `0x${(number + 1).toString(16).padStart(40, "0")}`;
  const order = (place: number): string => `0x${(place + 1).toString(16).padStart(64, "0")}`;
  chain.mine([at("OrderPaid", { place: 0, account: 20 }), at("OrderPaid", { place: 1, account: 20 })]);
  chain.mine([at("ReaderAdded", { place: 0, account: 30 }), at("ReaderRemoved", { place: 1, account: 21 }), at("OrderFulfilledByCard", { place: 2, account: 21 })]);
  await catchUp(database, chain);
  const find = async (query: object) => findPurchases(pool(), purchasesQuerySchema.parse(query));
  const ids = async (query: object) => (await find(query)).items.map(({ orderId }) => orderId);
  expect(await ids({ buyer: account(20) })).toEqual([order(0), order(1)]);
  expect(await ids({ reader: account(21) })).toEqual([order(2), order(0)]);
  expect(await ids({ reader: account(30).toUpperCase().replace("0X", "0x") })).toEqual([order(0)]);
  expect(await ids({ reader: account(99) })).toEqual([]);
  const first = await find({ reader: account(21), limit: 1 });
  expect(await ids({ reader: account(21), limit: 1, cursor: first.nextCursor })).toEqual([order(0)]);
});

test("published releases are listed and found by their id", async () => {
  const page = await findReleases(pool(), "loop-pilot", releasesQuerySchema.parse({}));
  expect(page).toMatchObject({ items: [{ region: "loop-pilot", epoch: 0, state: "published", planes: 2, isImported: false, publishedAt: "1970-01-01T00:16:50.000Z" }], nextCursor: null });
  const [item] = page.items;
  expect(await findRelease(pool(), BigInt(item?.releaseId ?? 0))).toEqual(item);
  await expect(findRelease(pool(), BigInt(item?.releaseId ?? 0) + (1n << 64n))).rejects.toMatchObject({ code: "release.unknown" });
});

test("a region that does not exist is unknown once the chain was read", async () => {
  await expect(findEpochs("nowhere", { limit: 4 })).rejects.toMatchObject({ code: "region.unknown" });
  await expect(getRegionAnswer("nowhere")).rejects.toMatchObject({ code: "region.unknown" });
});

test("a database that was filled from other contracts is not shown as this network's", async () => {
  await writeDeployment(address);
  for (const ask of [() => listRegionCards(), () => findRegionAnswers(), () => findEpochs("loop-pilot", { limit: 4 }), () => findReleases(pool(), "loop-pilot", releasesQuerySchema.parse({}))]) {
    await expect(ask()).rejects.toMatchObject({ code: "chain.reset" });
  }
});
