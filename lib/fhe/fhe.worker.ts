import type { createInstance, initSDK } from "@zama-fhe/relayer-sdk/web";
import { toFheError } from "@/lib/fhe/errors";
import { openBrowserKeyCache } from "@/lib/fhe/gateway/key-cache-browser";
import { loadPublicKeys } from "@/lib/fhe/gateway/public-keys";
import { SdkSession } from "@/lib/fhe/gateway/sdk-session";
import type { FheProgress } from "@/lib/fhe/model/client";
import { packFailure, type WorkerAnswer, type WorkerCall, type WorkerRequest, type WorkerResult, type WorkerStart } from "@/lib/fhe/model/worker-protocol";
import { AppError } from "@/lib/kernel/errors";

type WebSdk = { initSDK: typeof initSDK; createInstance: typeof createInstance };
type Report = (progress: FheProgress) => void;

let start: WorkerStart | undefined;
let session: Promise<SdkSession> | undefined;
const running = new Map<number, AbortController>();

/** The SDK is bundled apart (scripts/bundle-fhe.ts): Turbopack hangs on its thread helper, which starts itself as a worker. */
async function loadSdk(url: string): Promise<WebSdk> {
  const sdk: WebSdk = await import(/* turbopackIgnore: true */ /* webpackIgnore: true */ `${url}sdk.js`);
  return sdk;
}

async function openSession({ network, sdkUrl, threads }: WorkerStart, report: Report): Promise<SdkSession> {
  const [sdk, keys] = await Promise.all([
    loadSdk(sdkUrl).catch((cause: unknown) => {
      throw new AppError("fhe.worker-failed", "The encryption library can't be loaded. Reload the page.", { cause });
    }),
    loadPublicKeys(network, { cache: await openBrowserKeyCache(), onProgress: (done, total) => report({ stage: "keys", done, total }) }),
  ]);
  await sdk.initSDK({ thread: threads });
  return SdkSession.open({ sdk, network, keys });
}

function provideSession(report: Report): Promise<SdkSession> {
  if (start === undefined) throw new AppError("fhe.worker-failed", "The encryption worker was not started.");
  session ??= openSession(start, report).catch((error: unknown) => {
    session = undefined; // the next call tries again
    throw error;
  });
  return session;
}

async function perform(call: WorkerCall, signal: AbortSignal, report: Report): Promise<WorkerResult> {
  const open = await provideSession(report);
  signal.throwIfAborted();
  switch (call.method) {
    case "encrypt":
      return open.encrypt({ ...call, signal, onProgress: report });
    case "decrypt":
      return open.decrypt({ ...call, signal, onProgress: report });
    case "createEncryptionPair":
      return open.createEncryptionPair();
  }
}

function answer(message: WorkerAnswer): void {
  self.postMessage(message);
}

async function handleCall(id: number, call: WorkerCall): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const result = await perform(call, controller.signal, (progress) => answer({ kind: "fhe-progress", id, progress }));
    answer({ kind: "fhe-result", id, result });
  } catch (error) {
    answer({ kind: "fhe-failure", id, failure: packFailure(toFheError(error, { what: "use the encryption network" })) });
  } finally {
    running.delete(id);
  }
}

self.addEventListener("message", ({ data }: MessageEvent<WorkerRequest>) => {
  if (data.kind === "start") start = data;
  else if (data.kind === "cancel") running.get(data.id)?.abort();
  else void handleCall(data.id, data.call);
});
