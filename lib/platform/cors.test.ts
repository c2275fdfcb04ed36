import { expect, test } from "vitest";
import { addCorsHeaders, assertOrigin, classifyOrigin, parseOrigins } from "@/lib/platform/cors";

const ask = (origin?: string): Request => new Request("http://site.example/api/v1/regions", { headers: { host: "site.example", ...(origin === undefined ? {} : { origin }) } });
const allowed = parseOrigins("https://friend.example, https://Other.example");

test.each([
  [undefined, "none"], ["http://site.example", "own"], ["https://friend.example", "allowed"], ["https://other.example", "allowed"],
  ["https://evil.example", "foreign"], ["https://friend.example.evil.example", "foreign"], ["null", "foreign"], ["not an origin", "foreign"],
] as const)("the origin %s is %s", (origin, kind) => {
  expect(classifyOrigin(ask(origin), allowed).kind).toBe(kind);
});

test("only a foreign page's writing is refused", () => {
  expect(() => assertOrigin(ask("https://evil.example"), allowed)).toThrow(expect.objectContaining({ code: "request.origin" }));
  expect(() => assertOrigin(ask("https://friend.example"), allowed)).not.toThrow();
  expect(() => assertOrigin(ask("https://evil.example"), parseOrigins("*"))).not.toThrow();
});

test("an answer may be read by allowed pages only, and never with credentials", () => {
  const headersFor = (origin: string, origins = allowed): Headers => {
    const headers = new Headers();
    addCorsHeaders(headers, ask(origin), origins);
    return headers;
  };
  expect(headersFor("https://friend.example").get("access-control-allow-origin")).toBe("https://friend.example");
  expect(headersFor("https://evil.example").get("access-control-allow-origin")).toBeNull();
  expect(headersFor("https://evil.example", parseOrigins("*")).get("access-control-allow-origin")).toBe("*");
  expect(headersFor("https://friend.example").get("access-control-allow-credentials")).toBeNull();
  expect(headersFor("https://friend.example").get("vary")).toBe("origin");
});
