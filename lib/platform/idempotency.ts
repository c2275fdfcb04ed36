import "server-only";
import { createHash } from "node:crypto";
import type { Pool } from "pg";
import type { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { onceInProcess } from "@/lib/platform/process-state";

/** What a caller repeats: its key, and the hash of what it sent with it. */
export type Repeatable = { key: string; requestHash: string };

const keyPattern = /^[\x21-\x7e]{1,128}$/;
const keptMs = 10 * 60_000;
const answersMax = 50_000;

/** The Idempotency-Key of a request with this body, or null. Throws `request.invalid` on a key that is none. */
export function readIdempotencyKey(headers: Headers, body: Uint8Array): Repeatable | null {
  const key = headers.get("idempotency-key");
  if (key === null) return null;
  if (!keyPattern.test(key)) throw new AppError("request.invalid", "Idempotency-Key must be 1 to 128 visible ASCII characters.");
  return { key, requestHash: createHash("sha256").update(body).digest("hex") };
}

/** Throws `request.conflict`: the key stands for another request. */
export function refuseReuse(): never {
  throw new AppError("request.conflict", "This Idempotency-Key was used for another request. Use a new key for a new request.");
}

/**
 * Answers a repeated request with what was answered before, for ten minutes, from this process's memory.
 * For answers that must not be written down: secrets, and whatever would tie a device to its contribution.
 * Throws `request.conflict` when the key stands for another request.
 */
export async function answerOnce<Schema extends z.ZodType>(
  scope: string,
  repeatable: Repeatable | null,
  { schema, make }: { schema: Schema; make: () => Promise<z.output<Schema>> },
): Promise<z.output<Schema>> {
  if (repeatable === null) return make();
  const answers = onceInProcess("answers", () => new Map());
  const name = `${scope}\n${repeatable.key}`;
  const known = answers.get(name);
  if (known !== undefined && known.untilMs > performance.now()) {
    if (known.requestHash !== repeatable.requestHash) refuseReuse();
    return schema.parse(await known.body);
  }
  if (answers.size >= answersMax) answers.clear();
  const body = make();
  answers.set(name, { requestHash: repeatable.requestHash, body, untilMs: performance.now() + keptMs });
  // A failure is no answer: the next attempt is made anew.
  body.catch(() => answers.delete(name));
  return body;
}

/**
 * For what is safe to repeat by itself: the key is kept with the request's hash, and the same request is simply done again.
 * The key is written after `make` has succeeded, so that a refused request writes nothing.
 * Throws `request.conflict` when the key stands for another request.
 */
export async function answerOnceDurably<Answer>(
  pool: Pick<Pool, "query">,
  { scope, repeatable }: { scope: string; repeatable: Repeatable | null },
  make: () => Promise<Answer>,
): Promise<Answer> {
  if (repeatable === null) return make();
  const { key, requestHash } = repeatable;
  const { rows } = await pool.query<{ request_hash: string }>("SELECT request_hash FROM idempotency_keys WHERE scope = $1 AND key = $2", [scope, key]);
  const known = rows[0]?.request_hash;
  if (known !== undefined && known !== requestHash) refuseReuse();
  const answer = await make();
  if (known === undefined) {
    await pool.query("INSERT INTO idempotency_keys (scope, key, request_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", [scope, key, requestHash]);
  }
  return answer;
}
