import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import { toFheError } from "@/lib/fhe/errors";

const queuedSchema = z.object({ result: z.object({ jobId: z.string().min(1) }) });
const finishedSchema = z.object({ result: z.unknown() });
const failedSchema = z.object({ error: z.object({ label: z.string(), message: z.string() }) });

export type JobOptions = {
  /** Completes the sentence "To …:". */
  what: string;
  headers?: Record<string, string>;
  /** Milliseconds for one HTTP exchange; default 30,000. */
  requestTimeoutMs?: number;
  /** Milliseconds for the whole job; default 30 minutes. */
  timeoutMs?: number;
  signal?: AbortSignal;
};

type Answer = { status: number; body: unknown; retryAfterMs: number };

function later(what: string, reason: string, cause?: unknown): AppError {
  return new AppError("relayer.unreachable", `To ${what}: ${reason}`, { cause, details: { retryable: true } });
}

async function exchange(url: string, init: RequestInit, { what, requestTimeoutMs = 30_000, signal }: JobOptions): Promise<Answer> {
  const limit = AbortSignal.timeout(requestTimeoutMs);
  try {
    const response = await fetch(url, { ...init, signal: signal === undefined ? limit : AbortSignal.any([limit, signal]) });
    const retryAfter = Number(response.headers.get("retry-after") ?? "1");
    const body: unknown = await response.json();
    return { status: response.status, body, retryAfterMs: Math.max(0.2, Number.isFinite(retryAfter) ? retryAfter : 1) * 1_000 };
  } catch (cause) {
    signal?.throwIfAborted();
    throw later(what, "The relayer does not answer.", cause);
  }
}

function refuse({ status, body }: Answer, what: string): AppError {
  const failed = failedSchema.safeParse(body);
  if (!failed.success) return later(what, `Something else than the relayer answers at its address (HTTP ${status}).`);
  return toFheError(Object.assign(new Error(failed.data.error.message), { relayerApiError: failed.data.error }), { what });
}

function readResult({ body }: Answer, what: string): unknown {
  const finished = finishedSchema.safeParse(body);
  if (finished.success) return finished.data.result;
  throw new AppError("relayer.refused", `To ${what}: the relayer's answer is malformed.`, { details: { retryable: false } });
}

/**
 * Runs one job of the relayer's API, version 2: posts it, then asks for its result as often as the relayer wants to be asked.
 * One attempt: a lost job or a silent relayer is a retryable error. Posting the same again is harmless.
 * Throws `relayer.*`, `fhe.*` by the relayer's label, or the signal's reason.
 */
export async function runRelayerJob(base: string, operation: "input-proof", payload: unknown, options: JobOptions): Promise<unknown> {
  const { what, headers = {}, timeoutMs = 1_800_000, signal } = options;
  const deadline = performance.now() + timeoutMs;
  const url = `${base}/${operation}`;
  const posted = await exchange(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(payload) }, options);
  const queued = queuedSchema.safeParse(posted.body);
  if (posted.status !== 202 || !queued.success) throw refuse(posted, what);
  let pauseMs = posted.retryAfterMs;
  while (performance.now() < deadline) {
    await delay(pauseMs, signal);
    signal?.throwIfAborted();
    const answer = await exchange(`${url}/${encodeURIComponent(queued.data.result.jobId)}`, { headers }, options);
    if (answer.status === 200) return readResult(answer, what);
    if (answer.status !== 202) throw refuse(answer, what);
    pauseMs = answer.retryAfterMs;
  }
  throw later(what, "The relayer did not finish in time.");
}
