import { createServer, type Server } from "node:http";
import { Wallet } from "ethers";
import { afterEach, describe, expect, test } from "vitest";
import { InputProof } from "@zama-fhe/relayer-sdk/node";
import { inputHandles } from "@/lib/chain/model/input-handle";
import { attestProof } from "@/lib/fhe/gateway/attest-proof";
import { attestationTypedData } from "@/lib/fhe/model/attestation-typed-data";
import type { FheNetwork } from "@/lib/fhe/model/network";

const coprocessor = new Wallet(`0x${"22".repeat(32)}`);
const stranger = new Wallet(`0x${"33".repeat(32)}`);
const address = "0x5ffdaAB0373E62E2ea2944776209aEf29E631A64";
const proof = new Uint8Array([1, 2, 3, 4]);
const input = { contractAddress: address, userAddress: coprocessor.address, proof, count: 2 };
const attestors = { signers: [coprocessor.address], threshold: 1 };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

type Reply = { status: number; body: unknown };

/** A relayer that answers the POST with a job, then its replies one after the other. */
async function relayer(replies: Reply[], posted: Reply = { status: 202, body: { status: "queued", requestId: "r", result: { jobId: "job" } } }): Promise<{ network: FheNetwork; asked: unknown[] }> {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      asked.push(request.method === "POST" ? JSON.parse(text) : request.url);
      const reply = request.method === "POST" ? posted : (replies.shift() ?? { status: 500, body: {} });
      response.writeHead(reply.status, { "content-type": "application/json", "retry-after": "0" }).end(JSON.stringify(reply.body));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  const url = `http://127.0.0.1:${bound.port}/v2`;
  const addresses = { acl: address, kmsVerifier: address, inputVerifier: address, decryption: address, inputVerification: address };
  return { network: { chainId: 31_337, gatewayChainId: 10_901, rpcUrl: url, relayerUrl: url, addresses }, asked };
}

const handles = inputHandles(proof, { count: 2, acl: address, chainId: 31_337 });

async function sign(wallet: Wallet, changes: Partial<typeof input> = {}): Promise<string> {
  const network = { chainId: 31_337, gatewayChainId: 10_901, addresses: { acl: address, kmsVerifier: address, inputVerifier: address, decryption: address, inputVerification: address } };
  const data = attestationTypedData(network, { handles, ...input, ...changes });
  return wallet.signTypedData(data.domain, data.types, data.message);
}

const accepted = (signatures: string[], given: readonly string[] = handles): Reply => ({
  status: 200,
  body: { status: "succeeded", requestId: "r", result: { accepted: true, extraData: "0x00", handles: given, signatures } },
});
const queued: Reply = { status: 202, body: { status: "queued", requestId: "r" } };

describe("having a proof attested", () => {
  test("asks until the job is done and gives the contract what the SDK would", async () => {
    const signature = await sign(coprocessor);
    const { network, asked } = await relayer([queued, queued, accepted([signature])]);
    const result = await attestProof(network, input, { attestors });
    const theirs = InputProof.from({ handles, signatures: [`0x${signature.slice(2)}`], extraData: "0x00" });
    expect(result).toEqual({ handles, inputProof: theirs.proof });
    expect(asked[0]).toEqual({ contractChainId: "0x7a69", contractAddress: address, userAddress: coprocessor.address, ciphertextWithInputVerification: "01020304", extraData: "0x00" });
    expect(asked.slice(1)).toEqual(["/v2/input-proof/job", "/v2/input-proof/job", "/v2/input-proof/job"]);
  });

  test.each([
    ["a stranger's signature", async () => accepted([await sign(stranger)])],
    ["an attestation for another address", async () => accepted([await sign(coprocessor, { userAddress: stranger.address })])],
    ["no signature", async () => accepted([])],
    ["other handles", async () => accepted([await sign(coprocessor)], [...handles].reverse())],
    ["a refusal", async () => ({ status: 200, body: { status: "succeeded", requestId: "r", result: { accepted: false, extraData: "0x00" } } })],
  ])("%s is refused for good", async (_, reply) => {
    const { network } = await relayer([await reply()]);
    await expect(attestProof(network, input, { attestors })).rejects.toMatchObject({ code: "fhe.proof-refused" });
  });

  test("the same signature twice is one attestation", async () => {
    const signature = await sign(coprocessor);
    const { network } = await relayer([accepted([signature, signature])]);
    await expect(attestProof(network, input, { attestors: { ...attestors, threshold: 2 } })).rejects.toMatchObject({ code: "fhe.proof-refused" });
  });

  test.each([
    ["a job that a restart has lost", { status: 404, body: { status: "failed", error: { label: "not_found", message: "no such job", details: [] } } }, true, "relayer.unreachable"],
    ["a page of something else", { status: 200, body: "<html>" }, false, "relayer.refused"],
    ["an overloaded network", { status: 503, body: { status: "failed", error: { label: "response_timed_out", message: "x" } } }, true, "relayer.unreachable"],
    ["a malformed request", { status: 400, body: { status: "failed", error: { label: "malformed_json", message: "x" } } }, false, "relayer.refused"],
  ])("%s is typed, and says whether to ask again", async (_, reply, retryable, code) => {
    const { network } = await relayer([reply]);
    await expect(attestProof(network, input, { attestors })).rejects.toMatchObject({ code, details: { retryable } });
  });

  test("a relayer that is too busy to take the job is asked again later", async () => {
    const { network } = await relayer([], { status: 429, body: { status: "failed", error: { label: "rate_limited", message: "x" } } });
    await expect(attestProof(network, input, { attestors })).rejects.toMatchObject({ details: { retryable: true, label: "rate_limited" } });
  });

  test("a relayer that is not there is asked again later", async () => {
    const { network } = await relayer([]);
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    await expect(attestProof(network, input, { attestors })).rejects.toMatchObject({ code: "relayer.unreachable", details: { retryable: true } });
  });
});
