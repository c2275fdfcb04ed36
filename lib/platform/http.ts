import "server-only";
import type { z } from "zod";
import { AppError, isAppError, type ErrorCode } from "@/lib/kernel/errors";
import { isDatabaseDown } from "@/lib/platform/database-down";
import { statusOfCode } from "@/lib/platform/http-status";
import { createLogger } from "@/lib/platform/log";

const phrases: Record<number, string> = {
  400: "Bad request", 401: "Unauthorized", 402: "Payment required", 403: "Forbidden", 404: "Not found", 405: "Method not allowed", 409: "Conflict",
  413: "Content too large", 415: "Unsupported media type", 422: "Unprocessable content", 429: "Too many requests", 500: "Internal server error",
  502: "Bad gateway", 503: "Service unavailable", 504: "Gateway timeout",
};

const publicFault = "Something failed on our side. Nothing was lost. Try again; if it happens again, quote the request id.";

/** Characters of a fault that are repeated: an answer is not as long as what was sent. */
const faultMax = 200;

let logger: ReturnType<typeof createLogger> | undefined;

/** Problem details (RFC 9457) with the product's stable code and the request's id. */
export function problemResponse(code: ErrorCode, detail: string, requestId: string): Response {
  const status = statusOfCode[code];
  const body = { type: "about:blank", title: phrases[status] ?? "Error", status, code, detail, requestId };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", "x-request-id": requestId },
  });
}

/** Facts of a refusal that HTTP has a header for. */
function addHeaders(headers: Headers, { code, details }: AppError): void {
  if (details["retryAfterSeconds"] !== undefined) headers.set("retry-after", String(details["retryAfterSeconds"]));
  if (details["allow"] !== undefined) headers.set("allow", String(details["allow"]));
  if (code === "device.unknown") headers.set("www-authenticate", "Bearer");
}

/** Whatever was thrown, as an answer. Tells nothing of an unexpected failure but the id to ask about. */
export function problemOf(error: unknown, requestId: string): Response {
  if (isAppError(error) && error.code !== "internal") {
    if (statusOfCode[error.code] >= 500) log().warn({ requestId, code: error.code }, error.message);
    const response = problemResponse(error.code, error.message, requestId);
    addHeaders(response.headers, error);
    return response;
  }
  if (isDatabaseDown(error)) {
    log().warn({ requestId, code: "database.unavailable" }, "the database does not answer");
    return problemResponse("database.unavailable", "The database does not answer. Nothing was changed; try again in a moment.", requestId);
  }
  log().error({ requestId, err: error }, "a request failed unexpectedly");
  return problemResponse("internal", publicFault, requestId);
}

function log() {
  logger ??= createLogger("http");
  return logger;
}

/** A value checked against its schema; throws `request.invalid` that names each fault. `what` names the value. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".").slice(0, faultMax) || what}: ${issue.message.slice(0, faultMax)}`);
  throw new AppError("request.invalid", `Bad ${what}. ${faults.slice(0, 5).join("; ")}.`);
}

function tooLarge(bytesMax: number): AppError {
  return new AppError("request.too-large", `The request's body is larger than ${bytesMax} bytes.`);
}

/** The body's bytes, at most `bytesMax` of them; throws `request.too-large` without reading on. */
export async function readBody(request: Request, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) throw tooLarge(bytesMax);
  if (request.body !== null) {
    for await (const chunk of request.body) {
      length += chunk.byteLength;
      if (length > bytesMax) throw tooLarge(bytesMax);
      chunks.push(chunk);
    }
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return body;
}

/** The JSON body, checked against its schema; throws `request.too-large` or `request.invalid`. */
export async function readJsonBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  { bytesMax }: { bytesMax: number },
): Promise<z.output<Schema>> {
  return parseInput(schema, parseJson(await readBody(request, bytesMax)), "body");
}

/** A field of this name changes what an object is instead of being a field of it; no schema would see it. */
const forbiddenName = /"(?:_|\\u005f){2}proto(?:_|\\u005f){2}"/i;

/** Bytes as JSON; throws `request.invalid`. */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError("request.invalid", "The request's body is not JSON.", { cause });
  }
  if (forbiddenName.test(text)) throw new AppError("request.invalid", "Bad body. __proto__: is not known here.");
  return value;
}
