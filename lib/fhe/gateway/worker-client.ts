import { checksumAddress } from "@/lib/chain/model/address";
import { addressOfKey } from "@/lib/chain/gateway/signer";
import { checksumNetwork, providePermit } from "@/lib/fhe/gateway/sign-permit";
import type { FheClient, FheProgress } from "@/lib/fhe/model/client";
import type { FheNetwork } from "@/lib/fhe/model/network";
import { bundledSdkUrl } from "@/lib/fhe/model/sdk-version";
import { isWorkerAnswer, unpackFailure, type WorkerAnswer, type WorkerCall, type WorkerRequest, type WorkerResult } from "@/lib/fhe/model/worker-protocol";
import { AppError } from "@/lib/kernel/errors";

export type WorkerClientOptions = {
  /** Folder of the bundled SDK, ending in "/"; default where scripts/bundle-fhe.ts puts it. */
  sdkUrl?: string;
  /** Threads for proofs; more than one needs a cross-origin isolated page. Default: as many as help. */
  threads?: number;
  /** Starts the worker; replaced in tests. */
  startWorker?: () => Worker;
};

type Observed = { onProgress?: (progress: FheProgress) => void; signal?: AbortSignal };
type Pending = { resolve(result: WorkerResult): void; reject(error: unknown): void; onProgress?: (progress: FheProgress) => void };

function startFheWorker(): Worker {
  return new Worker(new URL("../fhe.worker.ts", import.meta.url), { type: "module" });
}

function usefulThreads(): number {
  return globalThis.crossOriginIsolated ? Math.max(1, Math.min(navigator.hardwareConcurrency, 8)) : 1;
}

/** One worker, started with the first call and again after it failed or was stopped. */
class WorkerLine {
  readonly #network: FheNetwork;
  readonly #options: WorkerClientOptions;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #nextId = 1;

  constructor(network: FheNetwork, options: WorkerClientOptions) {
    this.#network = network;
    this.#options = options;
  }

  #open(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = (this.#options.startWorker ?? startFheWorker)();
    worker.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (isWorkerAnswer(data)) this.#receive(data);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.stop(new AppError("fhe.worker-failed", "The encryption worker failed. Try again; reload the page if it fails again."));
    });
    this.#worker = worker;
    this.#post({ kind: "start", network: this.#network, sdkUrl: this.#options.sdkUrl ?? bundledSdkUrl, threads: this.#options.threads ?? usefulThreads() });
    return worker;
  }

  #post(request: WorkerRequest): void {
    this.#worker?.postMessage(request);
  }

  #receive(answer: WorkerAnswer): void {
    const pending = this.#pending.get(answer.id);
    if (answer.kind === "fhe-progress") {
      pending?.onProgress?.(answer.progress);
      return;
    }
    this.#pending.delete(answer.id);
    if (answer.kind === "fhe-result") pending?.resolve(answer.result);
    else pending?.reject(unpackFailure(answer.failure));
  }

  call(call: WorkerCall, { onProgress, signal }: Observed): Promise<WorkerResult> {
    signal?.throwIfAborted();
    this.#open();
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, ...(onProgress === undefined ? {} : { onProgress }) });
      signal?.addEventListener("abort", () => this.#cancel(id, signal.reason), { once: true });
      this.#post({ kind: "call", id, call });
    });
  }

  /** A proof blocks its thread and can't be asked to stop; when nothing else runs, the worker itself is stopped. */
  #cancel(id: number, reason: unknown): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    pending.reject(reason);
    if (this.#pending.size === 0) this.stop(reason);
    else this.#post({ kind: "cancel", id });
  }

  stop(reason: unknown): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }
}

function unexpected(): never {
  throw new AppError("fhe.worker-failed", "The encryption worker answered something unexpected. Reload the page.");
}

/**
 * A client for the browser; the cryptography runs in a worker, so that the page stays quick.
 * `rpcUrl` and `relayerUrl` must be absolute. Private keys stay on the page. Nothing is loaded before the first call.
 */
export function createWorkerFheClient(given: FheNetwork, options: WorkerClientOptions = {}): FheClient {
  const network = checksumNetwork(given);
  const line = new WorkerLine(network, options);
  return {
    async encryptWords(request) {
      const [contractAddress, userAddress] = [checksumAddress(request.contractAddress), checksumAddress(request.userAddress)];
      const result = await line.call({ method: "encrypt", contractAddress, userAddress, words: request.words }, request);
      return "handles" in result ? result : unexpected();
    },
    async decryptRelease(request) {
      const { reader, handles } = request;
      const target = { histogramAddress: checksumAddress(request.histogramAddress), vault: checksumAddress(request.vault) };
      const permit = await providePermit(network, reader, { ...target, nowSeconds: Math.floor(Date.now() / 1000) });
      const { address, encryption } = reader;
      const result = await line.call({ method: "decrypt", handles, ...target, reader: { address, encryption }, permit }, request);
      return Array.isArray(result) ? result : unexpected();
    },
    async createReaderKey(privateKey) {
      const result = await line.call({ method: "createEncryptionPair" }, {});
      if (!("privateKey" in result)) return unexpected();
      return { address: addressOfKey(privateKey), privateKey, encryption: result, permits: {} };
    },
    close: () => line.stop(new AppError("fhe.worker-failed", "The encryption worker was stopped.")),
  };
}
