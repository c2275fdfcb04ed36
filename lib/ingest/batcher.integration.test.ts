import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPrivateKey, type Signer } from "@/lib/chain/gateway/signer";
import { KnownRegions } from "@/lib/chain/gateway/known-regions";
import { signBatches } from "@/lib/ingest/mutations/sign-batches";
import { buildBatches } from "@/lib/ingest/mutations/build-batches";
import { forgetPayloads } from "@/lib/ingest/mutations/forget-payloads";
import { GroupAges } from "@/lib/ingest/model/due-batches";
import { getQueueState } from "@/lib/ingest/data/queue-state";
import { localTickets } from "@/lib/ingest/gateway/tickets";
import { Batcher, type BatcherOptions } from "@/lib/ingest/jobs";
import { delay } from "@/lib/kernel/time";
import { systemRandom } from "@/lib/kernel/random";
import { WorkerFixture } from "@/scripts/test/worker-fixture";

let fixture: WorkerFixture;
let signer: Signer;
let regionId: number;
const eager = { itemsMin: 1, ageSeconds: 30, lastCallSeconds: 120 };
const signal = new AbortController().signal;

beforeAll(async () => {
  fixture = await WorkerFixture.start();
});
afterAll(() => fixture.remove());
/** A region and an account of its own for every test. */
beforeEach(async () => {
  signer = await fixture.newSigner();
  regionId = await fixture.makeRegion();
});

function newBatcher(changes: Partial<BatcherOptions> = {}): Batcher {
  const { database, chain } = fixture;
  return new Batcher({ database, chain, signer, rules: eager, ceiling: null, signal, ...changes });
}

/** Looks and reads the chain until nothing waits any more. */
async function finish(batchers: readonly Batcher[] = [newBatcher()]): Promise<void> {
  for (let looks = 0; looks < 400; looks += 1) {
    await Promise.all(batchers.map((batcher) => batcher.look()));
    await fixture.index();
    await Promise.all(batchers.map((batcher) => batcher.look()));
    const open = await fixture.database.contribution.count({ where: { regionId, state: { in: ["queued", "batched"] } } });
    if (open === 0) return;
    await delay(20); // a transaction is given up after some seconds, not after some looks
  }
  throw new Error("contributions still wait");
}

const nonceOf = (): Promise<number> => fixture.chain.provider.getTransactionCount(signer.address);
const outgoing = () => fixture.database.outgoingTransaction.findMany({ where: { sender: signer.address.toLowerCase() }, orderBy: { createdAt: "asc" } });

/** What workers do up to the moment at which they are killed: signed and noted, not sent. */
async function signOnly(workers = 1): Promise<void> {
  const { database, chain } = fixture;
  const options = { chainId: chain.network.chainId, sender: signer.address.toLowerCase(), regions: new KnownRegions(chain), now: await fixture.now(), rules: eager, ages: new GroupAges() };
  await buildBatches(database, options);
  await Promise.all(Array.from({ length: workers }, () => signBatches({ database, chain, signer }, { ceiling: null, signal })));
}

describe("what waits in the queue", () => {
  test("is counted, each once, in batches that fit a transaction", async () => {
    const ids = [...(await fixture.postMany(regionId, 25)), await fixture.post(regionId, { fleet: 5, words: [1n, 2n, 0n] })];
    await finish();
    expect(new Set(await fixture.statesOf(ids))).toEqual(new Set(["accepted"]));
    expect(await fixture.statusOf(regionId)).toMatchObject({ tickets: 26, vehicles: 30, weight: 32 });
    expect(await nonceOf()).toBe((await outgoing()).length);
    expect(await nonceOf()).toBeGreaterThan(1);
  });

  test("waits until it is many or old, and goes at the latest before its epoch closes", async () => {
    const [id = ""] = await fixture.postMany(regionId, 1);
    const batcher = newBatcher({ rules: { ...eager, itemsMin: 2, ageSeconds: 3_600 } });
    await batcher.look();
    expect(await fixture.statesOf([id])).toEqual(["queued"]);
    await fixture.travel(3_600 + 600 - 100);
    await finish([batcher]);
    expect(await fixture.statesOf([id])).toEqual(["accepted"]);
  });

  test("that is bad is refused with the chain's reason and does not touch the others", async () => {
    const forged = localTickets(createPrivateKey(systemRandom), fixture.histogram);
    const good = await fixture.postMany(regionId, 2);
    const bad = [
      await fixture.post(regionId, { tickets: forged }),
      await fixture.post(regionId, { words: [1n] }),
      await fixture.post(regionId, { spoil: ({ signature }) => ({ signature: `0x${signature.slice(4)}00` }) }),
      await fixture.post(regionId, { spoil: () => ({ inputProof: "0x0101" }) }),
      await fixture.post(regionId, { spoil: () => ({ cover: 70_000 }) }),
    ];
    await finish();
    expect(await fixture.statesOf(good)).toEqual(["accepted", "accepted"]);
    expect(await fixture.statesOf(bad)).toEqual([
      "refused: bad-ticket", "refused: wrong-word-count", "refused: bad-signature", expect.stringMatching(/^refused: /), "stalled: The stored contribution is malformed.",
    ]);
    expect((await fixture.statusOf(regionId)).tickets).toBe(2);
  });

  test("that comes too late is refused with that reason, without paying for a transaction", async () => {
    const expired = await fixture.post(regionId, { tickets: (request, now) => fixture.tickets(request, now - 2 * 86_400) });
    const unknown = await fixture.post(4_000);
    const late = await fixture.post(regionId);
    await fixture.travel(3_600 + 600);
    await finish();
    expect(await fixture.statesOf([expired, unknown, late])).toEqual(["refused: epoch-not-open", "refused: unknown-region", "refused: epoch-not-open"]);
    expect(await nonceOf()).toBe(0);
    const other = await fixture.makeRegion();
    const outdated = await fixture.post(other, { tickets: (request, now) => fixture.tickets(request, now - 2 * 86_400) });
    await newBatcher().look();
    expect(await fixture.statesOf([outdated])).toEqual(["refused: ticket-expired"]);
  });

  test("for an epoch that has not begun waits for it", async () => {
    const id = await fixture.post(regionId, { epoch: 1 });
    await newBatcher().look();
    expect(await fixture.statesOf([id])).toEqual(["queued"]);
    await fixture.travel(3_600);
    await finish();
    expect(await fixture.statesOf([id])).toEqual(["accepted"]);
  });

  test("is halved when no transaction holds it", async () => {
    const { database, chain } = fixture;
    const ids = await fixture.postMany(regionId, 30);
    const { id } = await database.batch.create({ data: { chainId: chain.network.chainId, sender: signer.address.toLowerCase() } });
    await database.contribution.updateMany({ where: { id: { in: ids } }, data: { state: "batched", batchId: id } });
    await finish();
    expect(new Set(await fixture.statesOf(ids))).toEqual(new Set(["accepted"]));
    expect((await database.batch.findUniqueOrThrow({ where: { id } })).state).toBe("failed");
    expect((await fixture.statusOf(regionId)).tickets).toBe(30);
  });

  test("waits while gas costs more than the ceiling, and says so", async () => {
    const id = await fixture.post(regionId);
    await expect(newBatcher({ ceiling: 1n }).look()).rejects.toMatchObject({ code: "chain.gas-price" });
    expect(await outgoing()).toEqual([]);
    await finish();
    expect(await fixture.statesOf([id])).toEqual(["accepted"]);
  });

  test("of an account that can't pay stays in the queue, and goes when somebody pays", async () => {
    const id = await fixture.post(regionId);
    await fixture.devnet.rpc("anvil_setBalance", [signer.address, "0x0"]);
    await expect(newBatcher().look()).rejects.toMatchObject({ code: "chain.insufficient-funds" });
    expect(await fixture.statesOf([id])).toEqual(["batched"]);
    await fixture.devnet.rpc("anvil_setBalance", [signer.address, "0x56bc75e2d63100000"]);
    await finish();
    expect(await fixture.statesOf([id])).toEqual(["accepted"]);
  });

  test("that was counted by another way is known as accepted", async () => {
    const id = await fixture.post(regionId);
    await finish();
    await fixture.database.contribution.update({ where: { id }, data: { state: "queued", batchId: null, acceptedBlock: null } });
    await newBatcher().look();
    expect(await fixture.statesOf([id])).toEqual(["accepted"]);
    expect(await nonceOf()).toBe(1);
  });
});

describe("a worker that is killed", () => {
  test("between signing and sending: the next one sends the very same transaction", async () => {
    const ids = await fixture.postMany(regionId, 3);
    await signOnly();
    const [signed] = await outgoing();
    expect([signed?.state, await nonceOf()]).toEqual(["signed", 0]);
    await finish();
    const after = await outgoing();
    expect(after.map(({ hash, state }) => [hash, state])).toEqual([[signed?.hash, "mined"]]);
    expect([...(await fixture.statesOf(ids)), (await fixture.statusOf(regionId)).tickets]).toEqual(["accepted", "accepted", "accepted", 3]);
  });

  test("after sending, before that was noted: nothing is sent twice", async () => {
    const ids = await fixture.postMany(regionId, 3);
    await signOnly();
    const [signed] = await outgoing();
    await fixture.devnet.rpc("eth_sendRawTransaction", [signed?.raw]);
    await finish();
    expect([(await outgoing()).length, await nonceOf()]).toEqual([1, 1]);
    expect([...(await fixture.statesOf(ids)), (await fixture.statusOf(regionId)).tickets]).toEqual(["accepted", "accepted", "accepted", 3]);
  });

  test("and whose number another transaction has taken: the same items go in a new one", async () => {
    const ids = await fixture.postMany(regionId, 3);
    await signOnly();
    await (await signer.sendTransaction({ to: signer.address })).wait();
    await finish();
    expect((await outgoing()).map(({ state, nonce }) => [state, nonce])).toEqual([["dead", null], ["mined", 1]]);
    expect([...(await fixture.statesOf(ids)), (await fixture.statusOf(regionId)).tickets]).toEqual(["accepted", "accepted", "accepted", 3]);
  });
});

describe("two workers", () => {
  test("with one account count everything once and give each number once", async () => {
    const ids = await fixture.postMany(regionId, 40);
    await finish([newBatcher(), newBatcher()]);
    expect(new Set(await fixture.statesOf(ids))).toEqual(new Set(["accepted"]));
    expect((await fixture.statusOf(regionId)).tickets).toBe(40);
    const rows = await outgoing();
    expect(rows.map(({ nonce }) => nonce).toSorted()).toEqual(rows.map((_, index) => index).toSorted());
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(["mined"]));
    expect(await fixture.database.batch.count({ where: { sender: signer.address.toLowerCase(), state: "confirmed" } })).toBe(rows.length);
    expect(await nonceOf()).toBe(rows.length);
  });
});

test("many workers that look at the same batches sign each once", async () => {
  await fixture.postMany(regionId, 25);
  await signOnly(4);
  const rows = await outgoing();
  const batches = await fixture.database.batch.findMany({ where: { sender: signer.address.toLowerCase() } });
  expect(rows.map(({ nonce }) => nonce).toSorted()).toEqual([0, 1, 2]);
  expect(batches.map(({ transactionHash }) => transactionHash).toSorted()).toEqual(rows.map(({ hash }) => hash).toSorted());
  await finish();
  expect((await fixture.statusOf(regionId)).tickets).toBe(25);
});

describe("a reorganisation", () => {
  test("puts contributions back, and the same transaction counts them again, once", async () => {
    const ids = await fixture.postMany(regionId, 3);
    await finish();
    await fixture.devnet.rpc("anvil_rollback", [1]);
    expect((await fixture.statusOf(regionId)).tickets).toBe(0);
    await fixture.devnet.rpc("evm_mine");
    await fixture.index();
    await newBatcher({ signal: AbortSignal.abort() }).look();
    expect(await fixture.statesOf(ids)).toEqual(["batched", "batched", "batched"]);
    await finish();
    expect([...(await fixture.statesOf(ids)), (await fixture.statusOf(regionId)).tickets]).toEqual(["accepted", "accepted", "accepted", 3]);
    expect((await outgoing()).length).toBe(1);
  });

  test("in which another transaction takes the number queues them anew, and they are counted once", async () => {
    const ids = await fixture.postMany(regionId, 3);
    await finish();
    await fixture.devnet.rpc("anvil_rollback", [1]);
    await (await signer.sendTransaction({ to: signer.address, nonce: 0 })).wait();
    await fixture.index();
    await finish();
    expect([...(await fixture.statesOf(ids)), (await fixture.statusOf(regionId)).tickets]).toEqual(["accepted", "accepted", "accepted", 3]);
  });
});

test("a proof is forgotten once its contribution is too deep to come back, not before", async () => {
  const id = await fixture.post(regionId);
  await finish();
  const { chainId } = fixture.chain.network;
  await forgetPayloads(fixture.database, { chainId });
  expect((await fixture.database.contribution.findUniqueOrThrow({ where: { id } })).inputProof).not.toBeNull();
  await fixture.devnet.rpc("anvil_mine", [70]);
  await fixture.index();
  await forgetPayloads(fixture.database, { chainId });
  expect((await fixture.database.contribution.findUniqueOrThrow({ where: { id } })).inputProof).toBeNull();
  expect(await outgoing()).toEqual([]);
});

test("the queue's state counts what stands where, and what is stalled is not forgotten", async () => {
  const before = await getQueueState(fixture.database);
  await fixture.post(regionId, { spoil: () => ({ cover: 70_000 }) });
  await fixture.post(regionId, { words: [1n] });
  await fixture.post(regionId);
  expect((await getQueueState(fixture.database)).queued - before.queued).toBe(3);
  await finish();
  const after = await getQueueState(fixture.database);
  const grown = (["queued", "batched", "acceptedToday", "refusedToday", "stalled"] as const).map((name) => after[name] - before[name]);
  expect([grown, after.oldestQueuedSeconds]).toEqual([[0, 0, 1, 1, 1], null]);
});
