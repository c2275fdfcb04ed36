import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";

const rpcErrorSchema = z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() });
const rpcAnswerSchema = z.object({ result: z.unknown().optional(), error: rpcErrorSchema.optional() });

export type RpcAnswer = z.infer<typeof rpcAnswerSchema>;

export type RpcOptions = {
  /** Milliseconds that one attempt may take; default 20,000. */
  timeoutMs?: number;
  /** Attempts in all, the first included; default 4. */
  attempts?: number;
  /** Milliseconds before the second attempt, doubled before each further one up to 4 s; default 250. */
  pauseMs?: number;
};

/** For commands that people leave alone: a service that is restarted is waited for, some 90 s. */
export const patientRpc: RpcOptions = { attempts: 27 };

const defaults = { timeoutMs: 20_000, attempts: 4, pauseMs: 250 } satisfies Required<RpcOptions>;

const pauseMsMax = 4_000;

/** Statuses that say "later", not "no". */
const retryableStatuses = new Set([408, 425, 429, 500, 502, 503, 504]);

class RetryableFailure extends Error {}

async function postOnce(url: string, body: string, timeoutMs: number): Promise<RpcAnswer> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await response.text();
  } catch (cause) {
    throw new RetryableFailure("no answer", { cause });
  }
  if (retryableStatuses.has(response.status)) throw new RetryableFailure(`HTTP ${response.status}`);
  const parsed = rpcAnswerSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new AppError("chain.unreachable", `${url} answered something else than JSON-RPC (HTTP ${response.status}). Check RPC_URL.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * One JSON-RPC call. Retried on silence and on "later" answers only, which is safe for every method that the product
 * uses: reads change nothing, and a raw transaction has the same hash however often it is sent.
 * Throws `chain.unreachable` after the last attempt; a JSON-RPC error is returned, not thrown.
 */
export async function callRpc(url: string, call: { method: string; params: unknown }, options: RpcOptions = {}): Promise<RpcAnswer> {
  const { timeoutMs, attempts, pauseMs } = { ...defaults, ...options };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, ...call });
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await postOnce(url, body, timeoutMs);
    } catch (cause) {
      if (!(cause instanceof RetryableFailure)) throw cause;
      if (attempt >= attempts) {
        throw new AppError("chain.unreachable", `The chain at ${url} does not answer ${call.method} (${attempts} attempts).`, { cause });
      }
      await delay(Math.min(pauseMs * 2 ** (attempt - 1), pauseMsMax));
    }
  }
}
