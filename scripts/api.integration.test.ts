import { readdirSync } from "node:fs";
import path from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createApiDocument, problemSchema } from "@/lib/delivery/model/document";
import { createPrivateKey } from "@/lib/chain/gateway/signer";
import { systemRandom } from "@/lib/kernel/random";
import { operations } from "@/lib/delivery/model/operations";
import { createApiClient, readAnswer } from "@/lib/ingest/gateway/api-client";
import { contributionAnswerSchema, contributionStatusSchema, deviceAnswerSchema, ticketWireSchema } from "@/lib/ingest/schema";
import { statusOfCode } from "@/lib/platform/http-status";
import { openApiStage, type ApiStage } from "@/scripts/test/api-stage";

let stage: ApiStage;
let database: Client;
const friend = "https://friend.example";

beforeAll(async () => {
  stage = await openApiStage({ env: { CORS_ORIGINS: friend, DEVICES_PER_DAY: "30", TICKETS_PER_DAY: "3" } });
  database = new Client({ connectionString: stage.site.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await stage.stop();
});

const document = createApiDocument();
const address = (path: string): string => `${stage.site.url}/api/v1${path}`;
const json = { "content-type": "application/json" };

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(address(path), { method: "POST", headers: { ...json, ...headers }, body: typeof body === "string" ? body : JSON.stringify(body) });
}

async function registerDevice(): Promise<string> {
  return deviceAnswerSchema.parse(await (await post("/devices", {})).json()).token;
}

const pathItemSchema = z.record(z.string(), z.object({
  responses: z.record(z.string(), z.object({ content: z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) })) })),
}));
const problemReference = "#/components/schemas/Problem";

/** The schema that the document has for an answer; fails when the document does not have it. */
function documented(operation: { path: string; method: string }, response: Response): z.ZodType {
  const item = pathItemSchema.parse(document.paths?.[operation.path])[operation.method.toLowerCase()];
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  const schema = item?.responses[String(response.status)]?.content[type]?.schema;
  if (schema === undefined) throw new Error(`${operation.method} ${operation.path} answers ${response.status} ${type}, which is not documented`);
  return z.fromJSONSchema(schema["$ref"] === problemReference ? z.record(z.string(), z.unknown()).parse(document.components?.schemas?.["Problem"]) : schema);
}

async function check(operation: { path: string; method: string }, response: Response, status: number): Promise<unknown> {
  const body: unknown = await response.json();
  expect([response.status, body]).toEqual([status, expect.anything()]);
  expect(documented(operation, response).safeParse(body)).toMatchObject({ success: true });
  expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  return body;
}

async function expectProblem(response: Response, code: keyof typeof statusOfCode): Promise<void> {
  const problem = problemSchema.parse(await response.json());
  expect([problem.code, response.status]).toEqual([code, statusOfCode[code]]);
  expect(problem.detail).toMatch(/^[A-Z0-9].*\.$/s);
}

function listRoutes(folder: string, below = ""): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return listRoutes(path.join(folder, entry.name), `${below}/${entry.name.replace(/^\[(.+)\]$/, "{$1}")}`);
    return entry.name === "route.ts" ? [below] : [];
  });
}

test("every route of the API is documented, and nothing else", async () => {
  expect(listRoutes("app/api/v1").toSorted()).toEqual(Object.keys(document.paths ?? {}).toSorted());
  expect(await (await fetch(address("/openapi.json"))).json()).toEqual(JSON.parse(JSON.stringify(document)));
});

describe("each operation answers as it is documented", () => {
  const nobody = `0x${"12".repeat(20)}`;
  const orderFor = (releases: string[]) => ({ releases, buyer: nobody, reader: nobody });
  const ticketFor = () => ({ oneTimeAddress: nobody, regionId: stage.regions.wide.id, epoch: 0, maxLevel: 0, vehicles: 1 });

  test("devices", async () => {
    await check(operations.registerDevice, await post("/devices", {}), 201);
    await check(operations.registerDevice, await post("/devices", { name: "mine" }), 400);
  });

  test("tickets", async () => {
    const authorization = `Bearer ${await registerDevice()}`;
    await check(operations.issueTicket, await post("/tickets", ticketFor(), { authorization }), 201);
    await check(operations.issueTicket, await post("/tickets", ticketFor()), 401);
    await check(operations.issueTicket, await post("/tickets", { ...ticketFor(), regionId: 99 }, { authorization }), 404);
    await check(operations.issueTicket, await post("/tickets", { ...ticketFor(), vehicles: 2 }, { authorization }), 422);
    await check(operations.issueTicket, await post("/tickets", { ...ticketFor(), epoch: 9 }, { authorization }), 409);
  });

  test("contributions", async () => {
    const answer = contributionAnswerSchema.parse(await check(operations.postContribution, await post("/contributions", stage.sign()), 202));
    const status = await check(operations.getContribution, await fetch(`${stage.site.url}${answer.statusUrl}`), 200);
    expect(contributionStatusSchema.parse(status)).toMatchObject({ id: answer.id, state: "queued", reason: null, transaction: null });
    await check(operations.postContribution, await post("/contributions", {}), 400);
    await check(operations.getContribution, await fetch(address("/contributions/none")), 400);
    await check(operations.getContribution, await fetch(address(`/contributions/${crypto.randomUUID()}`)), 404);
  });

  test("regions and epochs", async () => {
    await check(operations.findRegions, await fetch(address("/regions")), 200);
    await check(operations.findRegions, await fetch(address("/regions?page=2")), 400);
    for (const { operation, suffix } of [{ operation: operations.getRegion, suffix: "" }, { operation: operations.findEpochs, suffix: "/epochs" }, { operation: operations.findReleases, suffix: "/releases" }]) {
      await check(operation, await fetch(address(`/regions/loop-pilot${suffix}`)), 200);
      await check(operation, await fetch(address(`/regions/nowhere${suffix}`)), 404);
      await check(operation, await fetch(address(`/regions/No%00where${suffix}`)), 400);
    }
    await check(operations.findEpochs, await fetch(address("/regions/loop-pilot/epochs?limit=0")), 400);
    await check(operations.findReleases, await fetch(address("/regions/loop-pilot/releases?cursor=!")), 400);
  });

  test("releases, purchases, quotes and the document", async () => {
    await check(operations.getRelease, await fetch(address("/releases/5")), 404);
    await check(operations.getRelease, await fetch(address("/releases/first")), 400);
    await check(operations.findPurchases, await fetch(address(`/purchases?buyer=${nobody}`)), 200);
    await check(operations.findPurchases, await fetch(address("/purchases")), 400);
    await check(operations.quoteReleases, await post("/quotes", orderFor(["5"])), 404);
    await check(operations.quoteReleases, await post("/quotes", orderFor([])), 400);
    await check(operations.getDocument, await fetch(address("/openapi.json")), 200);
    await check(operations.getDocument, await fetch(address("/openapi.json?v=2")), 400);
  });

  test.each(Object.values(operations).map((operation) => [operation.path, operation.method] as const))("%s takes no method but its own (%s)", async (path, method) => {
    for (const other of ["PUT", "PATCH", "DELETE", method === "GET" ? "POST" : "GET"]) {
      const response = await fetch(address(path.replaceAll(/\{\w+\}/g, "1")), { method: other });
      expect([response.status, response.headers.get("allow")]).toEqual([405, method === "GET" ? "GET, HEAD, OPTIONS" : "POST, OPTIONS"]);
      await expectProblem(response, "request.method");
    }
  });
});

describe("a contribution", () => {
  const count = async (): Promise<number> => Number((await database.query("SELECT count(*) FROM contributions")).rows[0]?.count);

  test("is taken once, however often and from however many at once it is posted", async () => {
    const item = stage.sign();
    const before = await count();
    const answers = await Promise.all(Array.from({ length: 8 }, async () => contributionAnswerSchema.parse(await (await post("/contributions", item)).json())));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await count() - before).toBe(1);
  });

  test("that is posted again too late has the id that it got in time", async () => {
    const item = stage.sign();
    const { id } = contributionAnswerSchema.parse(await (await post("/contributions", item)).json());
    const late = await post("/contributions", { ...item, ticketExpiry: 1 });
    expect([late.status, contributionAnswerSchema.parse(await late.json()).id]).toEqual([202, id]);
    await expectProblem(await post("/contributions", { ...stage.sign(), ticketExpiry: 1 }), "ticket.expired");
    await expectProblem(await post("/contributions", { ...item, vehicles: 2, ticketExpiry: 1 }), "contribution.refused");
  });

  test("of another content for the same address is a conflict", async () => {
    const key = createPrivateKey(systemRandom);
    expect((await post("/contributions", stage.sign({ key }))).status).toBe(202);
    await expectProblem(await post("/contributions", stage.sign({ key })), "contribution.conflict");
  });

  test.each([
    ["for another region than its ticket", () => ({ ...stage.sign(), regionId: stage.regions.pilot.id, handles: stage.sign().handles.slice(0, 1) }), "ticket.invalid"],
    ["for another epoch", () => ({ ...stage.sign(), epoch: 1 }), "epoch.closed"],
    ["with a ticket of another signer", () => ({ ...stage.sign(), ticketSignature: stage.sign().ticketSignature }), "ticket.invalid"],
    ["with an expired ticket", () => stage.sign({ ticketExpiry: 1_000 }), "ticket.expired"],
    ["with another's signature", () => ({ ...stage.sign(), signature: stage.sign().signature }), "contribution.refused"],
    ["with handles that were not signed", () => ({ ...stage.sign(), handles: stage.sign().handles }), "contribution.refused"],
    ["with too few words", () => stage.sign({ words: 6 }), "contribution.refused"],
    ["for a cover that there is not", () => stage.sign({ cover: 1 }), "contribution.refused"],
    ["for a region that there is not", () => stage.sign({ regionId: 77 }), "region.unknown"],
  ] as const)("%s is refused, and nothing is kept", async (_, make, code) => {
    const before = await count();
    await expectProblem(await post("/contributions", make()), code);
    expect(await count()).toBe(before);
  });

  test("to a region that is imported only is refused by that reason", async () => {
    await database.query("UPDATE regions SET import_only = true WHERE region_id = $1", [stage.regions.pilot.id]);
    try {
      const ask = () => post("/contributions", stage.sign({ regionId: stage.regions.pilot.id, words: 1 }));
      await expect.poll(async () => problemSchema.safeParse(await (await ask()).json()).data?.code, { timeout: 30_000, interval: 500 }).toBe("region.import-only");
    } finally {
      await database.query("UPDATE regions SET import_only = false");
    }
  });

  test("leaves no trace of who sent it: no device, no address, no time finer than the hour", async () => {
    await post("/contributions", stage.sign(), { cookie: "session=1", authorization: `Bearer ${await registerDevice()}`, "x-forwarded-for": "203.0.113.7" });
    const { rows } = await database.query("SELECT to_jsonb(contributions) AS row FROM contributions");
    expect(Object.keys(rows[0]?.row)).not.toContain("created_at");
    expect(rows.every(({ row }) => String(row.received_hour).includes(":00:00"))).toBe(true);
    expect(JSON.stringify([rows, stage.site.log()])).not.toMatch(/203\.0\.113\.7|127\.0\.0\.1(?!:)|ptd_/);
  });

  test("needs and reads no cookie, and sets none", async () => {
    const response = await post("/contributions", stage.sign(), { cookie: "session=evil" });
    expect([response.status, response.headers.get("set-cookie")]).toEqual([202, null]);
  });
});

describe("repeated requests", () => {
  test("with the same key are answered as the first was, with another body refused", async () => {
    const headers = { "idempotency-key": "device-1" };
    const [first, second] = [await (await post("/devices", {}, headers)).json(), await (await post("/devices", {}, headers)).json()];
    expect(second).toEqual(first);
    await expectProblem(await post("/devices", "{ }", headers), "request.conflict");
  });

  test("of contributions keep their key over restarts of the site", async () => {
    const headers = { "idempotency-key": "contribution-1" };
    const item = stage.sign();
    const { id } = contributionAnswerSchema.parse(await (await post("/contributions", item, headers)).json());
    expect(contributionAnswerSchema.parse(await (await post("/contributions", item, headers)).json()).id).toBe(id);
    await expectProblem(await post("/contributions", stage.sign(), headers), "request.conflict");
    expect((await database.query("SELECT scope, key FROM idempotency_keys")).rows).toEqual([{ scope: "contributions", key: "contribution-1" }]);
  });
});

describe("limits", () => {
  test("a device gets its day's tickets and no more; refused requests cost nothing", async () => {
    const authorization = `Bearer ${await registerDevice()}`;
    const ask = (changes = {}) => post("/tickets", { oneTimeAddress: stage.sign().oneTimeAddress, regionId: stage.regions.wide.id, epoch: 0, maxLevel: 0, vehicles: 1, ...changes }, { authorization });
    await expectProblem(await ask({ regionId: 55 }), "region.unknown");
    for (let ticket = 0; ticket < 3; ticket += 1) expect(ticketWireSchema.parse(await (await ask()).json()).expiry).toBeGreaterThan(0);
    const refused = await ask();
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    await expectProblem(refused, "ticket.quota");
  });

  test("a network registers so many devices a day, whatever it claims to be", async () => {
    const codes = new Set<number>();
    for (let device = 0; device < 40; device += 1) codes.add((await post("/devices", {}, { "x-forwarded-for": `203.0.113.${device}`, "x-traffic-client-address": `198.51.100.${device}` })).status);
    expect(codes).toEqual(new Set([201, 429]));
  });
});

describe("pages of other sites", () => {
  test("of an allowed origin may use the API from a browser", async () => {
    const preflight = await fetch(address("/contributions"), { method: "OPTIONS", headers: { origin: friend, "access-control-request-method": "POST" } });
    expect([preflight.status, preflight.headers.get("access-control-allow-origin"), preflight.headers.get("access-control-allow-credentials")]).toEqual([204, friend, null]);
    const response = await post("/contributions", stage.sign(), { origin: friend });
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([202, friend]);
  });

  test("of a foreign origin may not write, and may not read what they are answered", async () => {
    await expectProblem(await post("/contributions", stage.sign(), { origin: "https://evil.example" }), "request.origin");
    await expectProblem(await fetch(address("/contributions"), { method: "OPTIONS", headers: { origin: "null" } }), "request.origin");
    expect((await fetch(address("/regions"), { headers: { origin: "https://evil.example" } })).headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("the typed client", () => {
  test("walks from a device to a queued contribution", async () => {
    const client = createApiClient(stage.site.url);
    const item = stage.sign();
    const posted = readAnswer(contributionAnswerSchema, await client.POST("/contributions", { body: item }));
    const status = readAnswer(contributionStatusSchema, await client.GET("/contributions/{id}", { params: { path: { id: posted.id } } }));
    expect(status).toMatchObject({ state: "queued", regionId: stage.regions.wide.id });
    const regions = await client.GET("/regions");
    expect(regions.data?.map(({ slug }) => slug)).toContain("wide");
  });

  test("throws the site's own code and sentence", async () => {
    const client = createApiClient(stage.site.url);
    const answer = await client.GET("/contributions/{id}", { params: { path: { id: crypto.randomUUID() } } });
    expect(() => readAnswer(contributionStatusSchema, answer)).toThrow(expect.objectContaining({ code: "contribution.unknown" }));
  });

  test("says which command starts a site when none answers", async () => {
    const client = createApiClient("http://127.0.0.1:9", { attempts: 1 });
    await expect(client.GET("/regions")).rejects.toMatchObject({ code: "site.unreachable", message: expect.stringContaining("npm start") });
  });
});
