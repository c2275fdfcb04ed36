import createClient, { type Client } from "openapi-fetch";
import type { z } from "zod";
import { AppError, errorCodes, isAppError, type ErrorCode } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import { problemSchema } from "@/lib/delivery/model/document";
import type { Operations } from "@/lib/delivery/model/operations";
import type { Operation } from "@/lib/platform/operation";

type AnyOperation = Operations[keyof Operations];
type At<Path> = Extract<AnyOperation, { path: Path }>;
type Problem = z.infer<typeof problemSchema>;

type Parameters<Op> = (Op extends { params: infer Schema extends z.ZodType } ? { path: z.input<Schema> } : { path?: never })
  & (Op extends { query: infer Schema extends z.ZodType } ? { query?: z.input<Schema> } : { query?: never })
  & (Op extends { isRepeatable: true } ? { header?: { "Idempotency-Key"?: string } } : { header?: never });

type Described<Op extends Operation> = {
  parameters: Parameters<Op>;
  responses: { [Status in Op["answer"]["status"]]: { content: { "application/json": z.output<Op["answer"]["schema"]> } } }
    & { default: { content: { "application/problem+json": Problem } } };
} & (Op extends { body: { schema: infer Schema extends z.ZodType } } ? { requestBody: { content: { "application/json": z.input<Schema> } } } : { requestBody?: never });

/** The API's paths as the client's types want them, derived from the schemas that check its requests. */
export type ApiPaths = {
  [Path in AnyOperation["path"]]: { [Method in At<Path>["method"] as Lowercase<Method>]: Described<Extract<At<Path>, { method: Method }>> };
};

export type ApiClient = Client<ApiPaths>;

export type ApiClientOptions = {
  /** Milliseconds that one attempt may take; default 20,000. */
  timeoutMs?: number;
  /** Attempts in all; default 5. A busy or absent site is asked again, with growing pauses. */
  attempts?: number;
};

const laterStatuses = new Set([429, 502, 503, 504]);
const pauseMsFirst = 250;
const pauseMsMax = 8_000;
const codes = new Set<string>(errorCodes);

function isCode(text: string): text is ErrorCode {
  return codes.has(text);
}

/** Seconds that the site asked to wait, when that is soon enough to be worth it. */
function askedPauseMs(response: Response): number | null {
  const seconds = Number(response.headers.get("retry-after") ?? "");
  return seconds > 0 && seconds * 1_000 <= pauseMsMax * 8 ? seconds * 1_000 : null;
}

/** Asks again on silence and on "later" answers. Every operation is safe to repeat. */
function patientFetch(site: string, { timeoutMs = 20_000, attempts = 5 }: ApiClientOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      const growingMs = Math.min(pauseMsFirst * 2 ** (attempt - 1), pauseMsMax);
      try {
        const response = await fetch(request.clone(), { signal: AbortSignal.timeout(timeoutMs), credentials: "omit" });
        const isLast = attempt >= attempts || !laterStatuses.has(response.status);
        const pauseMs = askedPauseMs(response) ?? growingMs;
        if (isLast || (response.status === 429 && askedPauseMs(response) === null)) return response;
        await response.body?.cancel();
        await delay(pauseMs);
      } catch (cause) {
        if (isAppError(cause)) throw cause;
        if (attempt >= attempts) throw new AppError("site.unreachable", `The site at ${site} does not answer. Start one with npm start, or set SITE_URL.`, { cause });
        await delay(growingMs);
      }
    }
  };
}

/** A client of the API of the site at an address such as http://127.0.0.1:3000. */
export function createApiClient(site: string, options: ApiClientOptions = {}): ApiClient {
  const base = site.replace(/\/+$/, "");
  return createClient<ApiPaths>({ baseUrl: `${base}/api/v1`, fetch: patientFetch(base, options) });
}

/**
 * What an operation answered, checked by its schema.
 * Throws the site's own refusal (its code and sentence), or `site.unreachable` when something else answered.
 */
export function readAnswer<Schema extends z.ZodType>(schema: Schema, answer: { data?: unknown; error?: unknown; response: Response }): z.output<Schema> {
  if (answer.response.ok) {
    const parsed = schema.safeParse(answer.data);
    if (parsed.success) return parsed.data;
  }
  const problem = problemSchema.safeParse(answer.error);
  if (problem.success && isCode(problem.data.code)) {
    throw new AppError(problem.data.code, problem.data.detail, { details: { requestId: problem.data.requestId } });
  }
  throw new AppError("site.unreachable", `Something else than this API answered at ${answer.response.url} (HTTP ${answer.response.status}). Check SITE_URL.`);
}
