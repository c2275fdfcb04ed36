import fc from "fast-check";
import { afterAll, expect, inject, test } from "vitest";
import { emptyFacts, openingKey, tileKey, type Facts } from "@/lib/chain/model/fold/facts";
import { foldEvents } from "@/lib/chain/model/fold/fold-events";
import { localChainId } from "@/lib/chain/model/network";
import { followSource } from "@/lib/chain/mutations/follow-chain";
import { catchUp, wipeIndex } from "@/lib/chain/mutations/rebuild-index";
import { regionSchema } from "@/lib/geo/schema";
import { connectDatabase } from "@/lib/platform/database";
import { FakeChain, wishNames, type Wish } from "@/scripts/test/fake-chain";

const database = connectDatabase(inject("databaseUrl"));
afterAll(() => database.$disconnect());

let chains = 50_000;
/** A chain of its own for every test, so that they can't disturb each other. */
const newChain = (): FakeChain => new FakeChain((chains += 1));

const name = fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...wishNames) }, { weight: 1, arbitrary: fc.constant("ContributionAccepted" as const) });
const wish: fc.Arbitrary<Wish> = fc.record({ name, region: fc.nat(1), epoch: fc.nat(2), place: fc.nat(5), account: fc.nat(40) });
const create: Wish = { name: "RegionCreated", region: 0, epoch: 0, place: 0, account: 0 };
const accept = (account: number, changes: Partial<Wish> = {}): Wish => ({ name: "ContributionAccepted", region: 0, epoch: 0, place: 0, account, ...changes });

const sorted = <Fact>(map: Iterable<readonly [unknown, Fact]>): (readonly [string, Fact])[] =>
  [...map].map(([key, fact]) => [String(key), fact] as const).toSorted(([one], [other]) => (one < other ? -1 : 1));

/** Facts in an order of their own, without what was taken away. */
function comparable({ regions, listings, tiles, accepted, openings, orders }: Facts): unknown {
  const open = [...openings].filter(([, fact]) => fact !== null);
  return { regions: sorted(regions), listings: sorted(listings), tiles: sorted(tiles), accepted: sorted(accepted), openings: sorted(open), orders: sorted(orders) };
}

async function readFacts(chainId: number): Promise<unknown> {
  const facts = emptyFacts();
  const where = { chainId };
  const omit = { chainId: true } as const;
  for (const { regionId, params, createdBlock, importOnly } of await database.region.findMany({ where })) {
    if (params !== null && createdBlock !== null) facts.regions.set(regionId, { region: regionSchema.parse(params), createdBlock, importOnly });
  }
  for (const { pricePerRelease, ...row } of await database.listing.findMany({ where, omit })) facts.listings.set(row.regionId, { ...row, pricePerRelease: BigInt(pricePerRelease.toFixed(0)) });
  for (const { publishedAt, ...row } of await database.tileEpoch.findMany({ where, omit })) facts.tiles.set(tileKey(row), { ...row, publishedAt: publishedAt === null ? null : publishedAt.getTime() / 1000 });
  for (const row of await database.acceptedContribution.findMany({ where, omit })) facts.accepted.set(row.oneTimeAddress, row);
  for (const { releaseId, ...row } of await database.releaseOpening.findMany({ where, omit })) {
    const fact = { ...row, releaseId: BigInt(releaseId.toFixed(0)) };
    facts.openings.set(openingKey(fact), fact);
  }
  for (const { amount, ...row } of await database.chainOrder.findMany({ where, omit })) facts.orders.set(row.orderId, { ...row, amount: amount === null ? null : BigInt(amount.toFixed(0)) });
  return comparable(facts);
}

/** What the chain as it is now says, folded from nothing. */
function truthOf(chain: FakeChain): unknown {
  const facts = emptyFacts();
  foldEvents(facts, chain.history, chain.chainId);
  return comparable(facts);
}

type Step =
  | { kind: "mine"; wishes: Wish[] }
  | { kind: "roll back"; depth: number }
  | { kind: "forget empty blocks" }
  | { kind: "follow"; pages: number; times: number }
  /** The chain is rolled back, and goes on otherwise, between two questions of one step. */
  | { kind: "follow through a reorganisation"; question: number; depth: number; wishes: Wish[] };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("mine" as const), wishes: fc.array(wish, { maxLength: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("roll back" as const), depth: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("forget empty blocks" as const) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("follow" as const), pages: fc.integer({ min: 1, max: 4 }), times: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("follow through a reorganisation" as const), question: fc.integer({ min: 1, max: 8 }), depth: fc.integer({ min: 1, max: 4 }), wishes: fc.array(wish, { maxLength: 6 }) }) },
);

async function take(chain: FakeChain, next: Step): Promise<void> {
  if (next.kind === "mine") return chain.mine(next.wishes);
  if (next.kind === "roll back") return chain.rollBack(next.depth);
  if (next.kind === "forget empty blocks") return chain.forgetEmpty();
  if (next.kind === "follow") {
    await Promise.all(Array.from({ length: next.times }, () => followSource(database, chain, { blocksPerPage: next.pages })));
    return;
  }
  let questions = 0;
  chain.onQuestion = () => {
    questions += 1;
    if (questions !== next.question) return;
    chain.rollBack(next.depth);
    chain.mine(next.wishes);
    chain.mine([]);
  };
  await followSource(database, chain, { blocksPerPage: 3 });
  chain.onQuestion = () => undefined;
}

/** Reads on until the chain, which goes on, has been read. */
async function settle(chain: FakeChain): Promise<void> {
  for (let blocks = 0; blocks < 8; blocks += 1) chain.mine([]); // a node that lags is waited for; this chain now surely is longer
  chain.forgetEmpty();
  await catchUp(database, chain);
}

test("however the chain is rolled back and whenever it is read, the database says what the final chain says", { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const chain = newChain();
      chain.mine([create, { ...create, region: 1 }]);
      for (const next of steps) await take(chain, next);
      await settle(chain);
      expect(await readFacts(chain.chainId)).toEqual(truthOf(chain));
      chain.forgetEmpty();
      await wipeIndex(database, chain.chainId);
      await catchUp(database, chain);
      expect(await readFacts(chain.chainId)).toEqual(truthOf(chain));
    }),
    { numRuns: 60, seed: 20_261_125 },
  );
});

test("a reorganisation is undone and read again in one step, and its depth is told", async () => {
  const chain = newChain();
  chain.mine([create, accept(1)]);
  chain.mine([accept(2), accept(3, { epoch: 1 })]);
  await catchUp(database, chain);
  chain.rollBack(1);
  chain.mine([accept(4)]);
  expect(await followSource(database, chain)).toEqual({ from: 3, to: 3, rolledBack: 2, head: 3 });
  const rows = await database.acceptedContribution.findMany({ where: { chainId: chain.chainId }, select: { oneTimeAddress: true } });
  expect(rows.map(({ oneTimeAddress }) => Number(oneTimeAddress))).toEqual([2, 5]);
  const [tile] = await database.tileEpoch.findMany({ where: { chainId: chain.chainId } });
  expect(tile).toMatchObject({ epoch: 0, tickets: 2, vehicles: 2, weight: 2, state: "collecting" });
});

test("blocks that the node has forgotten keep nobody from reading on", async () => {
  const chain = newChain();
  chain.mine([create, accept(1)]);
  for (let blocks = 0; blocks < 5; blocks += 1) chain.mine([]);
  await catchUp(database, chain);
  for (let blocks = 0; blocks < 5; blocks += 1) chain.mine([]);
  chain.mine([accept(2)]);
  chain.mine([]);
  chain.mine([]);
  chain.forgetEmpty();
  await catchUp(database, chain, { blocksPerPage: 2 });
  expect(await readFacts(chain.chainId)).toEqual(truthOf(chain));
  expect(await database.acceptedContribution.count({ where: { chainId: chain.chainId } })).toBe(2);
});

test("a node that lags behind undoes nothing", async () => {
  const chain = newChain();
  chain.mine([create, accept(1)]);
  chain.mine([accept(2)]);
  await catchUp(database, chain);
  chain.rollBack(1);
  expect(await followSource(database, chain)).toMatchObject({ rolledBack: null, head: 2 });
  expect(await database.acceptedContribution.count({ where: { chainId: chain.chainId } })).toBe(2);
});

test("a chain that is another one is refused with what to do, and left alone", async () => {
  const chain = newChain();
  chain.mine([create, accept(1)]);
  await catchUp(database, chain);
  const other = new FakeChain(chain.chainId, "other");
  await expect(followSource(database, other)).rejects.toMatchObject({ code: "chain.reset", message: expect.stringContaining("npm run reindex") });
  const elsewhere = Object.assign(new FakeChain(chain.chainId), { histogram: "0xother" });
  await expect(followSource(database, elsewhere)).rejects.toMatchObject({ code: "chain.reset" });
  expect(await database.acceptedContribution.count({ where: { chainId: chain.chainId } })).toBe(1);
});

test("a local network whose blocks were all made anew is read anew, for its contracts are the same", async () => {
  const chain = new FakeChain(localChainId);
  chain.mine([create, accept(1), accept(2)]);
  await catchUp(database, chain);
  const replayed = new FakeChain(localChainId, "replayed");
  replayed.mine([create, accept(2), accept(3)]);
  await catchUp(database, replayed);
  expect(await readFacts(localChainId)).toEqual(truthOf(replayed));
  await wipeIndex(database, localChainId);
});

test("a region keeps the name that people gave it when its creation is rolled back", async () => {
  const chain = newChain();
  chain.mine([create]);
  await catchUp(database, chain);
  const where = { chainId_slug: { chainId: chain.chainId, slug: "loop-pilot" } };
  expect(await database.region.findUnique({ where })).toMatchObject({ name: "Loop Pilot", createdBlock: 2 });
  await database.region.update({ where, data: { name: "The Loop" } });
  chain.rollBack(1);
  chain.mine([]);
  await catchUp(database, chain);
  expect(await database.region.findUnique({ where })).toMatchObject({ name: "The Loop", params: null });
  chain.mine([create]);
  await catchUp(database, chain);
  expect(await database.region.findUnique({ where })).toMatchObject({ name: "The Loop", createdBlock: 3 });
});

test("blocks that are not deep enough are left unread", async () => {
  const chain = newChain();
  chain.mine([create]);
  chain.mine([accept(1)]);
  expect(await followSource(database, chain, { confirmations: 2 })).toMatchObject({ to: 1 });
  chain.mine([]);
  expect(await followSource(database, chain, { confirmations: 2 })).toMatchObject({ from: 2, to: 2 });
  expect(await database.acceptedContribution.count({ where: { chainId: chain.chainId } })).toBe(0);
});
