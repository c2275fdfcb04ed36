import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addressOfKey, createPrivateKey } from "@/lib/chain/gateway/signer";
import { attestProof } from "@/lib/fhe/gateway/attest-proof";
import { createFheClient } from "@/lib/fhe/gateway/client";
import { keyFile } from "@/lib/fhe/gateway/key-files";
import { openNativeProver } from "@/lib/fhe/gateway/native-prover";
import { loadPublicKeys } from "@/lib/fhe/gateway/public-keys";
import type { FheProgress } from "@/lib/fhe/model/client";
import { openKeyFolder } from "@/lib/fhe/gateway/key-files";
import type { Hex } from "@/lib/kernel/hex";
import { systemRandom } from "@/lib/kernel/random";
import { DevnetFixture } from "@/local/devnet/testing/devnet-fixture";

const words = [0n, 1n, (1n << 245n) - 1n, (1n << 256n) - 1n];

let fixture: DevnetFixture;
let keys: string;

beforeAll(async () => {
  fixture = await DevnetFixture.start("clear");
  keys = await mkdtemp(path.join(tmpdir(), "fhe-client-"));
});
afterAll(async () => {
  await rm(keys, { recursive: true });
  await fixture.remove();
});

const newAddress = (): Hex => addressOfKey(createPrivateKey(systemRandom));
const options = (): { keyFolder: string; proverBinary: string } => ({ keyFolder: keys, proverBinary: fixture.options.engineBinary });

/** What the network holds behind handles, which only a test can ask. */
const reveal = (handles: readonly Hex[]): Promise<bigint[]> => fixture.devnet.engine.decrypt(handles.map((handle) => handle));

describe("encrypting in Node", () => {
  test.each(["native", "sdk"])("by the %s prover, the network holds exactly the words", async (prover) => {
    const { deployment } = fixture.devnet;
    const client = await createFheClient(deployment, prover === "native" ? options() : { keyFolder: keys });
    expect(client.provesNatively).toBe(prover === "native");
    const stages: FheProgress["stage"][] = [];
    const { handles, inputProof } = await client.encryptWords({
      contractAddress: deployment.addresses.histogram.toLowerCase(),
      userAddress: newAddress(),
      words,
      onProgress: ({ stage }) => stages.push(stage),
    });
    expect(new Set(handles).size).toBe(words.length);
    expect(inputProof.slice(2, 6)).toBe("0401"); // four handles, one attestation
    expect(await reveal(handles)).toEqual(words);
    expect(stages).toEqual(["proof", "attestation", "attestation"]);
    client.close();
  });

  test("a program that is not there means that the SDK proves", async () => {
    const client = await createFheClient(fixture.devnet.deployment, { keyFolder: keys, proverBinary: "/nowhere/fhe-engine" });
    expect(client.provesNatively).toBe(false);
    client.close();
  });

  test("a proof for another address or contract is refused by the network", async () => {
    const { deployment } = fixture.devnet;
    const { publicKey, crs } = await loadPublicKeys(deployment, { cache: openKeyFolder(keys) });
    const prover = openNativeProver({ binary: options().proverBinary, publicKeyFile: keyFile(keys, publicKey.id), crsFile: keyFile(keys, crs.id), network: deployment });
    const contractAddress = deployment.addresses.histogram;
    const [owner, thief] = [newAddress(), newAddress()];
    const proof = await prover.prove({ contractAddress, userAddress: owner, words: [1n] });
    const attestors = { attestors: { signers: [], threshold: 0 } };
    await expect(attestProof(deployment, { contractAddress, userAddress: thief, proof, count: 1 }, attestors)).rejects.toMatchObject({ code: "fhe.proof-refused" });
    await expect(attestProof(deployment, { contractAddress: deployment.addresses.token, userAddress: owner, proof, count: 1 }, attestors)).rejects.toMatchObject({ code: "fhe.proof-refused" });
    const damaged = proof.map((byte, index) => (index === proof.length - 100 ? byte ^ 1 : byte));
    await expect(attestProof(deployment, { contractAddress, userAddress: owner, proof: damaged, count: 1 }, attestors)).rejects.toMatchObject({ code: "fhe.proof-refused" });
    prover.close();
  });

  test("goes on when the relayer is restarted in the middle", async () => {
    const client = await createFheClient(fixture.devnet.deployment, options());
    const { histogram } = fixture.devnet.deployment.addresses;
    let restarted: Promise<void> | undefined;
    const { handles } = await client.encryptWords({
      contractAddress: histogram,
      userAddress: newAddress(),
      words,
      onProgress: ({ stage }) => {
        if (stage === "attestation") restarted ??= fixture.restart();
      },
    });
    await restarted;
    expect(await reveal(handles)).toEqual(words);
    client.close();
  });
});
