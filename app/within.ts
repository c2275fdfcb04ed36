import { isAppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import { createLogger } from "@/lib/platform/log";

/** A page is sent after this time with or without an answer; the browser asks again. */
const patienceMs = 2_500;

/** What was asked for, or null when it is not there in time or what gives it is away. */
export async function within<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  const known = answer.catch((error: unknown) => {
    if (!isAppError(error)) createLogger("site").warn({ err: error }, "a page is sent without what it asked for");
    return null;
  });
  return Promise.race([known, delay(patienceMs).then(() => null)]);
}
