import { describe, expect, test } from "vitest";
import { createWorkerFheClient } from "@/lib/fhe/gateway/worker-client";
import type { FheProgress } from "@/lib/fhe/model/client";
import type { WorkerAnswer, WorkerRequest } from "@/lib/fhe/model/worker-protocol";
import { addressOfKey } from "@/lib/chain/gateway/signer";
import type { ReaderKey } from "@/lib/fhe/model/reader-key";

const address = "0x5ffdaAB0373E62E2ea2944776209aEf29E631A64";
const network = {
  chainId: 31_337,
  gatewayChainId: 10_901,
  rpcUrl: "http://127.0.0.1:1",
  relayerUrl: "http://127.0.0.1:1",
  addresses: { acl: address.toLowerCase(), kmsVerifier: address, inputVerifier: address, decryption: address, inputVerification: address },
};
const privateKey = `0x${"11".repeat(32)}` as const;

/** A worker without a thread: what it is asked is answered by a function. */
class FakeWorker extends EventTarget {
  readonly requests: WorkerRequest[] = [];
  terminated = false;
  constructor(readonly answers: (request: WorkerRequest) => (WorkerAnswer | { odd: true })[]) {
    super();
  }
  postMessage(request: WorkerRequest): void {
    this.requests.push(structuredClone(request));
    for (const data of this.answers(request)) queueMicrotask(() => this.dispatchEvent(new MessageEvent("message", { data })));
  }
  terminate(): void {
    this.terminated = true;
  }
}

function open(answers: FakeWorker["answers"]): { client: ReturnType<typeof createWorkerFheClient>; workers: FakeWorker[] } {
  const workers: FakeWorker[] = [];
  const startWorker = (): Worker => {
    const worker = new FakeWorker(answers);
    workers.push(worker);
    return worker as unknown as Worker;
  };
  return { client: createWorkerFheClient(network, { threads: 1, startWorker }), workers };
}

const request = { contractAddress: address.toLowerCase(), userAddress: address, words: [1n] };
const encrypted = { handles: ["0x01" as const], inputProof: "0x02" as const };

describe("the worker's client", () => {
  test("answers calls, passes progress on and ignores the SDK's own messages", async () => {
    const { client, workers } = open((message) =>
      message.kind === "call"
        ? [{ odd: true }, { kind: "fhe-progress", id: message.id, progress: { stage: "proof", done: 0, total: 1 } }, { kind: "fhe-result", id: message.id, result: encrypted }]
        : [],
    );
    const progress: FheProgress[] = [];
    expect(await client.encryptWords({ ...request, onProgress: (step) => progress.push(step) })).toEqual(encrypted);
    expect(progress).toEqual([{ stage: "proof", done: 0, total: 1 }]);
    expect(workers[0]?.requests[0]).toMatchObject({ kind: "start", sdkUrl: "/fhe/0.4.3/", network: { addresses: { acl: address } } });
  });

  test("a refusal keeps its code and details", async () => {
    const failure = { code: "fhe.not-allowed", message: "no", details: { label: "acl" } } as const;
    const { client } = open((message) => (message.kind === "call" ? [{ kind: "fhe-failure", id: message.id, failure }] : []));
    await expect(client.encryptWords(request)).rejects.toMatchObject(failure);
  });

  test("cancelling the only call stops the worker; the next call starts another", async () => {
    const controller = new AbortController();
    let answering = false;
    const { client, workers } = open((message) => (answering && message.kind === "call" ? [{ kind: "fhe-result", id: message.id, result: encrypted }] : []));
    const call = client.encryptWords({ ...request, signal: controller.signal });
    controller.abort(new Error("closed"));
    await expect(call).rejects.toThrow("closed");
    expect(workers[0]?.terminated).toBe(true);
    answering = true;
    expect(await client.encryptWords(request)).toEqual(encrypted);
    expect(workers).toHaveLength(2);
  });

  test("cancelling one of two calls leaves the other running", async () => {
    const controller = new AbortController();
    const { client, workers } = open((message) => (message.kind === "cancel" ? [{ kind: "fhe-result", id: 2, result: encrypted }] : []));
    const cancelled = client.encryptWords({ ...request, signal: controller.signal });
    const kept = client.encryptWords(request);
    controller.abort(new Error("closed"));
    await expect(cancelled).rejects.toThrow("closed");
    expect(await kept).toEqual(encrypted);
    expect(workers[0]?.terminated).toBe(false);
  });

  test("a worker that fails fails what it was doing, with a message for people", async () => {
    const { client, workers } = open(() => []);
    const call = client.encryptWords(request);
    workers[0]?.dispatchEvent(new Event("error", { cancelable: true }));
    await expect(call).rejects.toMatchObject({ code: "fhe.worker-failed" });
  });

  test("the reader's private key never reaches the worker", async () => {
    const { client, workers } = open((message) => (message.kind === "call" ? [{ kind: "fhe-result", id: message.id, result: [5n] }] : []));
    const reader: ReaderKey = { address: addressOfKey(privateKey), privateKey, encryption: { publicKey: "aa", privateKey: "bb" }, permits: {} };
    expect(await client.decryptRelease({ handles: ["0x01"], histogramAddress: address, vault: address, reader })).toEqual([5n]);
    const sent = JSON.stringify(workers[0]?.requests, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    expect(sent).not.toContain(privateKey.slice(2));
    expect(Object.keys(reader.permits)).toEqual([address.toLowerCase()]);
  });
});
