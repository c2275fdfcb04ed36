import { Interface } from "ethers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { isHex, type Hex } from "@/lib/kernel/hex";
import { systemRandom } from "@/lib/kernel/random";
import { readHistogramEvents } from "@/lib/chain/gateway/events";
import { getPlanes, getTileStatus } from "@/lib/chain/gateway/histogram";
import { createRegion, releaseTile, sealTile } from "@/lib/chain/gateway/lifecycle";
import { setListing } from "@/lib/chain/gateway/marketplace";
import { connectChain, readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { connectSigner, createPrivateKey } from "@/lib/chain/gateway/signer";
import type { ReleaseKey } from "@/lib/chain/model/release-id";
import { createFheClient } from "@/lib/fhe/gateway/client";
import type { FheClient } from "@/lib/fhe/model/client";
import { COUNTERS, countersOf } from "@/lib/geo/model/words";
import { RunJournal } from "@/lib/ingest/gateway/run-journal";
import { localTickets } from "@/lib/ingest/gateway/tickets";
import type { PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import { contribute } from "@/lib/ingest/mutations/contribute";
import type { ContributeOutcome } from "@/lib/ingest/mutations/make-ready";
import { buyReleases } from "@/lib/orders/gateway";
import { quoteReleases } from "@/lib/orders/mutations/quote-releases";
import { DevnetFixture } from "@/local/devnet/testing/devnet-fixture";
import { readHostContracts } from "@/local/devnet/host-contracts";

/** The demo profile: four digits of noise, a cell is shown from a noised class count of 20 on. */
const noiseMin = -16;
const noiseMax = 15;
const noiseMean = -0.5;
const noiseDeviation = 2.8;
const threshold = 20;
const cells = 49;
/** Five planes count to 31: with fewer, hardly any cell would reach the threshold, and a wrong mask would go unseen. */
const fleetPlanes = 5;
const tile = "872664ca9ffffff";

let fixture: DevnetFixture;
let chain: Chain;
let fhe: FheClient;

beforeAll(async () => {
  fixture = await DevnetFixture.start("tfhe");
  chain = connectChain(fixture.devnet.deployment);
  fhe = await createFheClient(fixture.devnet.deployment, { proverBinary: fixture.options.engineBinary });
});
afterAll(async () => {
  fhe.close();
  await fixture.remove();
});

/** Numbers from 0 to 1; seeded, so that a failure can be looked at again. */
function* randomNumbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Any bits are a valid word. */
function randomWord(seed: number): bigint {
  const random = randomNumbers(seed);
  return Array.from({ length: COUNTERS }).reduce<bigint>((word, _, bit) => (random.next().value >= 0.5 ? word | (1n << BigInt(bit)) : word), 0n);
}

/**
 * Counts around the threshold: in every third cell one speed class is near or above it, all others are small. A block of ciphertext
 * holds two neighbouring cells, so high counts in every second cell would never reach one half of the blocks.
 */
function mixedCounts(seed: number): number[] {
  const random = randomNumbers(seed);
  return Array.from({ length: COUNTERS }, (_, counter) => {
    const [cell, speed] = [counter % cells, Math.floor(counter / cells)];
    const isHigh = cell % 3 === 0 && speed === cell % 5;
    return Math.floor(random.next().value * 8) + (isHigh ? 18 + (cell % 4) : 0);
  });
}

/** The sum of a fleet as its owner would make it: plane p holds bit p of every counter. */
function planesOfCounts(counts: readonly number[]): bigint[] {
  return Array.from({ length: fleetPlanes }, (_, plane) => counts.reduce((word, count, counter) => ((count >> plane) & 1) === 1 ? word | (1n << BigInt(counter)) : word, 0n));
}

/**
 * P(noise >= least) of the demo profile: a geometric value of four digits, digit j set with k_j/256, and half of the time its
 * complement (docs/encrypted-histograms.md, section 4), written anew here from the formula.
 */
function probabilityAtLeast(least: number): number {
  const q = Math.exp(-0.5);
  const digits = [0, 1, 2, 3].map((digit) => Math.round((256 * q ** (2 ** digit)) / (1 + q ** (2 ** digit))) / 256);
  const values = Array.from({ length: 16 }, (_, value) => value);
  return values.reduce((sum, value) => {
    const probability = digits.reduce((product, share, digit) => product * (((value >> digit) & 1) === 1 ? share : 1 - share), 1);
    return sum + 0.5 * probability * (Number(value >= least) + Number(-1 - value >= least));
  }, 0);
}

/** How many cells the law shows for these true counts, and its standard deviation. */
function expectShown(truth: readonly number[]): { mean: number; deviation: number } {
  const shown = Array.from({ length: cells }, (_, cell) => 1 - [0, 1, 2, 3, 4].reduce((hidden, speed) => hidden * (1 - probabilityAtLeast(threshold - (truth[cell + cells * speed] ?? 0))), 1));
  return { mean: shown.reduce((sum, share) => sum + share, 0), deviation: Math.sqrt(shown.reduce((sum, share) => sum + share * (1 - share), 0)) };
}

async function makeRegion(): Promise<number> {
  const { accounts, deployment } = fixture.devnet;
  const { time } = await readChainClock(chain);
  const curator = connectSigner(chain, accounts.curator);
  // The only epoch ended an hour ago; as a study it still takes contributions, and the local curator may seal it.
  const regionId = await createRegion(chain, curator, {
    slug: "full-run", start: time - 7_200, epochSeconds: 3_600, graceSeconds: 0, studyUntil: time + 86_400, tileResolution: 7,
    samplingRate: 1, visitsMax: 8, ticketsMin: 2, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [[tile]],
  });
  const listing = { token: deployment.addresses.token, pricePerRelease: 500_000n, priceFiatMinor: 50n, largestDiscountBps: 0, active: true };
  await setListing(chain, curator, { regionId, listing });
  return regionId;
}

async function send(items: readonly PlannedContribution[]): Promise<ContributeOutcome[]> {
  const { accounts, deployment } = fixture.devnet;
  const { chainId, addresses } = deployment;
  const sender = await fixture.createActor();
  const journal = await RunJournal.open(`${fixture.options.folder}/uploads`);
  const outcomes: ContributeOutcome[] = [];
  await contribute(items, {
    chain, fhe, journal, random: systemRandom,
    sender: connectSigner(chain, sender.privateKey),
    tickets: localTickets(accounts.ticketSigner, { chainId, verifyingContract: addresses.histogram }),
    onEvent: (event) => {
      if (event.type === "outcome") outcomes.push(event.outcome);
    },
  });
  await journal.close();
  return outcomes;
}

/** Handles of the noised planes and of the mask: what the published planes are the `and` of. */
async function findInnerHandles(planes: readonly Hex[]): Promise<{ noised: Hex[]; mask: Hex }> {
  const { executor } = await readHostContracts();
  const abi = new Interface(executor.abi.fragments);
  const topic = abi.getEvent("FheBitAnd")?.topicHash ?? "";
  const logs = await chain.provider.getLogs({ address: fixture.devnet.deployment.addresses.executor, topics: [topic], fromBlock: 0 });
  const gates = new Map(logs.map((log) => {
    const args = abi.parseLog(log)?.args;
    return [String(args?.["result"]), { left: String(args?.["lhs"]), right: String(args?.["rhs"]) }];
  }));
  const found = planes.map((plane) => gates.get(plane) ?? { left: "", right: "" });
  const hex = (text: string): Hex => {
    if (!isHex(text)) throw new Error("a published plane is not the result of an and");
    return text;
  };
  return { noised: found.map(({ left }) => hex(left)), mask: hex(found[0]?.right ?? "") };
}

function signed(planes: readonly bigint[]): number[] {
  const magnitude = countersOf(planes.slice(0, -1));
  const sign = countersOf(planes.slice(-1));
  return magnitude.map((value, counter) => value - (sign[counter] ?? 0) * 2 ** (planes.length - 1));
}

test("a fleet and a vehicle become a release that only its buyer reads, on real ciphertexts", async () => {
  const regionId = await makeRegion();
  const fleetCounts = mixedCounts(7);
  const vehicleWord = randomWord(99);
  const common = { regionId, epoch: 0 };
  const outcomes = await send([
    { ...common, kind: "fleet", id: "fleet/0/a", tile, planes: planesOfCounts(fleetCounts), vehicles: 31 },
    { ...common, kind: "vehicle", id: "vehicle/0/b", cover: 0, words: [vehicleWord] },
  ]);
  expect(outcomes.map(({ state }) => state)).toEqual(["accepted", "accepted"]);

  const key: ReleaseKey = { regionId, epoch: 0, tile };
  const curator = connectSigner(chain, fixture.devnet.accounts.curator);
  await sealTile(chain, curator, key);
  await releaseTile(chain, curator, key);
  const status = await getTileStatus(chain, key);
  expect(status).toMatchObject({ state: "published", tickets: 2, vehicles: 32, weight: 32 });
  const vault = status.vault ?? "";

  const handles = await getPlanes(chain, key);
  const readerKey = await fhe.createReaderKey(createPrivateKey(systemRandom));
  const request = { handles, histogramAddress: chain.network.addresses.histogram, vault, reader: readerKey };
  await expect(fhe.decryptRelease(request)).rejects.toSatisfy((error) => isAppError(error, "fhe.not-allowed"));

  const buyer = await fixture.createActor();
  const faucet = await fetch(`${fixture.devnet.url}/devnet/faucet`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ address: buyer.address }) });
  expect(faucet.ok).toBe(true);
  await buyReleases(chain, connectSigner(chain, buyer.privateKey), [key], {
    reader: readerKey.address,
    memory: { findOrders: async () => [], writeOrder: async () => undefined, removeOrder: async () => undefined },
    quotes: async (question) => quoteReleases(chain, question, { signerKey: fixture.devnet.accounts.quoteSigner, nowSeconds: (await readChainClock(chain)).time }),
  });
  const planes = await fhe.decryptRelease(request);

  const inner = await findInnerHandles(handles);
  const noisedPlanes = await fixture.devnet.engine.decrypt(inner.noised);
  const [mask = 0n] = await fixture.devnet.engine.decrypt([inner.mask]);
  expect(planes).toEqual(noisedPlanes.map((plane) => plane & mask));

  const vehicleCounts = countersOf([vehicleWord]);
  const truth = fleetCounts.map((count, counter) => count + (vehicleCounts[counter] ?? 0));
  const noised = signed(noisedPlanes);
  const noise = noised.map((value, counter) => value - (truth[counter] ?? 0));
  expect(Math.min(...noise)).toBeGreaterThanOrEqual(noiseMin);
  expect(Math.max(...noise)).toBeLessThanOrEqual(noiseMax);
  const mean = noise.reduce((sum, value) => sum + value, 0) / COUNTERS;
  expect(Math.abs(mean - noiseMean)).toBeLessThan((5 * noiseDeviation) / Math.sqrt(COUNTERS));
  expect(new Set(noise).size).toBeGreaterThan(5);

  const shown = Array.from({ length: cells }, (_, cell) => [0, 1, 2, 3, 4].some((speed) => (noised[cell + cells * speed] ?? 0) >= threshold));
  const maskBits = countersOf([mask]);
  expect(maskBits).toEqual(Array.from({ length: COUNTERS }, (_, counter) => (shown[counter % cells] === true ? 1 : 0)));

  const law = expectShown(truth);
  const shownCount = shown.filter((isShown) => isShown).length;
  expect(new Set(shown.flatMap((isShown, cell) => isShown ? [cell % 2] : []))).toEqual(new Set([0, 1]));
  expect(shownCount).toBeGreaterThan(5);
  expect(shownCount).toBeLessThan(cells - 5);
  expect(Math.abs(shownCount - law.mean)).toBeLessThan(6 * law.deviation);

  const released = [];
  for await (const event of readHistogramEvents(chain, { names: ["ReleasePublished"] })) released.push(event);
  expect(released).toHaveLength(1);
});
