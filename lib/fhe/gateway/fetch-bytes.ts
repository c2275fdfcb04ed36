import { AppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";

export type FetchOptions = { timeoutMs: number; attempts?: number; pauseMs?: number; headers?: Record<string, string>; signal?: AbortSignal };

async function fetchOnce(url: string, { timeoutMs, headers = {}, signal }: FetchOptions): Promise<Uint8Array> {
  const limit = AbortSignal.timeout(timeoutMs);
  const response = await fetch(url, { headers, signal: signal === undefined ? limit : AbortSignal.any([limit, signal]) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Downloads bytes with GET, with timeouts and repeats. Throws `relayer.unreachable`, or the signal's reason. */
export async function fetchBytes(url: string, options: FetchOptions): Promise<Uint8Array> {
  const { attempts = 4, pauseMs = 500, signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetchOnce(url, options);
    } catch (cause) {
      signal?.throwIfAborted();
      if (attempt >= attempts) {
        throw new AppError("relayer.unreachable", `${url} can't be loaded (${attempts} attempts).`, { cause, details: { retryable: true } });
      }
      await delay(pauseMs * 2 ** (attempt - 1), signal);
    }
  }
}
