import { createInstance, type FhevmInstance } from "@zama-fhe/relayer-sdk/node";
import { afterAll, beforeAll, expect, test } from "vitest";
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

const word = (1n << 244n) | 0b1011n;

test("a word is proven, attested, computed on under encryption, and read with the unmodified SDK", async () => {
  const addresses = { contractAddress: probe.address, userAddress: owner.address };
  const blob = await proveNatively(await fixture.devnet.engine.material(), { values: [word], types: [8], ...addresses });
  const { handles, inputProof } = await postInputProof(fixture.devnet.deployment.relayerUrl, { ciphertext: blob, ...addresses });
  const taken = await probe.make(owner, "take", [handles[0], inputProof, 8, []]);
  const not = await probe.compute(owner, "fheNot", [taken], [owner.address]);
  const reading = { contracts: [probe.address], privateKey: owner.privateKey };
  expect(await read(sdk, { handles: [not], ...reading })).toEqual({ [not]: BigInt.asUintN(256, ~word) });
});
