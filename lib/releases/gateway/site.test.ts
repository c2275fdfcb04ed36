import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { isAppError, type AppError } from "@/lib/kernel/errors";
import { postSite, readSite } from "@/lib/releases/gateway/site";

const schema = z.object({ answer: z.number() });
const answerWith = (body: string, init?: ResponseInit) => vi.stubGlobal("fetch", vi.fn(async () => new Response(body, init)));

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(() => undefined, (failure: unknown) => failure);
  if (isAppError(error)) return error;
  throw new Error("expected a typed refusal");
}

afterEach(() => vi.unstubAllGlobals());

describe("asking the site", () => {
  test("an answer in the known form is passed on", async () => {
    answerWith(JSON.stringify({ answer: 42, more: true }));
    expect(await readSite("/api/v1/x", schema)).toEqual({ answer: 42 });
  });

  test("a refusal keeps the site's code, words and request id", async () => {
    answerWith(JSON.stringify({ status: 404, code: "region.unknown", detail: "There is no region.", requestId: "r-1" }), { status: 404 });
    const error = await failureOf(readSite("/api/v1/x", schema));
    expect(error).toMatchObject({ code: "region.unknown", message: "There is no region.", details: { requestId: "r-1" } });
  });

  test.each([["<html>", 502], [JSON.stringify({ code: "made.up", status: 500, detail: "?", requestId: "" }), 500], ["{}", 200]])("%s with status %d is told as a fault, not taken for an answer", async (body, status) => {
    answerWith(body, { status });
    expect((await failureOf(postSite("/api/v1/x", {}, schema))).code).toBe("internal");
  });

  test("silence says that the site is away", async () => {
    vi.stubGlobal("fetch", vi.fn(() => Promise.reject(new TypeError("network"))));
    expect((await failureOf(readSite("/api/v1/x", schema))).code).toBe("site.unreachable");
  });
});
