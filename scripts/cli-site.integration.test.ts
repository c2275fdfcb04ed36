import { readFile, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import path from "node:path";
import pino from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { getTileStatus } from "@/lib/chain/gateway/histogram";
import { connectSigner } from "@/lib/chain/gateway/signer";
import type { TileStatus } from "@/lib/chain/model/release-state";
import { connectDatabase, type Database } from "@/lib/platform/database";
import { openApiStage, type ApiStage } from "@/scripts/test/api-stage";
import { runScript, type CommandRun } from "@/scripts/test/run-script";
import { runWorker } from "@/scripts/worker/run-worker";

const tile = "872664ca9ffffff";
let stage: ApiStage;
let database: Database;
let env: Record<string, string>;
const ending = new AbortController();
let working: Promise<void>;

beforeAll(async () => {
  stage = await openApiStage();
  const { fixture, chain, site } = stage;
  database = connectDatabase(site.databaseUrl);
  const { accounts } = fixture.devnet;
  working = runWorker({
    database, databaseUrl: site.databaseUrl, chain, uploader: connectSigner(chain, accounts.seller), keeper: connectSigner(chain, accounts.curator),
    rules: { itemsMin: 8, ageSeconds: 2, lastCallSeconds: 120 }, ceiling: null, signal: ending.signal, log: pino({ level: "silent" }),
  });
  env = { LOCAL_DIR: fixture.options.folder, FHE_ENGINE_BINARY: fixture.options.engineBinary, CACHE_DIR: fixture.options.cacheFolder, NETWORK: "local", SITE_URL: site.url };
});
afterAll(async () => {
  ending.abort();
  await working;
  await database.$disconnect();
  await stage.stop();
});

const statusOf = (): Promise<TileStatus> => getTileStatus(stage.chain, { regionId: stage.regions.wide.id, tile, epoch: 0 });
const lineOf = (run: CommandRun, type: string): Record<string, unknown> | undefined => run.lines.find((line) => line.type === type);
const uploads = (...names: string[]): string => path.join(stage.fixture.options.folder, "uploads", ...names);

/** A drive through the middle of the tile, one fix in 2 s, that ended just now. */
async function writeDrive(name: string, offset: number): Promise<string> {
  const end = Date.now() - 2_000;
  const rows = Array.from({ length: 25 }, (_, index) => `${new Date(end - 2_000 * (25 - index)).toISOString()},${41.8705 + offset},${-87.67 + index * 0.00015}`);
  const file = path.join(stage.fixture.options.folder, name);
  await writeFile(file, ["time,lat,lon", ...rows].join("\n"));
  return file;
}

test("an upload goes through the site, waits for the chain and tells what became of it", async () => {
  const file = await writeDrive("one.csv", 0);
  const run = await runScript("upload-data", [file, "--region", "wide", "--no-trim"], { env });
  expect([run.code, lineOf(run, "summary"), run.text]).toEqual([0, expect.objectContaining({ contributions: 1, accepted: 1, waiting: 0 }), expect.stringContaining(`Sending through ${stage.site.url}`)]);
  expect(await statusOf()).toMatchObject({ tickets: 1, vehicles: 1 });
  // The chain's word comes first; the queue follows when the worker has seen it too.
  const rows = () => database.contribution.findMany({ select: { state: true } });
  await expect.poll(rows, { timeout: 60_000 }).toEqual([{ state: "accepted" }]);
  const again = await runScript("upload-data", [file, "--region", "wide", "--no-trim"], { env });
  expect([again.code, lineOf(again, "summary")]).toEqual([0, expect.objectContaining({ contributions: 0 })]);
});

test("an upload that is killed once it has posted is finished by the next, and counted once", async () => {
  const files = [await writeDrive("two.csv", 0.0002), await writeDrive("three.csv", 0.0004)];
  const args = [...files, "--region", "wide", "--no-trim"];
  const before = readFileSync(uploads("journal.jsonl"), "utf8").split('"posted"').length;
  const killed = await runScript("upload-data", args, { env, killWhen: () => readFileSync(uploads("journal.jsonl"), "utf8").split('"posted"').length > before });
  expect(killed.code).toBeNull();
  const resumed = await runScript("upload-data", args, { env });
  expect([resumed.code, lineOf(resumed, "summary")]).toEqual([0, expect.objectContaining({ contributions: 2, refused: 0, waiting: 0 })]);
  expect(await statusOf()).toMatchObject({ tickets: 3, vehicles: 3 });
});

test("the device's token lies beside its journal, for its owner only", async () => {
  expect(await readFile(uploads("device.token"), "utf8")).toMatch(/^ptd_[\w-]{43}\n$/);
  expect(await database.device.count()).toBe(1);
});

test("without a site nothing is encrypted, and it is said how to start one or do without", async () => {
  const file = await writeDrive("four.csv", 0.0006);
  const run = await runScript("upload-data", [file, "--region", "wide", "--no-trim"], { env: { ...env, SITE_URL: "http://127.0.0.1:9" } });
  expect([run.code, lineOf(run, "error")]).toEqual([1, expect.objectContaining({ code: "site.unreachable" })]);
  expect(run.text).toMatch(/npm start.*--direct/s);
});
