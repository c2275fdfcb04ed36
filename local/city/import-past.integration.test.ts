import { afterAll, beforeAll, expect, test } from "vitest";
import { getPlanes, getTileStatus } from "@/lib/chain/gateway/histogram";
import { connectChain, readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { connectSigner, type Signer } from "@/lib/chain/gateway/signer";
import { type Region, regionTiles } from "@/lib/geo/model/region";
import { profileByName } from "@/lib/privacy/model/noise-law";
import { readPlanes } from "@/lib/privacy/model/read-planes";
import { ensureChicagoCentral } from "@/local/city/chicago-central";
import { importPast, type PastProgress } from "@/local/city/import-past";
import { PastMaker } from "@/local/city/past/make-releases";
import { readStreets } from "@/local/city/streets";
import { importRequestSchema, signImport } from "@/local/devnet/seeded-import";
import { DevnetFixture } from "@/local/devnet/testing/devnet-fixture";

let fixture: DevnetFixture;
let chain: Chain;
let curator: Signer;
let region: Region;
beforeAll(async () => {
  fixture = await DevnetFixture.start("clear", { blockSeconds: 1 }); // a block takes a batch, as on the real one
  chain = connectChain(fixture.devnet.deployment);
  curator = connectSigner(chain, fixture.devnet.accounts.curator);
  region = await ensureChicagoCentral({ chain, curator });
});
afterAll(() => fixture.remove());

const run = (options: { onProgress?: (progress: PastProgress) => void; signal?: AbortSignal } = {}) =>
  importPast({ chain, curator, devnetUrl: fixture.devnet.url, ...options });
const total = 48 * 12;

test("an import that is broken off is finished by the next one, and a third finds nothing to do", async () => {
  const breaking = new AbortController();
  const first = await run({ onProgress: ({ done }) => done >= 48 && breaking.abort(), signal: breaking.signal });
  expect(first.total).toBe(total);
  expect(first.done).toBeGreaterThanOrEqual(48);
  expect(first.done).toBeLessThan(total);
  const begun: PastProgress[] = [];
  expect(await run({ onProgress: (progress) => begun.push(progress) })).toEqual({ done: total, total });
  expect(begun[0]).toEqual(first);
  const { block } = await readChainClock(chain);
  expect(await run()).toEqual({ done: total, total });
  expect((await readChainClock(chain)).block).toBe(block);
});

test("what the chain holds is what was simulated, and a reader's decoder takes it", async () => {
  const maker = new PastMaker(region, await readStreets());
  const tiles = regionTiles(region).slice(0, 3);
  for (const release of [...maker.make({ epoch: 3, tiles }), ...maker.make({ epoch: 47, tiles })]) {
    const key = { regionId: region.id, tile: release.tile, epoch: release.epoch };
    const status = await getTileStatus(chain, key);
    expect(status).toMatchObject({ state: "published", tickets: release.tickets, vehicles: release.tickets, weight: release.tickets });
    const values = await fixture.devnet.engine.decrypt(await getPlanes(chain, key));
    expect(values).toEqual(release.planes);
    expect(readPlanes(values, profileByName(region.profile))).toHaveLength(49);
  }
});

test("imported planes stay when published releases let go of what they were made of", async () => {
  const before = Number((await fixture.devnet.engine.stats())["values"]);
  await fixture.rpc("anvil_mine", [100]);
  for (let block = 0; block < 40; block += 1) await fixture.rpc("evm_mine");
  const key = { regionId: region.id, tile: regionTiles(region)[0] ?? "", epoch: 47 };
  expect((await fixture.devnet.engine.decrypt(await getPlanes(chain, key))).length).toBeGreaterThan(7);
  expect(Number((await fixture.devnet.engine.stats())["values"])).toBe(before);
});

async function post(body: unknown): Promise<number> {
  const response = await fetch(`${fixture.devnet.url}/devnet/import`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  return response.status;
}

test("nobody but the curator has words encrypted without a proof", async () => {
  const word = `0x${"11".repeat(32)}` as const;
  const good = await signImport(fixture.devnet.accounts.curator, [[word]]);
  expect(await post(good)).toBe(200);
  expect(await post(await signImport(fixture.devnet.accounts.faucet, [[word]]))).toBe(400);
  expect(await post({ ...good, inputs: [[`0x${"22".repeat(32)}`]] })).toBe(400);
  expect(await post({ ...good, inputs: [[word], [word]] })).toBe(400);
  expect(await post({ ...good, signature: "0x12" })).toBe(400);
  expect(await post({ inputs: [new Array(9).fill(word)], signature: good.signature })).toBe(400);
  expect(importRequestSchema.safeParse({ inputs: [], signature: "0x" }).success).toBe(false);
});
