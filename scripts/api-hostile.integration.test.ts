import { Agent } from "node:http";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createDigestSigner } from "@/lib/chain/gateway/digest-signer";
import { createPrivateKey } from "@/lib/chain/gateway/signer";
import { errorCodes } from "@/lib/kernel/errors";
import { seededRandom, seededUniform } from "@/lib/privacy/model/seeded-random";
import { openApiStage, type ApiStage } from "@/scripts/test/api-stage";
import { hostileRequests, send, type Answer, type HostileRequest } from "@/scripts/test/hostile-requests";

const requestCount = 10_000;
const atOnce = 16;
const unlimited = "1000000000";
const seed = 2_026n;

let stage: ApiStage;
let database: Client;

beforeAll(async () => {
  stage = await openApiStage({ env: { CONTRIBUTIONS_PER_MINUTE: unlimited, REQUESTS_PER_MINUTE: unlimited, DEVICES_PER_DAY: unlimited } });
  database = new Client({ connectionString: stage.site.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await stage.stop();
});

/** Tables that the indexer writes by itself while blocks are made. */
const ownLife = new Set(["chain_blocks", "chain_cursors", "chain_events", "heartbeats"]);

async function countRows(): Promise<Record<string, number>> {
  const { rows } = await database.query<{ name: string }>("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'");
  const counts: Record<string, number> = {};
  for (const { name } of rows.filter((row) => !ownLife.has(row.name))) {
    counts[name] = Number((await database.query<{ count: string }>(`SELECT count(*) FROM "${name}"`)).rows[0]?.count);
  }
  return counts;
}

const problemSchema = z.object({ code: z.enum(errorCodes), detail: z.string().min(10), requestId: z.string(), status: z.number() });
const stackTrace = /\n\s+at .+\(?.*:\d+:\d+\)?|node_modules|\/work\/|PrismaClient|SELECT |INSERT /;

/** Addresses that the site's framework tidies up, by a redirect or by itself. */
const isUntidy = (path: string): boolean => /\/\/|\/\.\.?(\/|$)|%2e|\\|\/(\?|$)/i.test(path);

/** Services behind the site answer in their own forms. */
const isPassedOn = (path: string): boolean => path.startsWith("/api/relayer") || path.startsWith("/api/rpc");

/** What is wrong with an answer, or undefined. */
function faultOf({ method, path }: HostileRequest, { status, type, text }: Answer): string | undefined {
  const isRedirect = status >= 300 && status < 400;
  if (status >= 500 || status < 200 || (isRedirect && !isUntidy(path))) return `status ${status}`;
  if (stackTrace.test(text)) return "a stack trace";
  if (!path.startsWith("/api/") || isUntidy(path) || isPassedOn(path) || isRedirect || method === "HEAD" || status < 300) return undefined;
  if (!type.startsWith("application/problem+json")) return `status ${status} as ${type}`;
  const problem = problemSchema.safeParse(JSON.parse(text));
  return problem.success && problem.data.status === status ? undefined : "no problem with a code and a sentence";
}

test(`${requestCount} hostile requests are refused with a code and a sentence, and nothing is written`, { timeout: 240_000 }, async () => {
  const { pilot } = stage.regions;
  const random = seededRandom(seed);
  const stranger = createDigestSigner(createPrivateKey(random));
  const otherContract = { chainId: 31_337, verifyingContract: stage.chain.network.addresses.marketplace };
  // None of them is ever taken, so that a few do for all requests.
  const signed = Array.from({ length: 30 }, () => stage.sign({ random }));
  const uniform = seededUniform(seed);
  const target = {
    random: uniform,
    signed,
    foreign: [
      { ...stage.sign({ random }), regionId: pilot.id },
      { ...stage.sign({ random, regionId: pilot.id, words: 1 }), ticketSignature: stage.sign({ random }).ticketSignature },
      stage.sign({ random, signer: stranger }),
      stage.sign({ random, histogram: otherContract }),
      { ...stage.sign({ random }), oneTimeAddress: stranger.address },
      stage.sign({ random, epoch: 4_000_000 }),
      stage.sign({ random, regionId: 4_000_000_000 }),
    ],
  };
  const before = await countRows();
  const site = new URL(stage.site.url);
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const faults: string[] = [];
  const statuses = new Map<number, number>();
  const requests = hostileRequests(target, requestCount);
  const work = async (): Promise<void> => {
    for (const one of requests) {
      const answer = await send(site, agent, one);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const fault = faultOf(one, answer);
      if (fault !== undefined) faults.push(`${one.method} ${one.path.slice(0, 120)} ${String(one.body).slice(0, 160)}: ${fault} ${answer.text.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  agent.destroy();
  expect([...new Set(faults)].slice(0, 20)).toEqual([]);
  expect(await countRows()).toEqual(before);
  expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(requestCount);
  expect(stage.site.log()).not.toContain("failed unexpectedly");
});
