import "server-only";
import { AppError } from "@/lib/kernel/errors";

/** Origins whose pages may use the API: the site's own, and those of CORS_ORIGINS. */
export type Origins = "*" | ReadonlySet<string>;

/** The setting CORS_ORIGINS, read. */
export function parseOrigins(setting: string | undefined): Origins {
  if (setting === "*") return "*";
  return new Set((setting ?? "").split(",").map((origin) => origin.trim().toLowerCase()).filter((origin) => origin !== ""));
}

function isOwn(request: Request, origin: string): boolean {
  const host = request.headers.get("host") ?? new URL(request.url).host;
  try {
    return new URL(origin).host === host;
  } catch {
    return false; // "null", and what is no origin at all
  }
}

/** What the request's Origin is: none (no browser, or a plain read), the site's own, one that is allowed, or a foreign one. */
export function classifyOrigin(request: Request, allowed: Origins): { kind: "none" | "own" | "allowed" | "foreign"; origin: string } {
  const origin = request.headers.get("origin");
  if (origin === null) return { kind: "none", origin: "" };
  if (isOwn(request, origin)) return { kind: "own", origin };
  if (allowed === "*" || allowed.has(origin.toLowerCase())) return { kind: "allowed", origin };
  return { kind: "foreign", origin };
}

/** Throws `request.origin` when a page of a site that is not allowed wants to write. */
export function assertOrigin(request: Request, allowed: Origins): void {
  if (classifyOrigin(request, allowed).kind !== "foreign") return;
  throw new AppError("request.origin", "Pages of this origin may not use the API. Its operator allows origins by CORS_ORIGINS.");
}

/** Lets a page of an allowed origin read the answer. Never allows credentials: the API needs no cookie. */
export function addCorsHeaders(headers: Headers, request: Request, allowed: Origins): void {
  headers.append("vary", "origin");
  const { kind, origin } = classifyOrigin(request, allowed);
  if (kind !== "allowed") return;
  headers.set("access-control-allow-origin", allowed === "*" ? "*" : origin);
  headers.set("access-control-expose-headers", "x-request-id, retry-after, etag");
  headers.set("cross-origin-resource-policy", "cross-origin");
}

/** The answer to a browser that asks before it sends (preflight), or to anybody who asks for the methods. */
export function answerOptions(request: Request, { allowed, methods }: { allowed: Origins; methods: readonly string[] }): Response {
  assertOrigin(request, allowed);
  const headers = new Headers({ allow: methods.join(", ") });
  addCorsHeaders(headers, request, allowed);
  if (headers.has("access-control-allow-origin")) {
    headers.set("access-control-allow-methods", methods.join(", "));
    headers.set("access-control-allow-headers", "authorization, content-type, idempotency-key");
    headers.set("access-control-max-age", "7200");
  }
  return new Response(null, { status: 204, headers });
}
