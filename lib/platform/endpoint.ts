import "server-only";
import type { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { clientNetwork } from "@/lib/platform/client-address";
import { addCorsHeaders, answerOptions, assertOrigin, parseOrigins } from "@/lib/platform/cors";
import { env } from "@/lib/platform/env";
import { parseInput, parseJson, problemOf, readBody } from "@/lib/platform/http";
import { readIdempotencyKey, type Repeatable } from "@/lib/platform/idempotency";
import { metrics } from "@/lib/platform/metrics";
import type { Operation } from "@/lib/platform/operation";
import { takePoint, type Limit } from "@/lib/platform/rate-limit";

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type BodyOf<Op extends Operation> = Op["body"] extends { schema: infer Schema } ? Parsed<Schema> : undefined;

/** What the code behind an operation gets: everything is checked. */
export type OperationInput<Op extends Operation> = {
  request: Request;
  params: Parsed<Op["params"]>;
  query: Parsed<Op["query"]>;
  body: BodyOf<Op>;
  /** The caller's Idempotency-Key with the hash of its body, when there is one. */
  repeatable: Repeatable | null;
  /** Of the caller, for limits only: never to be logged or stored. */
  network: string;
};

type Context = { params: Promise<Record<string, string | string[] | undefined>> };
export type Handle = (request: Request, context: Context) => Promise<Response>;

/** An operation with the code behind it. */
export type Served = { operation: Operation; run: (request: Request, context: Context) => Promise<Response> };

function limitOf({ limit }: Operation): Limit {
  const settings = env();
  return limit === "contributions"
    ? { name: "contributions", points: settings.CONTRIBUTIONS_PER_MINUTE, seconds: 60 }
    : { name: "any", points: settings.REQUESTS_PER_MINUTE, seconds: 60 };
}

function assertJson(request: Request): void {
  const type = request.headers.get("content-type") ?? "";
  const isPlain = (request.headers.get("content-encoding") ?? "identity") === "identity";
  if (isPlain && /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) return;
  throw new AppError("request.media-type", "The body must be JSON: send content-type application/json, not compressed.");
}

async function readOperationBody(request: Request, body: NonNullable<Operation["body"]>): Promise<{ bytes: Uint8Array; value: unknown }> {
  assertJson(request);
  const bytes = await readBody(request, body.bytesMax);
  return { bytes, value: parseInput(body.schema, parseJson(bytes), "body") };
}

/** Query parameters as an object; one that stands twice is refused, for nobody can know which was meant. */
function readQuery(request: Request): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of new URL(request.url).searchParams) {
    if (Object.hasOwn(query, name)) throw new AppError("request.invalid", `Bad query. ${name.slice(0, 64)} stands in it twice.`);
    Object.defineProperty(query, name, { value, enumerable: true });
  }
  return query;
}

/**
 * Puts code behind an operation. Its input is checked by the operation's schemas, unknown fields included; requests are
 * counted against their network's allowance, and pages of foreign origins may not write. Cookies are never read.
 */
export function serve<const Op extends Operation>(operation: Op, handler: (input: OperationInput<Op>) => Promise<z.input<Op["answer"]["schema"]>>): Served {
  const run = async (request: Request, context: Context): Promise<Response> => {
    const network = clientNetwork(request.headers, env().TRUSTED_PROXIES);
    await takePoint(limitOf(operation), network);
    if (operation.body !== undefined) assertOrigin(request, parseOrigins(env().CORS_ORIGINS));
    const params = operation.params === undefined ? undefined : parseInput(operation.params, await context.params, "path");
    const query = operation.query === undefined ? assertNoQuery(request) : parseInput(operation.query, readQuery(request), "query");
    const body = operation.body === undefined ? undefined : await readOperationBody(request, operation.body);
    const repeatable = operation.isRepeatable === true && body !== undefined ? readIdempotencyKey(request.headers, body.bytes) : null;
    const input = { request, network, params, query, body: body?.value, repeatable };
    const answer = await handler(input as OperationInput<Op>);
    return Response.json(answer, { status: operation.answer.status });
  };
  return { operation, run };
}

function assertNoQuery(request: Request): undefined {
  const [name] = Object.keys(readQuery(request));
  if (name !== undefined) throw new AppError("request.invalid", `Bad query. ${name.slice(0, 64)} is not known here.`);
  return undefined;
}

function finish(response: Response, request: Request, { requestId, isHead }: { requestId: string; isHead: boolean }): Response {
  const { headers } = response;
  headers.set("x-request-id", requestId);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  addCorsHeaders(headers, request, parseOrigins(env().CORS_ORIGINS));
  return isHead ? new Response(null, { status: response.status, headers }) : response;
}

type Methods = Record<"GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS", Handle>;

/** Every method of a path: each answer has an id, each failure is a problem (RFC 9457), and all are measured under the path's name. */
function respond(path: string, answer: Handle): Methods {
  const handle: Handle = async (request, context) => {
    const requestId = crypto.randomUUID();
    const stopTimer = metrics().seconds.startTimer({ method: request.method, route: path });
    const response = await answer(request, context).catch((error: unknown) => problemOf(error, requestId));
    stopTimer();
    metrics().requests.inc({ method: request.method, route: path, status: response.status });
    return finish(response, request, { requestId, isHead: request.method === "HEAD" });
  };
  return { GET: handle, HEAD: handle, POST: handle, PUT: handle, PATCH: handle, DELETE: handle, OPTIONS: handle };
}

/** All methods of one path below /api/v1. A method that no operation has is refused with those that there are (405, Allow). */
export function endpoint(...served: readonly [Served, ...Served[]]): Methods {
  const byMethod = new Map<string, Served>(served.map((one) => [one.operation.method, one]));
  const get = byMethod.get("GET");
  if (get !== undefined) byMethod.set("HEAD", get);
  const methods = [...byMethod.keys(), "OPTIONS"];
  return respond(served[0].operation.path, async (request, context) => {
    if (request.method === "OPTIONS") return answerOptions(request, { allowed: parseOrigins(env().CORS_ORIGINS), methods });
    const chosen = byMethod.get(request.method);
    if (chosen !== undefined) return chosen.run(request, context);
    throw new AppError("request.method", `${request.method} is not possible here. Possible: ${methods.join(", ")}.`, { details: { allow: methods.join(", ") } });
  });
}

/**
 * All methods of a path that is no operation of the API: health, measurements, and what is passed on to other services.
 * Requests are counted, pages of foreign origins may not write, and other methods are refused, as everywhere.
 */
export function plain(path: string, handlers: Partial<Record<"GET" | "POST", Handle>>): Methods {
  const { GET, POST } = handlers;
  const methods = [...(GET === undefined ? [] : ["GET", "HEAD"]), ...(POST === undefined ? [] : ["POST"]), "OPTIONS"].join(", ");
  return respond(path, async (request, context) => {
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow: methods } });
    const handler = request.method === "POST" ? POST : request.method === "GET" || request.method === "HEAD" ? GET : undefined;
    if (handler === undefined) throw new AppError("request.method", `${request.method} is not possible here. Possible: ${methods}.`, { details: { allow: methods } });
    await takePoint({ name: "any", points: env().REQUESTS_PER_MINUTE, seconds: 60 }, clientNetwork(request.headers, env().TRUSTED_PROXIES));
    if (request.method === "POST") assertOrigin(request, parseOrigins(env().CORS_ORIGINS));
    return handler(request, context);
  });
}

/** All methods of an address that has nothing. */
export function nothing(): Methods {
  return respond("nothing", async () => {
    throw new AppError("request.not-found", "There is nothing at this address. The API is described at /docs/api.");
  });
}
