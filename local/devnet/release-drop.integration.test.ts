import { afterAll, beforeAll, expect, test } from "vitest";
import { getPlanes } from "@/lib/chain/gateway/histogram";
import { createRegion, releaseTile, sealTile } from "@/lib/chain/gateway/lifecycle";
import { connectChain, readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { connectSigner, type Signer } from "@/lib/chain/gateway/signer";
import { defaultCover } from "@/lib/geo/model/tile";
import { RunJournal } from "@/lib/ingest/gateway/run-journal";
import { localTickets } from "@/lib/ingest/gateway/tickets";
import { contribute } from "@/lib/ingest/mutations/contribute";
import type { Hex } from "@/lib/kernel/hex";
import { systemRandom } from "@/lib/kernel/random";
import { delay } from "@/lib/kernel/time";
import { attest } from "@/local/devnet/testing/attested";
import { makeFolder } from "@/local/devnet/testing/chain-fixture";
import { DevnetFixture } from "@/local/devnet/testing/devnet-fixture";

const day = 86_400;
const cover = defaultCover("872664ca9ffffff").slice(0, 2);
const [first = "", second = ""] = cover;
const vehicles = 60;

let fixture: DevnetFixture;
let chain: Chain;
let curator: Signer;
let regionId: number;
beforeAll(async () => {
  fixture = await DevnetFixture.start("clear");
  chain = connectChain(fixture.devnet.deployment);
  curator = connectSigner(chain, fixture.devnet.accounts.curator);
  const { time } = await readChainClock(chain);
  regionId = await createRegion(chain, curator, {
    slug: "dropping", start: time - day - 60, epochSeconds: day, graceSeconds: day, studyUntil: null, tileResolution: 7,
    samplingRate: 1, visitsMax: 8, ticketsMin: 1, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [cover],
  });
});
afterAll(() => fixture.remove());

/** Every vehicle crossed cell 3 of both tiles in the second speed class. */
const bit = 49 + 3;

async function contributeVehicles(): Promise<void> {
  const { deployment, accounts, url } = fixture.devnet;
  const { folder, remove } = await makeFolder();
  const journal = await RunJournal.open(folder);
  const items = Array.from({ length: vehicles }, (_, index) => ({ kind: "vehicle" as const, id: `${index}/0/0`, regionId, epoch: 0, cover: 0, words: cover.map(() => 1n << BigInt(bit)) }));
  await contribute(items, {
    chain,
    sender: connectSigner(chain, (await fixture.createActor()).privateKey),
    tickets: localTickets(accounts.ticketSigner, { chainId: deployment.chainId, verifyingContract: deployment.addresses.histogram }),
    fhe: { encryptWords: ({ contractAddress, userAddress, words }) => attest(url, { values: words, contractAddress, userAddress }) },
    journal,
    random: systemRandom,
    onEvent: () => undefined,
  });
  await journal.close();
  await remove();
}

async function publish(tile: string): Promise<readonly Hex[]> {
  await sealTile(chain, curator, { regionId, tile, epoch: 0 });
  await releaseTile(chain, curator, { regionId, tile, epoch: 0 });
  return getPlanes(chain, { regionId, tile, epoch: 0 });
}

/** The counter of that bit: planes lowest first, the last one counts negatively. */
async function countOf(planes: readonly Hex[]): Promise<number> {
  const values = await fixture.devnet.engine.decrypt(planes);
  return values.reduce((sum, value, place) => sum + Number((value >> BigInt(bit)) & 1n) * (place === planes.length - 1 ? -1 : 1) * 2 ** place, 0);
}

async function storedValues(): Promise<number> {
  return Number((await fixture.devnet.engine.stats())["values"]);
}

test("64 blocks after its publication a release is all that is left of its tile, and other tiles of the same inputs are untouched", async () => {
  await contributeVehicles();
  const planes = await publish(first);
  const count = await countOf(planes);
  expect(Math.abs(count - vehicles)).toBeLessThan(40);
  const before = await storedValues();

  await fixture.rpc("anvil_mine", [40]);
  expect(await storedValues()).toBe(before);
  await fixture.rpc("anvil_mine", [60]);
  while ((await storedValues()) === before) await delay(20);

  expect(await countOf(planes)).toBe(count);
  // Words of one tile, and what was counted from them: more than half of what was there.
  expect(await storedValues()).toBeLessThan(before / 1.5);
  const others = await publish(second);
  expect(Math.abs((await countOf(others)) - vehicles)).toBeLessThan(40);
});
