import path from "node:path";
import { createInstance, type FhevmInstance } from "@zama-fhe/relayer-sdk/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bigintToHex, type Hex } from "@/lib/kernel/hex";
import { delay } from "@/lib/kernel/time";
import { findRecorded } from "@/local/devnet/stale-process";
import { DevnetFixture, type Actor, type Probe } from "@/local/devnet/testing/devnet-fixture";
import { proveNatively } from "@/local/devnet/testing/prover";
import { read, sdkConfig } from "@/local/devnet/testing/reader";
import { postInputProof } from "@/local/devnet/testing/relayer-client";

let fixture: DevnetFixture;
let sdk: FhevmInstance;
let probe: Probe;
let owner: Actor;

beforeAll(async () => {
  fixture = await DevnetFixture.start("tfhe");
  sdk = await createInstance(sdkConfig(fixture.devnet.deployment));
  ({ probe } = await fixture.deployProbe());
  owner = await fixture.createActor();
});
afterAll(() => fixture.remove());

const mask = (1n << 256n) - 1n;
const words = [(1n << 244n) | 0b1011n, (1n << 243n) | 0b0110n];

async function putWords(): Promise<Hex[]> {
  const addresses = { contractAddress: probe.address, userAddress: owner.address };
  const blob = await proveNatively(await fixture.devnet.engine.material(), { values: words, types: [8, 8], ...addresses });
  const { handles, inputProof } = await postInputProof(fixture.devnet.deployment.relayerUrl, { ciphertext: blob, ...addresses });
  const taken: Hex[] = [];
  for (const handle of handles) taken.push(await probe.make(owner, "take", [handle, inputProof, 8, []]));
  return taken;
}

const readAsOwner = (handles: readonly Hex[]): Promise<unknown> => read(sdk, { handles, contracts: [probe.address], privateKey: owner.privateKey });

test("words are proven, attested, computed on under encryption, and read with the unmodified SDK", async () => {
  const [first, second] = await putWords();
  const not = await probe.compute(owner, "fheNot", [first], [owner.address]);
  const both = await probe.compute(owner, "fheBitXor", [first, second, "0x00"], [owner.address]);
  expect(await readAsOwner([not, both])).toEqual({ [not]: words[0] === undefined ? 0n : mask - words[0], [both]: words.reduce((left, right) => left ^ right) });
});

test("the engine killed while it computes: whoever waits gets the value all the same", async () => {
  const [first, second] = await putWords();
  const result = await probe.compute(owner, "fheBitAnd", [first, second, "0x00"], [owner.address]);
  const reading = readAsOwner([result]);
  while ((await fixture.devnet.engine.progress()).running === 0) await delay(5);
  const pid = await findRecorded(path.join(fixture.options.folder, "devnet", "engine.pid"));
  process.kill(pid ?? 0, "SIGKILL");
  expect(await reading).toEqual({ [result]: words.reduce((left, right) => left & right) });
});

test("words that are dropped before their result was computed still give that result", async () => {
  const [first, second] = await putWords();
  const result = await probe.compute(owner, "fheBitOr", [first, second, "0x00"], [owner.address]);
  await fixture.devnet.engine.drop([first ?? "0x", second ?? "0x"]);
  expect(await readAsOwner([result])).toEqual({ [result]: words.reduce((left, right) => left | right) });
});

test("after a restart of the devnet, computed values are there and uncomputed ones are computed", async () => {
  const [first] = await putWords();
  const kept = await probe.compute(owner, "fheNot", [first], [owner.address]);
  expect(await readAsOwner([kept])).toEqual({ [kept]: words[0] === undefined ? 0n : mask - words[0] });
  const later = await probe.compute(owner, "fheShl", [first, bigintToHex(2n, 32), "0x01"], [owner.address]);
  await fixture.restart();
  expect(await readAsOwner([kept, later])).toEqual({ [kept]: words[0] === undefined ? 0n : mask - words[0], [later]: ((words[0] ?? 0n) << 2n) & mask });
});
