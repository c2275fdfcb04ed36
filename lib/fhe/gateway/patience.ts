import { delay } from "@/lib/kernel/time";
import { isRetryable, toFheError } from "@/lib/fhe/errors";

export type Patience = {
  /** Completes the sentence "To …:". */
  what: string;
  /** Milliseconds after which a "later" is passed on; default 180,000. */
  patienceMs?: number;
  /** Milliseconds before the second attempt, growing to 5 s; default 500. */
  pauseMs?: number;
  signal?: AbortSignal;
  /** Called before each repeat. */
  onWait?: () => void;
};

/**
 * Repeats a request of the relayer while it says "later": it restarts, is busy, or the ciphertext is being computed.
 * Only for requests that are safe to repeat, which all of ours are: proofs and permits are not used up by asking.
 * Throws typed errors only, or the signal's reason.
 */
export async function withPatience<Value>(task: () => Promise<Value>, options: Patience): Promise<Value> {
  const { what, patienceMs = 180_000, pauseMs = 500, signal, onWait } = options;
  const deadline = performance.now() + patienceMs;
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await task();
    } catch (cause) {
      signal?.throwIfAborted();
      const error = toFheError(cause, { what });
      if (!isRetryable(error) || performance.now() > deadline) throw error;
      onWait?.();
      await delay(Math.min(pauseMs * 2 ** attempt, 5_000), signal);
    }
  }
}
