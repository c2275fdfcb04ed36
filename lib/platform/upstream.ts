import "server-only";
import { AppError, type ErrorCode } from "@/lib/kernel/errors";

export type Upstream = {
  /** How the service is called in messages, e.g. "The relayer". */
  name: string;
  /** The code of silence and of a broken connection. */
  unreachable: ErrorCode;
  /** What a person can do about it. */
  hint: string;
  timeoutMs: number;
};

/** Answer headers that mean something to our callers; all others stay behind. */
const passedOn = ["content-type", "content-length", "retry-after", "etag"];

/** A request to a service of ours; throws the upstream's code when it does not begin to answer in time. */
export async function fetchUpstream(upstream: Upstream, url: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(upstream.timeoutMs), cache: "no-store", redirect: "manual" });
  } catch (cause) {
    throw new AppError(upstream.unreachable, `${upstream.name} does not answer. ${upstream.hint}`, { cause });
  }
}

/** The upstream's answer, passed on with the few headers that mean something here. The body is streamed. */
export function passOn(response: Response): Response {
  const headers = new Headers();
  for (const name of passedOn) {
    const value = response.headers.get(name);
    // fetch has already undone a content encoding, so the length would be wrong then.
    if (value !== null && !(name === "content-length" && response.headers.has("content-encoding"))) headers.set(name, value);
  }
  return new Response(response.body, { status: response.status, headers });
}
