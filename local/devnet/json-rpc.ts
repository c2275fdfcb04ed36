import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";

/** An answer of the node that says no; `code` and `data` are the node's own. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  constructor(
    message: string,
    readonly code: number,
    readonly data?: unknown,
  ) {
    super(message);
  }
}

const answerSchema = z.object({
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() }).optional(),
});

export type RpcCall = { url: string; method: string; params?: readonly unknown[]; timeoutMs?: number };

/**
 * One JSON-RPC call over HTTP. Throws `RpcError` when the node refuses, `chain.unreachable` when it does not answer
 * within `timeoutMs` (10 s unless given).
 */
export async function callRpc({ url, method, params = [], timeoutMs = 10_000 }: RpcCall): Promise<unknown> {
  const request = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    signal: AbortSignal.timeout(timeoutMs),
  };
  let body: unknown;
  try {
    const response = await fetch(url, request);
    body = await response.json();
  } catch (cause) {
    throw new AppError("chain.unreachable", `The chain at ${url} did not answer ${method}.`, { cause });
  }
  const answer = answerSchema.parse(body);
  if (answer.error !== undefined) throw new RpcError(answer.error.message, answer.error.code, answer.error.data);
  return answer.result;
}
