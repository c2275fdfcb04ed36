import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { getTileStatus } from "@/lib/chain/gateway/histogram";
import { type Chain, connectChain, readChainClock } from "@/lib/chain/gateway/provider";
import { connectSigner } from "@/lib/chain/gateway/signer";
import type { TileStatus } from "@/lib/chain/model/release-state";
import { epochAt, type Region } from "@/lib/geo/model/region";
import { ensureLoopPilot } from "@/local/city/loop-pilot";
import { DevnetFixture } from "@/local/devnet/testing/devnet-fixture";
import { type CommandRun, runScript } from "@/scripts/test/run-script";

let fixture: DevnetFixture;
let chain: Chain;
let region: Region;
/** The epoch that all runs drive in, so that a half hour that passes meanwhile changes nothing. */
let epoch: number;
let when: string;

beforeAll(async () => {
  fixture = await DevnetFixture.start("clear", { blockSeconds: 1 });
  chain = connectChain(fixture.devnet.deployment);
  region = await ensureLoopPilot({ chain, curator: connectSigner(chain, fixture.devnet.accounts.curator) });
  const { time } = await readChainClock(chain);
  epoch = epochAt(region, time) ?? 0;
  when = new Date(time * 1000).toISOString();
});
afterAll(() => fixture.remove());

function drive(...args: string[]): Promise<CommandRun> {
  const { folder, engineBinary, cacheFolder } = fixture.options;
  const env = { LOCAL_DIR: folder, FHE_ENGINE_BINARY: engineBinary, CACHE_DIR: cacheFolder, NETWORK: "local" };
  return runScript("demo-fleet", ["--epoch", when, "--direct", ...args], { env });
}

function statusOfTile(): Promise<TileStatus> {
  return getTileStatus(chain, { regionId: region.id, tile: region.covers[0]?.[0] ?? "", epoch });
}

function summaryOf(run: CommandRun): unknown {
  return run.lines.find(({ type }) => type === "summary");
}

/**
 * Vehicles that a run counted, over all of its fleets: those of which a visit to the tile was kept. How many of the simulated ones that are
 * depends on the hour that they drive in.
 */
function vehiclesOf(run: CommandRun): number {
  const summaries = run.lines.filter(({ type }) => type === "summary");
  return z.array(z.object({ vehicles: z.number() })).parse(summaries).reduce((sum, { vehicles }) => sum + vehicles, 0);
}

let counted = { tickets: 0, vehicles: 0 };

/** The tile's numbers have grown by exactly this. */
async function expectGrowth(tickets: number, vehicles: number): Promise<void> {
  counted = { tickets: counted.tickets + tickets, vehicles: counted.vehicles + vehicles };
  expect(await statusOfTile()).toMatchObject(counted);
}

test("a fleet is one contribution with one ticket for all of its vehicles, and is called simulated", async () => {
  const run = await drive("--vehicles", "12", "--seed", "5");
  expect(run.code, run.text).toBe(0);
  expect(run.text).toContain("12 simulated vehicles");
  expect(summaryOf(run)).toMatchObject({ contributions: 1, accepted: 1 });
  expect(vehiclesOf(run)).toBeGreaterThan(0);
  expect(vehiclesOf(run)).toBeLessThanOrEqual(12);
  await expectGrowth(1, vehiclesOf(run));
});

test("the same fleet again is not counted again", async () => {
  const run = await drive("--vehicles", "12", "--seed", "5");
  expect(run.code, run.text).toBe(0);
  expect(summaryOf(run)).toMatchObject({ contributions: 0, accepted: 0 });
  await expectGrowth(0, 0);
});

test("several fleets are as many contributions, of different vehicles", async () => {
  const run = await drive("--vehicles", "9", "--fleets", "2", "--seed", "6");
  expect(run.code, run.text).toBe(0);
  expect(run.lines.filter(({ type }) => type === "outcome")).toHaveLength(2);
  await expectGrowth(2, vehiclesOf(run));
});

test("vehicles that are sent one by one have a ticket each", async () => {
  const run = await drive("--single", "--vehicles", "2", "--seed", "8");
  expect(run.code, run.text).toBe(0);
  expect(vehiclesOf(run)).toBe(2);
  await expectGrowth(2, 2);
});

test("a file of the same vehicles is written instead of sending them, and upload-data counts it", async () => {
  const file = path.join(fixture.options.folder, "fleet.csv");
  const written = await drive("--vehicles", "4", "--seed", "9", "--out", file);
  expect(written.code, written.text).toBe(0);
  expect((await readFile(file, "utf8")).startsWith("vehicle,time,latitude,longitude\nsimulated-9-0001,")).toBe(true);
  await expectGrowth(0, 0);
  const { folder, engineBinary, cacheFolder } = fixture.options;
  const env = { LOCAL_DIR: folder, FHE_ENGINE_BINARY: engineBinary, CACHE_DIR: cacheFolder, NETWORK: "local" };
  const sent = await runScript("upload-data", [file, "--region", region.slug, "--fleet", "--no-trim", "--direct"], { env });
  expect(sent.code, sent.text).toBe(0);
  await expectGrowth(1, vehiclesOf(sent));
});

test("an epoch that has not begun is refused before anything is sent", async () => {
  const run = await runScript("demo-fleet", ["--epoch", "2096-01-01T00:00:00Z"], { env: { LOCAL_DIR: fixture.options.folder, NETWORK: "local" } });
  expect(run.code).toBe(1);
  expect(run.lines).toEqual([expect.objectContaining({ type: "error", code: "epoch.closed" })]);
});
