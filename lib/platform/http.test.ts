import { beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { AppError, errorCodes } from "@/lib/kernel/errors";
import { plain, type Handle } from "@/lib/platform/endpoint";
import { parseInput, readBody, readJsonBody } from "@/lib/platform/http";
import { statusOfCode } from "@/lib/platform/http-status";

beforeAll(() => {
  vi.stubEnv("LOG_LEVEL", "silent");
});

const context = <Params>(params: Params) => ({ params: Promise.resolve(params) });
const route = (handler: Handle): Handle => plain("test", { GET: handler }).GET;
const request = (body?: string) => new Request("http://site/api/x", body === undefined ? {} : { method: "POST", body });

describe("a route", () => {
  test("gets its parameters and answers with a request id, uncached", async () => {
    const handle = route(async (_, { params }) => Response.json({ slug: (await params)["slug"] }));
    const response = await handle(request(), context({ slug: "loop-pilot" }));
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.json()).toEqual({ slug: "loop-pilot" });
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  test("may allow caching", async () => {
    const handle = route(async () => new Response("x", { headers: { "cache-control": "public, max-age=3600" } }));
    expect((await handle(request(), context({}))).headers.get("cache-control")).toBe("public, max-age=3600");
  });

  test("answers a refusal as problem details with its stable code", async () => {
    const handle = route(async () => { throw new AppError("region.unknown", "There is no region nowhere."); });
    const response = await handle(request(), context({}));
    expect([response.status, response.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    expect(await response.json()).toEqual({
      type: "about:blank", title: "Not found", status: 404, code: "region.unknown", detail: "There is no region nowhere.",
      requestId: response.headers.get("x-request-id"),
    });
  });

  test.each([new Error("the key is 0x1234"), new AppError("internal", "the key is 0x1234"), "thrown text"])("tells nothing of an unexpected failure but the id to ask about: %s", async (failure) => {
    const handle = route(async () => { throw failure; });
    const response = await handle(request(), context({}));
    const text = await response.text();
    expect([response.status, text.includes("0x1234")]).toEqual([500, false]);
    expect(text).toContain(response.headers.get("x-request-id"));
  });

  test("every refusal of the product has a status of its kind", () => {
    for (const code of errorCodes) expect(statusOfCode[code]).toBeGreaterThanOrEqual(400);
  });
});

describe("input", () => {
  const schema = z.object({ address: z.string().length(4), count: z.number() });

  test("is parsed once, and each fault is named", () => {
    expect(parseInput(schema, { address: "0xab", count: 1 }, "body")).toEqual({ address: "0xab", count: 1 });
    expect(() => parseInput(schema, { address: 7 }, "body")).toThrow(/address.*count/s);
  });

  test("larger than allowed is refused without being read to the end", async () => {
    let pulled = 0;
    const endless = new ReadableStream({ pull: (controller) => { pulled += 1; controller.enqueue(new Uint8Array(1024)); } });
    const init: RequestInit & { duplex: "half" } = { method: "POST", body: endless, duplex: "half" };
    await expect(readBody(new Request("http://site/", init), 10 * 1024)).rejects.toMatchObject({ code: "request.too-large" });
    expect(pulled).toBeLessThan(20);
  });

  test("of exactly the allowed size is read whole", async () => {
    expect(await readBody(request("a".repeat(100)), 100)).toHaveLength(100);
    expect(await readBody(request(), 100)).toHaveLength(0);
  });

  test.each(["", "{", "[1]", '\ufeff{"address":"0xab","count":1}', '{"address":"0xab","count":1,"__proto__":{}}', '{"address":"0xab","count":1,"\\u005f_proto__":{}}'])("%j is no valid body", async (body) => {
    await expect(readJsonBody(request(body), schema, { bytesMax: 100 })).rejects.toMatchObject({ code: "request.invalid" });
  });
});
