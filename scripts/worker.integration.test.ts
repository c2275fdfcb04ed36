import { spawn, type ChildProcess } from "node:child_process";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Signer } from "@/lib/chain/gateway/signer";
import { getClosesAt } from "@/lib/chain/gateway/histogram";
import { runIndexer } from "@/lib/chain/jobs";
import { getQueueState } from "@/lib/ingest/data/queue-state";
import { delay } from "@/lib/kernel/time";
import { readHeartbeats } from "@/lib/platform/heartbeat";
import { openQueue } from "@/lib/platform/queue";
import { runScript } from "@/scripts/test/run-script";
import { cover, WorkerFixture } from "@/scripts/test/worker-fixture";
import { runWorker, type WorkerOptions } from "@/scripts/worker/run-worker";

const log = pino({ level: process.env["WORKER_TEST_LOG"] ?? "silent" });
let fixture: WorkerFixture;
let signer: Signer;

beforeAll(async () => {
  fixture = await WorkerFixture.start();
  signer = await fixture.newSigner();
});
afterAll(() => fixture.remove());

function startWorker(changes: Partial<WorkerOptions> = {}): { stop(): Promise<void> } {
  const { database, databaseUrl, chain } = fixture;
  const stopping = new AbortController();
  const { signal } = stopping;
  const rules = { itemsMin: 4, ageSeconds: 3, lastCallSeconds: 120 };
  const running = Promise.all([
    runIndexer({ database, chain, signal, log }),
    runWorker({ database, databaseUrl, chain, uploader: signer, keeper: signer, rules, ceiling: null, signal, log, ...changes }),
  ]);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(50);
}

const tilesOf = (regionId: number) => fixture.database.tileEpoch.findMany({ where: { regionId } });

test("two workers beside each other carry an epoch from the queue to its releases, each step once, and end when told", async () => {
  const regionId = await fixture.makeRegion({ ticketsMin: 3 });
  const workers = [startWorker(), startWorker()];
  const ids = await fixture.postMany(regionId, 13);
  await until(async () => (await fixture.statesOf(ids)).every((state) => state === "accepted"));
  expect((await fixture.statusOf(regionId)).tickets).toBe(13);

  await fixture.travelTo(await getClosesAt(fixture.chain, { regionId, epoch: 0 }));
  await until(async () => (await tilesOf(regionId)).filter(({ state }) => state === "published").length === cover.length);
  await until(async () => (await fixture.database.chainTask.count({ where: { regionId, state: { not: "done" } } })) === 0);

  const rows = await fixture.database.outgoingTransaction.findMany();
  expect(rows.map(({ state }) => state)).toEqual(rows.map(() => "mined"));
  expect(await fixture.chain.provider.getTransactionCount(signer.address)).toBe(rows.length);

  await until(async () => (await readHeartbeats(fixture.database)).some(({ service, details }) => service === "worker" && details["waitingFor"] === null));
  expect(await getQueueState(fixture.database)).toMatchObject({ queued: 0, batched: 0, acceptedToday: 13, stalled: 0, oldestQueuedSeconds: 0 });

  await Promise.all(workers.map((worker) => worker.stop()));
  expect((await readHeartbeats(fixture.database)).filter(({ service }) => service === "worker")).toEqual([]);
});

test("what a worker waits for stands in its sign of life, and is gone when it goes on", async () => {
  const regionId = await fixture.makeRegion();
  const [id = ""] = await fixture.postMany(regionId, 1);
  const told = async (): Promise<unknown> => (await readHeartbeats(fixture.database)).find(({ service }) => service === "worker")?.details["waitingFor"];
  const dear = startWorker({ ceiling: 1n });
  await until(async () => /above the ceiling/.test(String(await told())));
  await dear.stop();
  expect(await fixture.statesOf([id])).toEqual(["batched"]);
  const worker = startWorker();
  await until(async () => (await fixture.statesOf([id]))[0] === "accepted" && (await told()) === null);
  await worker.stop();
});

test("looks that are asked for while one waits are one look", async () => {
  const queue = await openQueue(fixture.databaseUrl);
  for (let asked = 0; asked < 20; asked += 1) await queue.ask("epochs");
  const waiting = await fixture.database.$queryRaw`SELECT count(*)::int AS jobs FROM pgboss.job WHERE name = 'epochs' AND state = 'created'`;
  await queue.stop();
  expect(waiting).toEqual([{ jobs: 1 }]);
});

test("a database and then a chain that go away for a while delay, and lose nothing", async () => {
  const regionId = await fixture.makeRegion();
  const worker = startWorker();
  await until(async () => (await readHeartbeats(fixture.database)).filter(({ service }) => service === "worker" || service === "indexer").length === 2);
  const first = await fixture.postMany(regionId, 6);
  await fixture.withoutDatabase(() => delay(3_000));
  await until(async () => (await fixture.statesOf(first)).every((state) => state === "accepted"));
  const second = await fixture.postMany(regionId, 6);
  await fixture.devnet.restart();
  await until(async () => (await fixture.statesOf(second)).every((state) => state === "accepted"));
  expect((await fixture.statusOf(regionId)).tickets).toBe(12);
  await worker.stop();
});

test("npm run stalled shows what was given up, with its reason, and gives it back", async () => {
  const regionId = await fixture.makeRegion();
  const id = await fixture.post(regionId, { spoil: () => ({ cover: 70_000 }) });
  const worker = startWorker();
  await until(async () => (await fixture.statesOf([id]))[0]?.startsWith("stalled") === true);
  await worker.stop();
  const env = { DATABASE_URL: fixture.databaseUrl };
  expect((await runScript("stalled", ["list"], { env })).lines).toEqual([
    { type: "stalled", kind: "contribution", key: id, reason: "The stored contribution is malformed.", since: expect.stringMatching(/:00:00\.000Z$/), attempts: null },
  ]);
  expect((await runScript("stalled", ["retry", "contribution", id], { env })).code).toBe(0);
  expect(await fixture.statesOf([id])).toEqual(["queued"]);
  expect(await runScript("stalled", ["retry", "contribution", id], { env })).toMatchObject({ code: 2, lines: [{ type: "error", code: "usage.invalid" }] });
  expect((await runScript("stalled", ["retry", "payment", id], { env })).code).toBe(2);
  await fixture.database.contribution.delete({ where: { id } });
});

/** The worker as npm start runs it: a process of its own, which can be killed. */
function spawnWorker(): { child: ChildProcess; ended: Promise<number | null> } {
  const env = {
    ...process.env, NETWORK: "local", LOCAL_DIR: fixture.devnet.options.folder, DATABASE_URL: fixture.databaseUrl, UPLOADER_KEY: signer.privateKey,
    BATCH_ITEMS_MIN: "3", BATCH_AGE_SECONDS: "1", LOG_LEVEL: "info",
  };
  const child = spawn(process.execPath, ["--conditions=react-server", "--import", "tsx", "scripts/worker.ts"], { env, stdio: ["ignore", "pipe", "inherit"] });
  child.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return { child, ended: new Promise((resolve) => child.once("exit", (code) => resolve(code))) };
}
let said = "";

test("a worker that is killed again and again loses nothing and counts nothing twice, and ends by SIGTERM", async () => {
  const regionId = await fixture.makeRegion();
  const ids: string[] = [];
  for (let kills = 0; kills < 4; kills += 1) {
    const { child, ended } = spawnWorker();
    const before = await fixture.database.batch.count();
    ids.push(...(await fixture.postMany(regionId, 9)));
    await until(async () => (await fixture.database.batch.count()) > before); // in the midst of a look
    child.kill("SIGKILL");
    await ended;
  }
  const { child, ended } = spawnWorker();
  await until(async () => (await fixture.statesOf(ids)).every((state) => state === "accepted"));
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect((await fixture.statusOf(regionId)).tickets).toBe(36);
  const rows = await fixture.database.contribution.findMany({ where: { id: { in: ids } }, select: { oneTimeAddress: true, signature: true } });
  expect(said).toContain("the worker runs");
  for (const { oneTimeAddress, signature } of rows) expect([said.includes(oneTimeAddress), said.includes(signature)]).toEqual([false, false]);
  for (const one of cover) expect(said).not.toContain(one);
});
