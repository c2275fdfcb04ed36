import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contributeBatch } from "@/lib/chain/gateway/contribute";
import { getTileStatus, histogramAt } from "@/lib/chain/gateway/histogram";
import { createRegion, releaseTile, sealTile } from "@/lib/chain/gateway/lifecycle";
import { connectChain, readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { addressOfKey, connectSigner, createPrivateKey, signTypedData, typedDataDigest, type Signer } from "@/lib/chain/gateway/signer";
import type { ContributionOutcome, SignedContribution } from "@/lib/chain/model/contribution";
import { contributionTypedData, ticketTypedData, type ContributionMessage } from "@/lib/chain/model/typed-data";
import type { TileStatus } from "@/lib/chain/model/release-state";
import type { FheClient } from "@/lib/fhe/model/client";
import { defaultCover, tileToBigInt } from "@/lib/geo/model/tile";
import { planesOf } from "@/lib/geo/model/words";
import { RunJournal } from "@/lib/ingest/gateway/run-journal";
import { localTickets, type TicketSource } from "@/lib/ingest/gateway/tickets";
import type { PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import { contribute, type ContributeOptions } from "@/lib/ingest/mutations/contribute";
import type { ContributeOutcome } from "@/lib/ingest/mutations/make-ready";
import { prepareItem } from "@/lib/ingest/mutations/prepare-item";
import { sendBatch } from "@/lib/ingest/mutations/send-batch";
import { isAppError } from "@/lib/kernel/errors";
import type { Hex } from "@/lib/kernel/hex";
import { systemRandom } from "@/lib/kernel/random";
import { attest } from "@/local/devnet/testing/attested";
import { makeFolder } from "@/local/devnet/testing/chain-fixture";
import { DevnetFixture } from "@/local/devnet/testing/devnet-fixture";

const tile = "872664ca9ffffff";
const cover = defaultCover(tile);
const day = 86_400;

let fixture: DevnetFixture;
let chain: Chain;
let sender: Signer;
let regionId: number;
let otherRegionId: number;
let histogram: { chainId: number; verifyingContract: string };
let tickets: TicketSource;

/** Inputs attested by the devnet without a proof: real handles and attestations, in milliseconds. */
const fhe: Pick<FheClient, "encryptWords"> = {
  async encryptWords({ contractAddress, userAddress, words }) {
    const { handles, inputProof } = await attest(fixture.devnet.url, { values: words, contractAddress, userAddress });
    return { handles, inputProof };
  },
};

async function makeRegion(slug: string, now: number): Promise<number> {
  const curator = connectSigner(chain, fixture.devnet.accounts.curator);
  return createRegion(chain, curator, {
    slug, start: now - 10 * day, epochSeconds: day, graceSeconds: 2 * day, studyUntil: null, tileResolution: 7,
    samplingRate: 1, visitsMax: 8, ticketsMin: 1, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [cover],
  });
}

beforeAll(async () => {
  fixture = await DevnetFixture.start("clear");
  const { deployment, accounts } = fixture.devnet;
  chain = connectChain(deployment);
  histogram = { chainId: deployment.chainId, verifyingContract: deployment.addresses.histogram };
  tickets = localTickets(accounts.ticketSigner, histogram);
  sender = connectSigner(chain, (await fixture.createActor()).privateKey);
  const { time } = await readChainClock(chain);
  regionId = await makeRegion("first", time);
  otherRegionId = await makeRegion("second", time);
});
afterAll(() => fixture.remove());

/** Epoch 10 has just begun; epochs 8 and 9 are in their grace. */
const open = 10;
let count = 0;
const vehicle = (changes: Partial<{ epoch: number; regionId: number; cover: number; words: bigint[] }> = {}): PlannedContribution => {
  count += 1;
  return { kind: "vehicle", id: `test${count}/0/0`, regionId, epoch: open, cover: 0, words: cover.map((_, index) => (index === 0 ? 1n : 0n)), ...changes };
};
const statusOf = (epoch = open, region = regionId): Promise<TileStatus> => getTileStatus(chain, { regionId: region, tile, epoch });

async function run(items: readonly PlannedContribution[], changes: Partial<ContributeOptions> & { folder?: string } = {}): Promise<ContributeOutcome[]> {
  const { folder, remove } = await makeFolder();
  const journal = changes.journal ?? (await RunJournal.open(changes.folder ?? folder));
  const outcomes: ContributeOutcome[] = [];
  const onEvent: ContributeOptions["onEvent"] = (event) => event.type === "outcome" && outcomes.push(event.outcome);
  try {
    await contribute(items, { chain, sender, tickets, fhe, journal, random: systemRandom, onEvent, ...changes });
  } finally {
    await journal.close();
    await remove();
  }
  return outcomes;
}

const states = (outcomes: readonly ContributeOutcome[]): string[] => outcomes.map((outcome) => (outcome.state === "refused" ? outcome.reason : outcome.state));

describe("typed data", () => {
  test("a ticket's digest is the contract's own", async () => {
    const ticket = { oneTimeAddress: sender.address, regionId: 1, epoch: 2, maxLevel: 3, vehicles: 4, expiry: 5 };
    expect(typedDataDigest(ticketTypedData(histogram, ticket))).toBe(await histogramAt(chain).ticketDigest(ticket));
  });
});

describe("contributing", () => {
  test("vehicles and fleets are counted, each once, with their numbers", async () => {
    const before = await statusOf();
    const words = Array.from({ length: 100 }, (_, index) => 1n << BigInt(index));
    const fleet: PlannedContribution = { kind: "fleet", id: "fleet/0/0", regionId, epoch: open, tile, planes: [...planesOf(words), ...Array.from({ length: 6 }, () => 0n)], vehicles: 100 };
    expect(states(await run([vehicle(), fleet, vehicle()]))).toEqual(["accepted", "accepted", "accepted"]);
    const after = await statusOf();
    expect([after.tickets - before.tickets, after.vehicles - before.vehicles, after.weight - before.weight]).toEqual([3, 102, 129]);
  });

  test("more than fits a transaction is sent in several", async () => {
    const outcomes = await run(Array.from({ length: 25 }, () => vehicle()));
    const transactions = new Set(outcomes.map((outcome) => (outcome.state === "accepted" ? outcome.transaction : null)));
    expect(outcomes).toHaveLength(25);
    expect(states(outcomes).every((state) => state === "accepted")).toBe(true);
    expect(transactions.size).toBe(3);
  });

  test("a batch that no transaction holds is halved until it fits", async () => {
    const before = await statusOf();
    const prepared = await Promise.all(Array.from({ length: 30 }, () => prepareItem(vehicle(), { fhe, histogram, random: systemRandom })));
    const outcomes = await sendBatch(prepared, { chain, sender, tickets });
    const transactions = new Set(outcomes.map((outcome) => (outcome.state === "accepted" ? outcome.transaction : null)));
    expect(transactions.size).toBeGreaterThan(1);
    expect(transactions).not.toContain(null);
    expect((await statusOf()).tickets - before.tickets).toBe(30);
  });

  test("a bad item is refused with its reason and the others go on", async () => {
    const items = [
      vehicle({ epoch: open + 1 }), vehicle({ epoch: 3 }), vehicle({ regionId: 77 }), vehicle({ cover: 9 }), vehicle({ words: [1n] }), vehicle(),
    ];
    const before = await statusOf();
    expect(states(await run(items))).toEqual(["epoch-not-open", "epoch-not-open", "unknown-region", "unknown-cover", "wrong-word-count", "accepted"]);
    expect((await statusOf()).tickets - before.tickets).toBe(1);
  });

  test("a sealed tile takes nothing more", async () => {
    const curator = connectSigner(chain, fixture.devnet.accounts.curator);
    const epoch = open - 1;
    const { time } = await readChainClock(chain);
    const region = await createRegion(chain, curator, {
      slug: "sealed", start: time - 10 * day - 60, epochSeconds: day, graceSeconds: 3_600, studyUntil: null, tileResolution: 7,
      samplingRate: 1, visitsMax: 8, ticketsMin: 1, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [[tile]],
    });
    expect(states(await run([vehicle({ regionId: region, epoch, words: [1n] })]))).toEqual(["accepted"]);
    await sealTile(chain, curator, { regionId: region, tile, epoch });
    expect(states(await run([vehicle({ regionId: region, epoch, words: [1n] })]))).toEqual(["already-sealed"]);
    await expect(sealTile(chain, curator, { regionId: region, tile, epoch })).rejects.toMatchObject({ code: "chain.refused", details: { error: "WrongState" } });
    await expect(sealTile(chain, curator, { regionId: region, tile, epoch: open })).rejects.toMatchObject({ code: "epoch.not-due" });
    await releaseTile(chain, sender, { regionId: region, tile, epoch });
    expect((await getTileStatus(chain, { regionId: region, tile, epoch })).state).toBe("published");
  });

  test.each<[string, () => TicketSource, string]>([
    ["a ticket that somebody forged", () => localTickets(createPrivateKey(systemRandom), histogram), "bad-ticket"],
    ["a ticket for another region", () => (request, now) => tickets({ ...request, regionId: otherRegionId }, now), "bad-ticket"],
    ["a ticket for another address", () => (request, now) => tickets({ ...request, oneTimeAddress: sender.address }, now), "bad-ticket"],
    ["an expired ticket", () => (request, now) => tickets(request, now - 2 * day), "ticket-expired"],
  ])("%s is refused", async (_, source, reason) => {
    expect(states(await run([vehicle()], { tickets: source() }))).toEqual([reason]);
  });

  test("an account that can't pay is told so, and nothing is lost", async () => {
    const { folder, remove } = await makeFolder();
    const item = vehicle();
    const poor = connectSigner(chain, createPrivateKey(systemRandom));
    await expect(run([item], { folder, sender: poor })).rejects.toMatchObject({ code: "chain.insufficient-funds" });
    expect(states(await run([item], { folder }))).toEqual(["accepted"]);
    await remove();
  });
});

/** What a run does up to the moment at which it is killed, and what the next run makes of it. */
describe("a run that was interrupted", () => {
  const killed = new Error("killed");

  test("before anything was sent counts each vehicle once", async () => {
    const { folder, remove } = await makeFolder();
    const items = [vehicle(), vehicle()];
    const before = await statusOf();
    const kill: ContributeOptions["onEvent"] = (event) => {
      if (event.type === "sending") throw killed;
    };
    await expect(run(items, { folder, onEvent: kill })).rejects.toBe(killed);
    expect((await statusOf()).tickets).toBe(before.tickets);
    // The killed run's transaction might still be on its way: another address would be counted besides.
    const unused: typeof fhe = { encryptWords: () => Promise.reject(new Error("encrypted again")) };
    expect(states(await run(items, { folder, fhe: unused }))).toEqual(["accepted", "accepted"]);
    expect((await statusOf()).tickets - before.tickets).toBe(2);
    await remove();
  });

  test("after the chain accepted, before that was noted, counts each vehicle once", async () => {
    const { folder, remove } = await makeFolder();
    const items = [vehicle(), vehicle()];
    const before = await statusOf();
    const kill: ContributeOptions["onEvent"] = (event) => {
      if (event.type === "sending") throw killed;
    };
    await expect(run(items, { folder, onEvent: kill })).rejects.toBe(killed);
    const journal = await RunJournal.open(folder);
    const [first] = items.flatMap(({ id }) => journal.find(id)?.item ?? []);
    if (first === undefined) throw new Error("nothing was prepared");
    await sendBatch([first], { chain, sender, tickets });
    await journal.close();
    expect(states(await run(items, { folder }))).toEqual(["counted-before", "accepted"]);
    expect((await statusOf()).tickets - before.tickets).toBe(2);
    await remove();
  });

  test("sends the same again and takes the chain's word that it is counted", async () => {
    const { folder, remove } = await makeFolder();
    const item = vehicle();
    const journal = await RunJournal.open(folder);
    await run([item], { journal });
    const prepared = journal.find(item.id)?.item;
    if (prepared === undefined) throw new Error("nothing was prepared");
    const before = await statusOf();
    expect(await sendBatch([prepared], { chain, sender, tickets })).toEqual([{ state: "accepted", transaction: null, gasUsed: 0n }]);
    expect((await statusOf()).tickets).toBe(before.tickets);
    await remove();
  });

  test("by the relayer's silence goes on where it stopped", async () => {
    const { folder, remove } = await makeFolder();
    const items = [vehicle(), vehicle(), vehicle()];
    const before = await statusOf();
    let answers = 1;
    const broken: typeof fhe = {
      encryptWords: (request) => ((answers -= 1) >= 0 ? fhe.encryptWords(request) : Promise.reject(killed)),
    };
    await expect(run(items, { folder, fhe: broken })).rejects.toBe(killed);
    expect(states(await run(items, { folder }))).toEqual(["accepted", "accepted", "accepted"]);
    expect((await statusOf()).tickets - before.tickets).toBe(3);
    await remove();
  });

  test("when repeated in full counts nothing again", async () => {
    const { folder, remove } = await makeFolder();
    const items = [vehicle(), vehicle()];
    await run(items, { folder });
    const before = await statusOf();
    expect(states(await run(items, { folder }))).toEqual(["counted-before", "counted-before"]);
    expect(await statusOf()).toEqual(before);
    await remove();
  });
});

/** Attack 9: an accepted input, public on chain, used again by somebody who has tickets. */
describe("a replayed input", () => {
  type Stolen = { message: ContributionMessage; inputProof: Hex; oneTimeAddress: Hex; signature: Hex };

  async function steal(): Promise<Stolen> {
    const { folder, remove } = await makeFolder();
    const item = vehicle();
    const journal = await RunJournal.open(folder);
    await run([item], { journal });
    const prepared = journal.find(item.id)?.item;
    await remove();
    if (prepared === undefined) throw new Error("nothing was prepared");
    return { message: { ...prepared, tile: BigInt(prepared.tile) }, inputProof: prepared.inputProof, oneTimeAddress: prepared.oneTimeAddress, signature: prepared.signature };
  }

  async function replay(stolen: Stolen, changes: Partial<ContributionMessage>, thief?: Hex): Promise<ContributionOutcome | undefined> {
    const { time } = await readChainClock(chain);
    const message = { ...stolen.message, ...changes };
    const oneTimeAddress = thief === undefined ? stolen.oneTimeAddress : addressOfKey(thief);
    const signature = thief === undefined ? stolen.signature : await signTypedData(thief, contributionTypedData(histogram, message));
    const maxLevel = 7;
    const ticket = await tickets({ oneTimeAddress, regionId: message.regionId, epoch: message.epoch, maxLevel, vehicles: message.vehicles }, time);
    const item: SignedContribution = { ...message, oneTimeAddress, signature, inputProof: stolen.inputProof, maxLevel, ticketExpiry: ticket.expiry, ticketSignature: ticket.signature };
    return (await contributeBatch(chain, sender, [item])).outcomes[0];
  }

  const variants: [string, (stolen: Stolen) => Partial<ContributionMessage>][] = [
    ["as it was", () => ({})],
    ["in another epoch", () => ({ epoch: open - 1 })],
    ["in another region", () => ({ regionId: otherRegionId })],
    ["with another order of tiles", ({ message }) => ({ handles: message.handles.toReversed() })],
    ["as a fleet of one tile", ({ message }) => ({ tile: tileToBigInt(tile), levels: [0], handles: message.handles.slice(0, 1) })],
  ];

  test.each(variants)("%s, under the victim's address, is refused", async (_, changes) => {
    const stolen = await steal();
    expect(await replay(stolen, changes(stolen))).toMatchObject({ accepted: false, reason: "address-spent" });
  });

  test.each(variants)("%s, under the thief's address, is refused", async (_, changes) => {
    const stolen = await steal();
    expect(await replay(stolen, changes(stolen), createPrivateKey(systemRandom))).toMatchObject({ accepted: false, reason: "input-spent" });
  });

  test("that nobody has used yet can't be used by another address either", async () => {
    const owner = createPrivateKey(systemRandom);
    const { handles, inputProof } = await fhe.encryptWords({ contractAddress: histogram.verifyingContract, userAddress: addressOfKey(owner), words: cover.map(() => 1n) });
    const message: ContributionMessage = { regionId, epoch: open, cover: 0, tile: 0n, levels: [], handles, vehicles: 1 };
    const stolen = { message, inputProof, oneTimeAddress: addressOfKey(owner), signature: "0x" } as const;
    expect(await replay(stolen, {}, createPrivateKey(systemRandom))).toMatchObject({ accepted: false, reason: "invalid-proof" });
    expect(await replay({ ...stolen, signature: await signTypedData(owner, contributionTypedData(histogram, { ...message, epoch: 9 })) }, {})).toMatchObject({
      accepted: false,
      reason: "bad-signature",
    });
  });
});

test("what a stranger may not do is refused by the name of the missing role", async () => {
  const { time } = await readChainClock(chain);
  const region = { slug: "stolen", start: time, epochSeconds: day, graceSeconds: 0, studyUntil: null, tileResolution: 7, samplingRate: 1, visitsMax: 8, ticketsMin: 1, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [cover] } as const;
  const refusal = await createRegion(chain, sender, region).catch((error: unknown) => error);
  expect(isAppError(refusal, "chain.refused") && refusal.message).toContain("CURATOR_ROLE");
});
