import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { getClosesAt, histogramAt } from "@/lib/chain/gateway/histogram";
import type { Signer } from "@/lib/chain/gateway/signer";
import { tileToBigInt } from "@/lib/geo/model/tile";
import { Batcher } from "@/lib/ingest/jobs";
import { findStalledWork, retryStalledWork } from "@/lib/releases/data/work-state";
import { Releaser, type ReleaserOptions } from "@/lib/releases/jobs";
import { failTask } from "@/lib/releases/mutations/run-tasks";
import { AppError } from "@/lib/kernel/errors";
import { cover, tile, WorkerFixture } from "@/scripts/test/worker-fixture";

let fixture: WorkerFixture;
let signer: Signer;
let regionId: number;
let closesAt: number;
const signal = new AbortController().signal;

beforeAll(async () => {
  fixture = await WorkerFixture.start();
});
afterAll(() => fixture.remove());
beforeEach(async () => {
  signer = await fixture.newSigner();
  regionId = await fixture.makeRegion({ ticketsMin: 2 });
  closesAt = await getClosesAt(fixture.chain, { regionId, epoch: 0 });
});

function newReleaser(changes: Partial<ReleaserOptions> = {}): Releaser {
  const { database, chain } = fixture;
  return new Releaser({ database, chain, signer, ceiling: null, signal, ...changes });
}

/** Contributions that are counted, by an account of its own. */
async function count(items: number): Promise<void> {
  const { database, chain } = fixture;
  const batcher = new Batcher({ database, chain, signer: await fixture.newSigner(), rules: { itemsMin: 1, ageSeconds: 1, lastCallSeconds: 120 }, ceiling: null, signal });
  await fixture.postMany(regionId, items);
  for (let looks = 0; looks < 3; looks += 1) {
    await batcher.look();
    await fixture.index();
  }
}

async function look(releasers: readonly Releaser[], times: number): Promise<void> {
  for (let looks = 0; looks < times; looks += 1) {
    await fixture.database.chainTask.updateMany({ where: { regionId, state: "waiting" }, data: { nextAt: new Date(0) } }); // no test waits for a pause to pass
    await Promise.all(releasers.map((releaser) => releaser.look()));
    await fixture.index();
  }
}

const tilesOf = async (): Promise<string[]> => (await fixture.database.tileEpoch.findMany({ where: { regionId }, orderBy: { tile: "asc" } })).map(({ state }) => state);
const tasksOf = async (): Promise<string[]> => (await fixture.database.chainTask.findMany({ where: { regionId }, orderBy: [{ kind: "asc" }, { tile: "asc" }] })).map(({ kind, state }) => `${kind} ${state}`);
const nonceOf = (): Promise<number> => fixture.chain.provider.getTransactionCount(signer.address);
const all = (state: string): string[] => cover.map(() => state);

describe("an epoch", () => {
  test("is not sealed before its grace is over by the chain's clock, then every tile is, and released, by one of two workers each", async () => {
    await count(2);
    const releasers = [newReleaser(), newReleaser()];
    await fixture.travelTo(closesAt - 5);
    await look(releasers, 1);
    expect([await tilesOf(), await tasksOf(), await nonceOf()]).toEqual([all("collecting"), [], 0]);
    await fixture.travelTo(closesAt);
    await look(releasers, 8);
    expect(await tilesOf()).toEqual(all("published"));
    expect(new Set(await tasksOf())).toEqual(new Set(["seal done", "release done"]));
    expect(await nonceOf()).toBe(2 * cover.length); // a seal and a release for each tile, not one transaction more
    expect((await fixture.statusOf(regionId)).state).toBe("published");
  });

  test("of too few tickets is void, and nothing is released", async () => {
    await count(1);
    await fixture.travelTo(closesAt);
    await look([newReleaser()], 4);
    expect([await tilesOf(), await nonceOf()]).toEqual([all("void"), cover.length]);
  });

  test("that somebody else seals and releases is known as done without a transaction", async () => {
    await count(2);
    await fixture.travelTo(closesAt);
    const abi = histogramAt(fixture.chain).interface;
    const other = await fixture.newSigner();
    for (const name of ["seal", "release"] as const) {
      for (const one of cover) {
        const data = name === "seal" ? abi.encodeFunctionData("seal", [regionId, tileToBigInt(one), 0]) : abi.encodeFunctionData("release", [regionId, tileToBigInt(one), 0]);
        await (await other.sendTransaction({ to: fixture.histogram.verifyingContract, data, gasLimit: 16_000_000 })).wait();
      }
    }
    await look([newReleaser()], 2); // the index does not know yet at the first look
    await look([newReleaser()], 2);
    expect([await tilesOf(), await nonceOf()]).toEqual([all("published"), 0]);
  });
});

describe("a release", () => {
  test("that failed as a whole is made in its two halves", async () => {
    await count(2);
    await fixture.travelTo(closesAt);
    await look([newReleaser()], 1);
    expect(await tilesOf()).toEqual(all("sealed"));
    await newReleaser({ signal: AbortSignal.abort() }).look(); // notes what is owed, and signs nothing
    await fixture.database.chainTask.updateMany({ where: { regionId, kind: "release" }, data: { attempts: 1 } });
    const before = await nonceOf();
    await look([newReleaser()], 1);
    expect(new Set(await tilesOf())).toEqual(new Set(["noised"]));
    await look([newReleaser()], 4);
    expect(await tilesOf()).toEqual(all("published"));
    expect((await nonceOf()) - before).toBe(2 * cover.length);
  });

  test("whose block is undone is made again by the same transaction", async () => {
    await count(2);
    await fixture.travelTo(closesAt);
    await look([newReleaser()], 8);
    const nonce = await nonceOf();
    await fixture.devnet.rpc("anvil_rollback", [2]);
    await fixture.devnet.rpc("evm_mine");
    await fixture.index();
    expect((await tilesOf()).filter((state) => state === "sealed").length).toBeGreaterThan(0);
    await look([newReleaser()], 8);
    expect([await tilesOf(), await nonceOf()]).toEqual([all("published"), nonce]);
  });
});

describe("a step that fails again and again", () => {
  test("is stalled with its reason, seen, and taken up again when an admin says so", async () => {
    const { database, chain } = fixture;
    await count(2);
    await fixture.travelTo(closesAt);
    await newReleaser({ signal: AbortSignal.abort() }).look();
    const key = { chainId: chain.network.chainId, kind: "seal" as const, regionId, epoch: 0, tile };
    for (let attempts = 0; attempts < 8; attempts += 1) await failTask(database, { ...key, attempts }, new AppError("chain.reverted", "It does not work."));
    await look([newReleaser()], 8);
    expect((await fixture.statusOf(regionId)).state).toBe("collecting");
    const stalled = (await findStalledWork(database)).filter(({ key: name }) => name.startsWith(`${key.chainId}/${regionId}/`));
    expect(stalled).toEqual([{ kind: "seal", key: `31337/${regionId}/0/${tile}`, reason: "It does not work.", since: expect.any(Date), attempts: 8 }]);
    await expect(retryStalledWork(database, "release", stalled[0]?.key ?? "")).rejects.toMatchObject({ code: "usage.invalid" });
    await retryStalledWork(database, "seal", stalled[0]?.key ?? "");
    await look([newReleaser()], 6);
    expect(await tilesOf()).toEqual(all("published"));
    await expect(retryStalledWork(database, "seal", stalled[0]?.key ?? "")).rejects.toMatchObject({ code: "usage.invalid" });
    await expect(retryStalledWork(database, "contribution", "no-uuid")).rejects.toMatchObject({ code: "usage.invalid" });
  });

  test("does so without counting what will pass: a paused contract", async () => {
    await count(2);
    await fixture.travelTo(closesAt);
    await fixture.pause();
    await expect(newReleaser().look()).rejects.toMatchObject({ code: "chain.refused", details: { error: "EnforcedPause" } });
    await fixture.unpause();
    const tasks = await fixture.database.chainTask.findMany({ where: { regionId } });
    expect(tasks.map(({ attempts, state }) => [attempts, state])).toEqual(cover.map(() => [0, "waiting"]));
    await look([newReleaser()], 8);
    expect(await tilesOf()).toEqual(all("published"));
  });
});
