import { createInstance, type FhevmInstance } from "@zama-fhe/relayer-sdk/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { bytesToHex, isHex, type Hex } from "@/lib/kernel/hex";
import type { Compiled } from "@/local/devnet/testing/compile";
import { putValue } from "@/local/devnet/testing/attested";
import { DevnetFixture, type Actor, type Probe } from "@/local/devnet/testing/devnet-fixture";
import { read, sdkConfig, type Reading } from "@/local/devnet/testing/reader";
import { inputProofBody, postToRelayer } from "@/local/devnet/testing/relayer-client";

let fixture: DevnetFixture;
let sdk: FhevmInstance;
let probe: Probe;
let vaultCode: Compiled;
let owner: Actor;
let stranger: Actor;

beforeAll(async () => {
  fixture = await DevnetFixture.start("clear");
  sdk = await createInstance(sdkConfig(fixture.devnet.deployment));
  ({ probe, vaultCode } = await fixture.deployProbe());
  owner = await fixture.createActor();
  stranger = await fixture.createActor();
});
afterAll(() => fixture.remove());

const readAs = (actor: Actor, reading: Partial<Reading> & Pick<Reading, "handles">): Promise<Readonly<Record<string, unknown>>> =>
  read(sdk, { contracts: [probe.address], privateKey: actor.privateKey, ...reading });
const put = (value: bigint, readers: readonly string[] = [owner.address]): Promise<Hex> => putValue(fixture, { probe, owner, value, readers });

const hex = z.string().refine(isHex);

/** The labels and reasons in an SDK error and its causes, as one text. */
async function refusalOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    const texts: string[] = [];
    for (let at: unknown = error; at instanceof Error; at = at.cause) texts.push(at.message, "relayerApiError" in at ? JSON.stringify(at.relayerApiError) : "");
    return texts.join("\n");
  }
  throw new Error("was not refused");
}

describe("reading by the user", () => {
  test("whom a value was allowed to reads it, also after computing on it", async () => {
    const word = await put(0b1100n);
    const shifted = await probe.compute(owner, "fheShl", [word, `0x${"0".repeat(62)}31`, "0x01"], [owner.address]);
    const both = await probe.compute(owner, "fheBitOr", [word, shifted, "0x00"], [owner.address]);
    expect(await readAs(owner, { handles: [word, both] })).toEqual({ [word]: 0b1100n, [both]: 0b1100n | (0b1100n << 49n) });
  });

  test("a stranger does not, nor does the owner where only the contract may", async () => {
    const word = await put(1n);
    const state = await put(2n, []);
    expect(await refusalOf(readAs(stranger, { handles: [word] }))).toMatch(/not authorized|not allowed/i);
    expect(await refusalOf(readAs(owner, { handles: [state] }))).toMatch(/not authorized|not allowed/i);
  });

  test("a request signed for another start is refused", async () => {
    const word = await put(1n);
    const start = Math.floor(Date.now() / 1000) - 60;
    expect(await refusalOf(readAs(owner, { handles: [word], start, signedStart: start - 1 }))).toMatch(/signature/);
  });

  test("more than 2,048 bits are refused", async () => {
    const word = await put(1n);
    expect(await refusalOf(readAs(owner, { handles: Array.from({ length: 9 }, () => word) }))).toMatch(/2048/);
  });
});

describe("reading through a vault", () => {
  const hour = 3_600;
  const chainTime = async (): Promise<number> => fixture.devnet.chain.head.timestamp;

  async function openVault(expiry: number, reader = stranger.address): Promise<string> {
    const vault = await fixture.deploy(vaultCode);
    await owner.send({ to: vault, data: vaultCode.abi.encodeFunctionData("open", [reader, probe.address, expiry]) });
    return vault;
  }

  test("the reader to whom the vault was opened reads what the vault may read, and nobody else does", async () => {
    const vault = await openVault((await chainTime()) + 2 * hour);
    const plane = await put(77n, [vault]);
    expect(await readAs(stranger, { handles: [plane], delegator: vault })).toEqual({ [plane]: 77n });
    expect(await refusalOf(readAs(owner, { handles: [plane], delegator: vault }))).toMatch(/not_allowed_on_host_acl/);
  });

  test("what the vault itself may not read stays closed", async () => {
    const vault = await openVault((await chainTime()) + 2 * hour);
    const word = await put(78n);
    expect(await refusalOf(readAs(stranger, { handles: [word], delegator: vault }))).toMatch(/not authorized|not allowed/i);
  });

  test("a vault that was closed again, or whose opening has expired, is refused", async () => {
    const [closed, expired] = [await openVault((await chainTime()) + 2 * hour), await openVault((await chainTime()) + 2 * hour)];
    const plane = await put(79n, [closed, expired]);
    expect(await readAs(stranger, { handles: [plane], delegator: expired })).toEqual({ [plane]: 79n });
    await owner.send({ to: closed, data: vaultCode.abi.encodeFunctionData("close", [stranger.address, probe.address]) });
    expect(await refusalOf(readAs(stranger, { handles: [plane], delegator: closed }))).toMatch(/not_allowed_on_host_acl/);
    await fixture.rpc("evm_increaseTime", [3 * hour]);
    await fixture.rpc("evm_mine");
    expect(await refusalOf(readAs(stranger, { handles: [plane], delegator: expired }))).toMatch(/not_allowed_on_host_acl/);
  });
});

describe("reading by everybody", () => {
  test("what a contract made public is decrypted with a proof that the chain accepts, for these handles in this order only", async () => {
    const [first, second] = [await put(5n), await put(6n)];
    await owner.send({ to: probe.address, data: probe.abi.encodeFunctionData("makePublic", [[first, second]]) });
    const { clearValues, abiEncodedClearValues, decryptionProof } = await sdk.publicDecrypt([first, second]);
    expect(clearValues).toEqual({ [first]: 5n, [second]: 6n });
    const check = async (handles: readonly Hex[]): Promise<unknown> => {
      const data = probe.abi.encodeFunctionData("check", [handles, abiEncodedClearValues, decryptionProof]);
      const answer = await fixture.rpc("eth_call", [{ from: owner.address, to: probe.address, data }, "latest"]).catch(() => undefined);
      return answer === undefined ? false : probe.abi.decodeFunctionResult("check", String(answer))[0];
    };
    expect(await check([first, second])).toBe(true);
    expect(await check([second, first])).toBe(false);
  });

  test("what nobody made public is not decrypted", async () => {
    const word = await put(7n);
    expect(await refusalOf(sdk.publicDecrypt([word]))).toMatch(/not allowed|not_allowed/i);
  });
});

describe("a proof made by the SDK", () => {
  let proof: Hex;
  beforeAll(() => {
    const input = sdk.createEncryptedInput(probe.address, owner.address);
    input.addBool(true).add64(123_456_789n).add256((1n << 244n) + 1n);
    const { ciphertextWithZKProof } = input.generateZKProof();
    proof = bytesToHex(ciphertextWithZKProof instanceof Uint8Array ? ciphertextWithZKProof : new Uint8Array());
  });

  const prove = (ciphertext: Hex, contractAddress: string, userAddress: string): Promise<unknown> =>
    postToRelayer(fixture.devnet.deployment.relayerUrl, "input-proof", inputProofBody({ ciphertext, contractAddress, userAddress })).then(({ result }) => result);

  test("is accepted by SDK and chain, and its values are the ones that were encrypted", async () => {
    const { handles, inputProof } = await sdk.requestZKProofVerification({
      chainId: 31_337n,
      aclContractAddress: hex.parse(fixture.devnet.deployment.addresses.acl),
      contractAddress: hex.parse(probe.address),
      userAddress: hex.parse(owner.address),
      ciphertextWithZKProof: proof,
      encryptionBits: [2, 64, 256],
    });
    const taken: Hex[] = [];
    for (const [index, type] of [0, 5, 8].entries()) taken.push(await probe.make(owner, "take", [handles[index], inputProof, type, [owner.address]]));
    const values = await readAs(owner, { handles: taken });
    expect(taken.map((handle) => values[handle])).toEqual([true, 123_456_789n, (1n << 244n) + 1n]);
  });

  test("is refused for another contract, for another address, and when a byte of it differs", async () => {
    expect(await prove(proof, probe.address, owner.address)).toMatchObject({ accepted: true });
    expect(await prove(proof, fixture.devnet.deployment.addresses.histogram, owner.address)).toEqual({ accepted: false, extraData: "0x00" });
    expect(await prove(proof, probe.address, stranger.address)).toEqual({ accepted: false, extraData: "0x00" });
    const middle = Math.floor(proof.length / 2);
    const tampered: Hex = `0x${proof.slice(2, middle)}${proof[middle] === "0" ? "1" : "0"}${proof.slice(middle + 1)}`;
    expect(await prove(tampered, probe.address, owner.address)).toEqual({ accepted: false, extraData: "0x00" });
    expect(await prove("0x00ff", probe.address, owner.address)).toEqual({ accepted: false, extraData: "0x00" });
  });
});
