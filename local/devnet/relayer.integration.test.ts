import { createInstance, type FhevmInstance } from "@zama-fhe/relayer-sdk/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyTypedData } from "ethers";
import { z } from "zod";
import type { Hex } from "@/lib/kernel/hex";
import { putValue } from "@/local/devnet/testing/attested";
import { DevnetFixture, type Actor, type Probe } from "@/local/devnet/testing/devnet-fixture";
import { readingBody, sdkConfig, type Reading } from "@/local/devnet/testing/reader";
import { inputProofBody, postToRelayer, type RelayerAnswer } from "@/local/devnet/testing/relayer-client";
import { decryptionDomain, userResponseTypes } from "@/local/devnet/typed-data";

const answersSchema = z.object({ result: z.tuple([z.object({ payload: z.string(), signature: z.string() })]) });

let fixture: DevnetFixture;
let sdk: FhevmInstance;
let probe: Probe;
let owner: Actor;
let stranger: Actor;
let word: Hex;

beforeAll(async () => {
  fixture = await DevnetFixture.start("clear");
  sdk = await createInstance(sdkConfig(fixture.devnet.deployment));
  ({ probe } = await fixture.deployProbe());
  owner = await fixture.createActor();
  stranger = await fixture.createActor();
  word = await putValue(fixture, { probe, owner, value: 3n, readers: [owner.address] });
});
afterAll(() => fixture.remove());

const post = (operation: string, body: unknown): Promise<RelayerAnswer> => postToRelayer(fixture.devnet.deployment.relayerUrl, operation, body);
const bodyOf = (changes: Partial<Reading> = {}): Promise<Record<string, unknown>> =>
  readingBody(sdk, { handles: [word], contracts: [probe.address], privateKey: owner.privateKey, ...changes });
const refusal = (code: number, label: string, field?: string): unknown =>
  expect.objectContaining({ code, status: "failed", requestId: expect.any(String), error: expect.objectContaining({ label, ...(field === undefined ? {} : { details: expect.arrayContaining([expect.objectContaining({ field })]) }) }) });

test("a good request is queued at once, asked for again after a second, and answered", async () => {
  const response = await fetch(`${fixture.devnet.deployment.relayerUrl}/user-decrypt`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: "http://localhost:3000" },
    body: JSON.stringify(await bodyOf()),
  });
  expect(response.status).toBe(202);
  expect(response.headers.get("retry-after")).toBe("1");
  expect(response.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
  expect(response.headers.get("access-control-expose-headers")).toBe("Retry-After");
  expect(await response.json()).toMatchObject({ status: "queued", requestId: expect.any(String), result: { jobId: expect.any(String) } });
  expect(await post("user-decrypt", await bodyOf())).toMatchObject({ code: 200, status: "succeeded", result: { result: [{ extraData: "0x00" }] } });
});

test("pages of other origins may not read answers", async () => {
  const response = await fetch(`${fixture.devnet.url}/devnet/status`, { headers: { origin: "https://elsewhere.example" } });
  expect(response.headers.get("access-control-allow-origin")).not.toBe("https://elsewhere.example");
});

describe("what is malformed is refused by name", () => {
  test("text that is not JSON", async () => {
    expect(await post("user-decrypt", "{")).toEqual(refusal(400, "malformed_json"));
  });

  test.each(["userAddress", "handleContractPairs", "requestValidity", "publicKey", "signature"])("a body without %s", async (field) => {
    const rest = Object.entries(await bodyOf()).filter(([name]) => name !== field);
    expect(await post("user-decrypt", Object.fromEntries(rest))).toEqual(refusal(400, "missing_fields", field));
  });

  test.each([
    ["contractsChainId", "1"],
    ["userAddress", "0x00"],
    ["publicKey", "00"],
    ["signature", "0x00"],
    ["extraData", "0x01"],
    ["contractAddresses", []],
    ["handleContractPairs", []],
  ])("a wrong %s", async (field, value) => {
    expect(await post("user-decrypt", { ...(await bodyOf()), [field]: value })).toEqual(refusal(400, "validation_failed", field));
  });

  test("a handle of another chain, of no type, or of another version", async () => {
    const bad = [`${word.slice(0, 46)}${"0".repeat(16)}0800`, `${word.slice(0, 62)}0900`, `${word.slice(0, 62)}0801`];
    for (const handle of bad) {
      const body = { ...(await bodyOf()), handleContractPairs: [{ handle, contractAddress: probe.address }] };
      expect(await post("user-decrypt", body)).toEqual(refusal(400, "validation_failed", "handleContractPairs.0.handle"));
    }
  });

  test("an input for another chain, or without bytes", async () => {
    const body = inputProofBody({ ciphertext: "0x00", contractAddress: probe.address, userAddress: owner.address });
    expect(await post("input-proof", { ...body, contractChainId: "0x1" })).toEqual(refusal(400, "validation_failed", "contractChainId"));
    expect(await post("input-proof", { ...body, ciphertextWithInputVerification: "" })).toEqual(refusal(400, "validation_failed", "ciphertextWithInputVerification"));
  });
});

describe("what may not be is refused by name", () => {
  const nowSeconds = (): number => Math.floor(Date.now() / 1000);
  const day = 86_400;

  test("a request that is signed by somebody else, or whose start was changed after it was signed", async () => {
    expect(await post("user-decrypt", { ...(await bodyOf()), userAddress: stranger.address })).toEqual(refusal(400, "validation_failed", "signature"));
    expect(await post("user-decrypt", await bodyOf({ start: nowSeconds() - 60, signedStart: nowSeconds() - 61 }))).toEqual(refusal(400, "validation_failed", "signature"));
    expect(await post("user-decrypt", { ...(await bodyOf()), signature: "00".repeat(65) })).toEqual(refusal(400, "validation_failed", "signature"));
  });

  test("a window that has not begun, has passed, or is none", async () => {
    expect(await post("user-decrypt", await bodyOf({ start: nowSeconds() + 600 }))).toEqual(refusal(400, "validation_failed", "requestValidity.startTimestamp"));
    expect(await post("user-decrypt", await bodyOf({ start: nowSeconds() - 3 * day, days: 2 }))).toEqual(refusal(400, "validation_failed", "requestValidity.durationDays"));
    const zeroDays = { ...(await bodyOf()), requestValidity: { startTimestamp: String(nowSeconds() - 60), durationDays: "0" } };
    expect(await post("user-decrypt", zeroDays)).toEqual(refusal(400, "validation_failed", "requestValidity.durationDays"));
    expect(await post("user-decrypt", { ...zeroDays, requestValidity: { ...zeroDays.requestValidity, durationDays: "366" } })).toEqual(refusal(400, "validation_failed", "requestValidity.durationDays"));
  });

  test("a reader who names herself as the contract, a contract that was not signed for, more than ten contracts", async () => {
    const signed = await bodyOf();
    expect(await post("user-decrypt", { ...signed, contractAddresses: [probe.address, owner.address] })).toEqual(refusal(400, "validation_failed", "contractAddresses"));
    expect(await post("user-decrypt", { ...signed, handleContractPairs: [{ handle: word, contractAddress: stranger.address }] })).toEqual(refusal(400, "validation_failed", "handleContractPairs"));
    expect(await post("user-decrypt", { ...signed, contractAddresses: Array.from({ length: 11 }, () => probe.address) })).toEqual(refusal(400, "validation_failed", "contractAddresses"));
  });

  test("more than 2,048 encrypted bits, for the user and for the public", async () => {
    const handles = Array.from({ length: 9 }, () => word);
    expect(await post("user-decrypt", await bodyOf({ handles }))).toEqual(refusal(400, "validation_failed", "handleContractPairs"));
    expect(await post("public-decrypt", { ciphertextHandles: handles, extraData: "0x00" })).toEqual(refusal(400, "validation_failed", "ciphertextHandles"));
  });

  test("a handle that the access list does not let the reader, her delegator or the public read", async () => {
    expect(await post("user-decrypt", await bodyOf({ privateKey: stranger.privateKey }))).toEqual(refusal(400, "not_allowed_on_host_acl"));
    expect(await post("delegated-user-decrypt", await bodyOf({ privateKey: stranger.privateKey, delegator: owner.address }))).toEqual(refusal(400, "not_allowed_on_host_acl"));
    expect(await post("public-decrypt", { ciphertextHandles: [word], extraData: "0x00" })).toEqual(refusal(400, "not_allowed_on_host_acl"));
  });
});

test("a value that the network no longer has is not ready", async () => {
  const dropped = await putValue(fixture, { probe, owner, value: 4n, readers: [owner.address] });
  await fixture.devnet.engine.drop([dropped]);
  expect(await post("user-decrypt", await bodyOf({ handles: [dropped] }))).toEqual(refusal(400, "not_ready_for_decryption"));
});

test("jobs, operations and paths that do not exist are not found", async () => {
  const { relayerUrl } = fixture.devnet.deployment;
  for (const url of [`${relayerUrl}/user-decrypt/00000000-0000-0000-0000-000000000000`, `${relayerUrl}/nothing`]) {
    const response = await fetch(url);
    expect({ code: response.status, ...(await response.json()) }).toEqual(refusal(404, "not_found"));
  }
});

test("answers are signed over nothing for relayer-sdk, over the extra data that was sent for @fhevm/sdk", async () => {
  const body = await bodyOf();
  const signerOf = async (sdkName: string, extraData: string): Promise<string> => {
    const { result } = await postToRelayer(fixture.devnet.deployment.relayerUrl, "user-decrypt", body, { "zama-sdk-name": sdkName });
    const [{ payload, signature }] = answersSchema.parse(result).result;
    const message = { publicKey: `0x${String(body["publicKey"])}`, ctHandles: [word], userDecryptedShare: `0x${payload}`, extraData };
    return verifyTypedData(decryptionDomain, userResponseTypes, message, `0x${signature}`);
  };
  const [older, newer] = [await signerOf("@zama-fhe/relayer-sdk", "0x"), await signerOf("@fhevm/sdk", "0x00")];
  expect(older).toBe(newer);
  expect(await signerOf("@fhevm/sdk", "0x")).not.toBe(newer);
});
