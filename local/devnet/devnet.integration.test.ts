import type { FhevmInstance } from "@zama-fhe/relayer-sdk/node";
import { createInstance } from "@zama-fhe/relayer-sdk/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bigintToHex, type Hex } from "@/lib/kernel/hex";
import type { Deployment } from "@/lib/platform/deployment";
import { DevnetFixture, type Actor, type Probe } from "@/local/devnet/testing/devnet-fixture";
import { read } from "@/local/devnet/testing/reader";

export function connectSdk({ addresses, chainId, gatewayChainId, rpcUrl, relayerUrl }: Deployment): Promise<FhevmInstance> {
  return createInstance({
    aclContractAddress: addresses.acl,
    kmsContractAddress: addresses.kmsVerifier,
    inputVerifierContractAddress: addresses.inputVerifier,
    verifyingContractAddressDecryption: addresses.decryption,
    verifyingContractAddressInputVerification: addresses.inputVerification,
    chainId,
    gatewayChainId,
    network: rpcUrl,
    relayerUrl,
  });
}

let fixture: DevnetFixture;
let sdk: FhevmInstance;
let probe: Probe;
let owner: Actor;

beforeAll(async () => {
  fixture = await DevnetFixture.start("clear");
  sdk = await connectSdk(fixture.devnet.deployment);
  ({ probe } = await fixture.deployProbe());
  owner = await fixture.createActor();
});
afterAll(() => fixture.remove());

async function attest(value: bigint): Promise<{ handle: Hex; inputProof: Hex }> {
  const body = { values: [bigintToHex(value, 32)], contractAddress: probe.address, userAddress: owner.address };
  const response = await fetch(`${fixture.devnet.url}/devnet/attest`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const { handles, inputProof } = await response.json();
  return { handle: handles[0], inputProof };
}

test("a word is attested, recorded, computed on and read by whom it was allowed to", async () => {
  const { handle, inputProof } = await attest(0b1100n);
  await probe.make(owner, "take", [handle, inputProof, 8, [owner.address]]);
  expect(await read(sdk, { handles: [handle], contracts: [probe.address], privateKey: owner.privateKey })).toEqual({ [handle]: 0b1100n });
});
