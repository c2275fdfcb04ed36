import { symlink } from "node:fs/promises";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { computeAddress, id, Interface, Wallet } from "ethers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { delay } from "@/lib/kernel/time";
import type { Devnet, StartingDevnet } from "@/local/devnet/devnet";
import { launchDevnet } from "@/local/devnet/devnet";
import { makeFolder } from "@/local/devnet/testing/chain-fixture";
import { testOptions } from "@/local/devnet/testing/devnet-fixture";

let starting: StartingDevnet;
let devnet: Devnet;
let url: string;
let realBinary: string;
let binary: string;
let anvilPort: number;
let removeFolder: () => Promise<void>;

beforeAll(async () => {
  const { folder, remove } = await makeFolder();
  removeFolder = remove;
  const options = await testOptions(folder, "clear");
  realBinary = options.engineBinary;
  anvilPort = options.anvilPort;
  binary = path.join(folder, "fhe-engine");
  url = `http://127.0.0.1:${options.port}`;
  starting = launchDevnet({ ...options, engineBinary: binary, testing: false });
  while (!((await get("/devnet/status"))?.waitingFor ?? "").includes("compiled")) await delay(20);
});
afterAll(async () => {
  await starting.stop();
  await removeFolder();
});

const statusSchema = z.object({ chainId: z.number(), engine: z.string(), ready: z.boolean(), block: z.number(), waitingFor: z.string().nullable() });

async function get(route: string): Promise<z.infer<typeof statusSchema> | undefined> {
  try {
    return statusSchema.parse(await (await fetch(`${url}${route}`)).json());
  } catch {
    return undefined; // not listening yet
  }
}

async function post(route: string, body: unknown): Promise<{ code: number; retryAfter: string | null; body: unknown }> {
  const response = await fetch(`${url}${route}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  return { code: response.status, retryAfter: response.headers.get("retry-after"), body: await response.json() };
}

const rpc = async (method: string, params: readonly unknown[] = []): Promise<unknown> => (await post("/rpc", { jsonrpc: "2.0", id: 7, method, params })).body;

test("while the engine is being compiled, the devnet says so, and its chain is there already", async () => {
  expect(await get("/devnet/status")).toEqual({ chainId: 31_337, engine: "clear", ready: false, block: expect.any(Number), waitingFor: `the FHE engine to be compiled (${binary})` });
  expect(await rpc("eth_chainId")).toEqual({ jsonrpc: "2.0", id: 7, result: "0x7a69" });
  const keys = await fetch(`${url}/v2/keyurl`);
  expect([keys.status, await keys.json()]).toEqual([503, expect.objectContaining({ error: expect.objectContaining({ label: "gateway_not_reachable" }) })]);
  expect((await fetch(`${url}/keys/00`)).status).toBe(503);
});

test("once it is compiled, keys are served under the hash of their content, for ever", async () => {
  await symlink(realBinary, binary);
  devnet = await starting.ready;
  expect(await get("/devnet/status")).toMatchObject({ ready: true, waitingFor: null });
  const schema = z.object({ response: z.object({ fheKeyInfo: z.tuple([z.object({ fhePublicKey: z.object({ dataId: z.string(), urls: z.tuple([z.string()]) }) })]) }) });
  const [{ fhePublicKey }] = schema.parse(await (await fetch(`${url}/v2/keyurl`)).json()).response.fheKeyInfo;
  const response = await fetch(fhePublicKey.urls[0]);
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", await response.arrayBuffer())).toString("hex");
  expect(digest).toBe(fhePublicKey.dataId);
  expect(response.headers.get("cache-control")).toContain("immutable");
  expect(response.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
  expect((await fetch(`${url}/keys/${"0".repeat(64)}`)).status).toBe(404);
});

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (connected: boolean) => (): void => {
      socket.destroy();
      resolve(connected);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}

test("neither the devnet nor its chain can be reached from another machine", async () => {
  const outside = Object.values(os.networkInterfaces()).flatMap((addresses) => addresses ?? []).filter(({ internal, family }) => !internal && family === "IPv4");
  for (const port of [new URL(url).port, anvilPort].map(Number)) {
    expect(await connects("127.0.0.1", port)).toBe(true);
    for (const { address } of outside) expect(await connects(address, port)).toBe(false);
  }
});

test("what would change the chain without a signature is refused", async () => {
  for (const method of ["anvil_setBalance", "evm_mine", "hardhat_reset", "anvil_dumpState", "eth_sendTransaction", "eth_sign", "debug_traceCall", "personal_sign"]) {
    expect(await rpc(method, [])).toEqual({ jsonrpc: "2.0", id: 7, error: { code: -32_601, message: expect.stringContaining(method) } });
  }
});

test("batches are answered call by call, and rubbish with an error", async () => {
  const calls = [{ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }, { jsonrpc: "2.0", id: "two", method: "eth_accounts" }, 5];
  expect((await post("/rpc", calls)).body).toEqual([
    { jsonrpc: "2.0", id: 1, result: "0x7a69" },
    { jsonrpc: "2.0", id: "two", result: [] },
    { jsonrpc: "2.0", id: null, error: { code: -32_600, message: expect.any(String) } },
  ]);
  expect((await post("/rpc", [])).body).toMatchObject({ error: { code: -32_600 } });
  expect(await rpc("eth_sendRawTransaction", ["rubbish"])).toMatchObject({ error: { code: -32_602 } });
  expect(await rpc("eth_getBalance", ["0x12"])).toMatchObject({ error: { code: expect.any(Number) } });
});

test("the faucet gives test ether and test dollars once a minute", async () => {
  const { address } = Wallet.createRandom();
  expect(await post("/devnet/faucet", { address })).toMatchObject({ code: 200, body: { transactionHash: expect.stringMatching(/^0x[0-9a-f]{64}$/) } });
  expect(await rpc("eth_getBalance", [address, "latest"])).toMatchObject({ result: `0x${(10n ** 19n).toString(16)}` });
  const token = new Interface(["function balanceOf(address) view returns (uint256)"]);
  const call = { to: devnet.deployment.addresses.token, data: token.encodeFunctionData("balanceOf", [address]) };
  expect(await rpc("eth_call", [call, "latest"])).toMatchObject({ result: `0x${(10n ** 9n).toString(16).padStart(64, "0")}` });
  expect(await post("/devnet/faucet", { address: address.toLowerCase() })).toMatchObject({ code: 429, retryAfter: "60", body: { code: "request.too-many" } });
  expect(await post("/devnet/faucet", { address: "nobody" })).toMatchObject({ code: 400, body: { code: "request.invalid" } });
  expect(await post("/devnet/attest", { values: ["0x01"] })).toMatchObject({ code: 400, body: { code: "request.invalid" } });
});

test("the contracts stand with their roles, and progress is told", async () => {
  const roles = new Interface(["function hasRole(bytes32, address) view returns (bool)"]);
  const { histogram, marketplace } = devnet.deployment.addresses;
  const has = async (contract: string, role: string, account: string): Promise<boolean> => {
    const answer = z.object({ result: z.string() }).parse(await rpc("eth_call", [{ to: contract, data: roles.encodeFunctionData("hasRole", [id(role), account]) }, "latest"]));
    return BigInt(answer.result) === 1n;
  };
  const { curator, ticketSigner, quoteSigner, seller, faucet } = devnet.accounts;
  expect(await has(histogram, "CURATOR_ROLE", computeAddress(curator))).toBe(true);
  expect(await has(histogram, "TICKET_SIGNER_ROLE", computeAddress(ticketSigner))).toBe(true);
  expect(await has(histogram, "MARKETPLACE_ROLE", marketplace)).toBe(true);
  expect(await has(marketplace, "QUOTE_SIGNER_ROLE", computeAddress(quoteSigner))).toBe(true);
  expect(await has(marketplace, "SELLER_ROLE", computeAddress(seller))).toBe(true);
  expect(await has(histogram, "TICKET_SIGNER_ROLE", computeAddress(faucet))).toBe(false);
  expect(await (await fetch(`${url}/devnet/progress`)).json()).toEqual({ queued: 0, running: 0, done: 0, total: 0, secondsLeft: 0, releases: [] });
});
