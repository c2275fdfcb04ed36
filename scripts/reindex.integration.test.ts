import { afterAll, beforeAll, expect, test } from "vitest";
import { connectChain } from "@/lib/chain/gateway/provider";
import { connectSigner } from "@/lib/chain/gateway/signer";
import { connectDatabase } from "@/lib/platform/database";
import { ensureChicagoCentral } from "@/local/city/chicago-central";
import { ensureLoopPilot, loopPilotName } from "@/local/city/loop-pilot";
import { rememberRegion } from "@/lib/catalog/mutations";
import { DevnetFixture } from "@/local/devnet/testing/devnet-fixture";
import { runScript } from "@/scripts/test/run-script";
import { startTestDatabase, type TestDatabase } from "@/scripts/test/test-database";

let fixture: DevnetFixture;
let server: TestDatabase;

beforeAll(async () => {
  [fixture, server] = await Promise.all([DevnetFixture.start("clear"), startTestDatabase()]);
});
afterAll(() => Promise.all([fixture.remove(), server.stop()]));

const run = (changes: Record<string, string> = {}) => runScript("reindex", [], { env: { LOCAL_DIR: fixture.options.folder, DATABASE_URL: server.url, ...changes } });

test("npm run reindex fills the database from the chain, forgets what was wrong, and keeps names", async () => {
  const chain = connectChain(fixture.devnet.deployment);
  const options = { chain, curator: connectSigner(chain, fixture.devnet.accounts.curator) };
  const { slug, id: regionId } = await ensureLoopPilot(options);
  const central = await ensureChicagoCentral(options);
  const database = connectDatabase(server.url);
  const { chainId } = chain.network;
  try {
    await rememberRegion(database, { slug, chainId, regionId, name: loopPilotName, isSimulated: true });
    await database.listing.create({ data: { chainId, regionId: 99, token: "0x", pricePerRelease: 1, priceFiatMinor: 1, largestDiscountBps: 0, active: true, block: 1 } });
    const { code, lines } = await run();
    expect({ code, type: lines.at(-1)?.type }).toEqual({ code: 0, type: "reindexed" });
    expect(await database.region.findMany({ orderBy: { regionId: "asc" } })).toMatchObject([
      { slug, name: loopPilotName, isSimulated: true, importOnly: false, params: { id: regionId } },
      { slug: central.slug, name: "Chicago Central", isSimulated: false, importOnly: true, params: { id: central.id } },
    ]);
    expect((await database.listing.findMany({ orderBy: { regionId: "asc" } })).map((row) => row.regionId)).toEqual([regionId, central.id]);
  } finally {
    await database.$disconnect();
  }
});

test("a database that does not answer is named, without its password", async () => {
  const { code, text } = await run({ DATABASE_URL: "postgresql://someone:secret@127.0.0.1:9/none" });
  expect({ code, leaks: text.includes("secret"), names: /database/i.test(text) }).toEqual({ code: 1, leaks: false, names: true });
});
