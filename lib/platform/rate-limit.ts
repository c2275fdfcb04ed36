import "server-only";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { AppError, type ErrorCode } from "@/lib/kernel/errors";
import { onceInProcess } from "@/lib/platform/process-state";

/** So many `points` in so many `seconds`, for each key. */
export type Limit = { name: string; points: number; seconds: number; code?: ErrorCode; message?: string };

function limiterOf({ name, points, seconds }: Limit): RateLimiterMemory {
  const limiters = onceInProcess("limiters", () => new Map());
  const id = `${name}:${points}:${seconds}`;
  const known = limiters.get(id) ?? new RateLimiterMemory({ points, duration: seconds });
  limiters.set(id, known);
  return known;
}

/**
 * Takes one point of the key's allowance, in this process's memory.
 * Throws the limit's code (`request.too-many` unless it says otherwise) with the seconds after which the next is free.
 */
export async function takePoint(limit: Limit, key: string): Promise<void> {
  try {
    await limiterOf(limit).consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
    const what = limit.message ?? "Too many requests from your network.";
    throw new AppError(limit.code ?? "request.too-many", `${what} Try again in ${retryAfterSeconds} s.`, { details: { retryAfterSeconds } });
  }
}
