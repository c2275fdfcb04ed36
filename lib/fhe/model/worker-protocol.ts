import { AppError, type ErrorCode } from "@/lib/kernel/errors";
import type { Hex } from "@/lib/kernel/hex";
import type { EncryptedWords, FheProgress } from "@/lib/fhe/model/client";
import type { FheNetwork } from "@/lib/fhe/model/network";
import type { ReaderKey, ReadingPermit } from "@/lib/fhe/model/reader-key";

/** What the page asks of the worker. The reader's private key is never part of it. */
export type WorkerCall =
  | { method: "encrypt"; contractAddress: string; userAddress: string; words: readonly bigint[] }
  | {
      method: "decrypt";
      handles: readonly Hex[];
      histogramAddress: string;
      vault: string;
      reader: Pick<ReaderKey, "address" | "encryption">;
      permit: ReadingPermit;
    }
  | { method: "createEncryptionPair" };

/** The first message to a worker. `sdkUrl` is the bundled SDK's folder on our own origin, ending in "/". */
export type WorkerStart = { kind: "start"; network: FheNetwork; sdkUrl: string; threads: number };
export type WorkerRequest = WorkerStart | { kind: "call"; id: number; call: WorkerCall } | { kind: "cancel"; id: number };

export type WorkerResult = EncryptedWords | bigint[] | ReaderKey["encryption"];

export type WorkerFailure = { code: ErrorCode; message: string; details: AppError["details"] };

/** What the worker answers. The SDK's own thread helpers post other messages, which are ignored. */
export type WorkerAnswer =
  | { kind: "fhe-progress"; id: number; progress: FheProgress }
  | { kind: "fhe-result"; id: number; result: WorkerResult }
  | { kind: "fhe-failure"; id: number; failure: WorkerFailure };

/** Errors keep their code across the boundary; the cause stays behind. */
export function packFailure(error: AppError): WorkerFailure {
  return { code: error.code, message: error.message, details: error.details };
}

export function unpackFailure({ code, message, details }: WorkerFailure): AppError {
  return new AppError(code, message, { details });
}

/** Whether a message of the worker is an answer of ours. */
export function isWorkerAnswer(data: unknown): data is WorkerAnswer {
  return typeof data === "object" && data !== null && "kind" in data && typeof data.kind === "string" && data.kind.startsWith("fhe-");
}
