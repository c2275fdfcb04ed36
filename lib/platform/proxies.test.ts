import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { proxyDevnetRead, proxyFaucet } from "@/lib/platform/devnet-proxy";
import { proxyRelayer } from "@/lib/platform/relayer-proxy";
import { proxyRpc } from "@/lib/platform/rpc-proxy";

type Seen = { method: string | undefined; path: string | undefined; headers: IncomingMessage["headers"]; body: string };
type Answer = { status: number; headers?: Record<string, string>; body: string };

let folder: string;
let server: Server;
let base: string;
let seen: Seen[] = [];
let answers: Record<string, Answer> = {};

/** A service that remembers what it was asked and answers what the test laid down. */
function startUpstream(): Promise<Server> {
  const upstream = createServer((incoming, outgoing) => {
    let body = "";
    incoming.on("data", (chunk: Buffer) => { body += chunk.toString(); });
    incoming.on("end", () => {
      seen.push({ method: incoming.method, path: incoming.url, headers: incoming.headers, body });
      const answer = answers[incoming.url ?? ""] ?? { status: 404, body: "{}" };
      outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  return new Promise((resolve) => upstream.listen(0, "127.0.0.1", () => resolve(upstream)));
}

async function writeDeployment(relayerUrl: string): Promise<void> {
  const address = `0x${"0".repeat(39)}1`;
  const names = ["acl", "executor", "kmsVerifier", "inputVerifier", "decryption", "inputVerification", "histogram", "marketplace", "token"];
  const deployment = {
    chainId: 31_337, gatewayChainId: 10_901, rpcUrl: `${base}/rpc`, relayerUrl, devnetUrl: base, engine: "clear",
    addresses: Object.fromEntries(names.map((name) => [name, address])), deployBlock: 0,
  };
  await writeFile(path.join(folder, "deployment.json"), JSON.stringify(deployment));
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "proxies-"));
  vi.stubEnv("LOCAL_DIR", folder);
  vi.stubEnv("RELAYER_API_KEY", "secret");
  server = await startUpstream();
  const address = server.address();
  base = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  seen = [];
  answers = {};
  await writeDeployment(`${base}/v2`);
});

const post = (body: string, headers: Record<string, string> = {}) => new Request("http://site/", { method: "POST", body, headers });
const get = () => new Request("http://site/");
const rpc = (...methods: string[]) => post(JSON.stringify(methods.map((method, id) => ({ jsonrpc: "2.0", id, method, params: [] }))));

describe("the chain's proxy", () => {
  test("passes reads and signed transactions on", async () => {
    answers["/rpc"] = { status: 200, body: "[]" };
    expect((await proxyRpc(rpc("eth_call", "eth_sendRawTransaction"))).status).toBe(200);
    expect(seen).toHaveLength(1);
  });

  test.each(["anvil_mine", "evm_increaseTime", "hardhat_setBalance", "eth_sendTransaction", "eth_accounts", "debug_traceTransaction", "ETH_CALL"])("refuses %s, also hidden in a batch", async (method) => {
    await expect(proxyRpc(rpc("eth_chainId", method))).rejects.toMatchObject({ code: "request.method" });
    expect(seen).toEqual([]);
  });

  test.each(["", "[]", "{}", JSON.stringify({ jsonrpc: "1.0", method: "eth_call" })])("refuses %j, which is no JSON-RPC", async (body) => {
    await expect(proxyRpc(post(body))).rejects.toMatchObject({ code: "request.invalid" });
  });

  test("refuses a body without end", async () => {
    await expect(proxyRpc(post("x".repeat(600 * 1024)))).rejects.toMatchObject({ code: "request.too-large" });
  });
});

describe("the relayer's proxy", () => {
  const keyUrl = { response: {
    fheKeyInfo: [{ fhePublicKey: { dataId: "key-1", urls: ["http://elsewhere/pk"] } }],
    crs: { 2048: { dataId: "crs-1", urls: ["http://elsewhere/crs"] } },
  } };

  test("passes the library's requests on with the key that browsers don't have, and its retry times back", async () => {
    answers["/v2/input-proof"] = { status: 202, headers: { "retry-after": "1", "content-type": "application/json", "x-internal": "1" }, body: "{}" };
    const response = await proxyRelayer(post("{}", { "content-type": "application/json", "zama-sdk-name": "sdk", cookie: "c=1", authorization: "x" }), "input-proof");
    expect([response.status, response.headers.get("retry-after"), response.headers.get("x-internal")]).toEqual([202, "1", null]);
    expect(seen[0]?.headers).toMatchObject({ "x-api-key": "secret", "zama-sdk-name": "sdk" });
    expect(seen[0]?.headers).not.toHaveProperty("cookie");
    expect(seen[0]?.headers).not.toHaveProperty("authorization");
  });

  test.each(["", "admin", "keys", "input-proof/../admin", "input-proof/a/b", "user-decrypt/%2e%2e", "keys/../../rpc"])("has nothing at %j", async (address) => {
    answers["/v2/keyurl"] = { status: 200, body: JSON.stringify(keyUrl) };
    await expect(proxyRelayer(get(), address)).rejects.toMatchObject({ code: "request.not-found" });
  });

  test("moves the keys' addresses to this site, and fetches only what the relayer names", async () => {
    const local = { response: { ...keyUrl.response, crs: { 2048: { dataId: "crs-1", urls: [`${base}/files/crs`] } } } };
    answers["/v2/keyurl"] = { status: 200, body: JSON.stringify(local) };
    answers["/files/crs"] = { status: 200, body: "parameters" };
    expect(await (await proxyRelayer(get(), "keyurl")).json()).toMatchObject({
      response: { fheKeyInfo: [{ fhePublicKey: { urls: ["/api/relayer/keys/key-1"] } }], crs: { 2048: { urls: ["/api/relayer/keys/crs-1"] } } },
    });
    const key = await proxyRelayer(get(), "keys/crs-1");
    expect([await key.text(), key.headers.get("cache-control")]).toEqual(["parameters", "public, max-age=3600"]);
    await expect(proxyRelayer(get(), "keys/other")).rejects.toMatchObject({ code: "request.not-found" });
  });

  test("says that the relayer is away when it does not answer", async () => {
    await writeDeployment("http://127.0.0.1:1/v2");
    await expect(proxyRelayer(post("{}"), "user-decrypt")).rejects.toMatchObject({ code: "relayer.unreachable" });
    await expect(proxyRelayer(get(), "keyurl")).rejects.toMatchObject({ code: "relayer.unreachable" });
  });

  test("does not take something else for the relayer", async () => {
    answers["/v2/keyurl"] = { status: 200, body: "<html>" };
    await expect(proxyRelayer(get(), "keyurl")).rejects.toMatchObject({ code: "relayer.refused" });
  });
});

describe("the local network's proxy", () => {
  const address = `0x${"a".repeat(40)}`;

  test("passes its state on", async () => {
    answers["/devnet/progress"] = { status: 200, body: `{"queued":0}` };
    expect(await (await proxyDevnetRead("progress")).json()).toEqual({ queued: 0 });
  });

  test("keeps its refusals' codes", async () => {
    answers["/devnet/faucet"] = { status: 429, body: JSON.stringify({ code: "request.too-many", message: "Once a minute." }) };
    await expect(proxyFaucet(post(JSON.stringify({ address })))).rejects.toMatchObject({ code: "request.too-many", message: "Once a minute." });
  });

  test("a refusal in another form says that it is out of order", async () => {
    answers["/devnet/status"] = { status: 500, body: "oops" };
    await expect(proxyDevnetRead("status")).rejects.toMatchObject({ code: "engine.unavailable" });
  });

  test.each(["{}", JSON.stringify({ address: "0x12" })])("asks for nothing with %j", async (body) => {
    await expect(proxyFaucet(post(body))).rejects.toMatchObject({ code: "request.invalid" });
    expect(seen).toEqual([]);
  });
});
