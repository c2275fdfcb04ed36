import { readFile } from "node:fs/promises";
import autocannon from "autocannon";
import { Client } from "pg";
import { AppError } from "@/lib/kernel/errors";
import { openApiStage, type ApiStage } from "@/scripts/test/api-stage";
import { type Measurement } from "@/scripts/bench/measurement";

/** Posts of each run. At half the rate that has to be reached, the second takes 15 s. */
const amounts = { warmUp: 600, full: 4_500, paced: 2_250 };
const pacedRate = 150;
const connections = 24;
const unlimited = "1000000000";

type Run = { seconds: number; accepted: number; p99: number };

/** Posts each body once. Fails when one of them is not answered 202. */
async function run(url: string, bodies: readonly string[], rate?: number): Promise<Run> {
  let next = 0;
  const startedMs = performance.now();
  const result = await autocannon({
    url: `${url}/api/v1/contributions`,
    connections,
    amount: bodies.length,
    ...(rate === undefined ? {} : { overallRate: rate }),
    requests: [{
      method: "POST",
      headers: { "content-type": "application/json" },
      setupRequest: (request) => {
        const body = bodies[next % bodies.length] ?? "";
        next += 1;
        return { ...request, body };
      },
    }],
  });
  const seconds = (performance.now() - startedMs) / 1_000;
  const accepted = result["2xx"];
  if (accepted !== bodies.length) throw new AppError("internal", `${accepted} of ${bodies.length} posts were accepted (${result.non2xx} refused, ${result.errors} errors).`);
  return { seconds, accepted, p99: result.latency.p99 };
}

/** Milliseconds of processor that a process has had (utime and stime of proc(5), in 10 ms); NaN where there is no /proc. */
async function processorMs(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid ?? 0}/stat`, "utf8").catch(() => "");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

async function countRows(databaseUrl: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ count: string }>("SELECT count(*) FROM contributions");
  await client.end();
  return Number(rows[0]?.count);
}

async function* measure(stage: ApiStage): AsyncGenerator<Measurement> {
  const make = (amount: number): string[] => Array.from({ length: amount }, () => JSON.stringify(stage.sign()));
  const bodies = { warmUp: make(amounts.warmUp), full: make(amounts.full), paced: make(amounts.paced) };
  const { url, databaseUrl } = stage.site;
  await run(url, bodies.warmUp);
  const usedMs = await processorMs(stage.site.pid);
  const full = await run(url, bodies.full);
  const perPostMs = ((await processorMs(stage.site.pid)) - usedMs) / full.accepted;
  const paced = await run(url, bodies.paced, pacedRate);
  const total = amounts.warmUp + amounts.full + amounts.paced;
  const kept = await countRows(databaseUrl);
  if (kept !== total) throw new AppError("internal", `${total} contributions were accepted, but ${kept} are in the database.`);
  yield { name: "api.accept.rps", value: full.accepted / full.seconds, unit: "1/s", n: full.accepted, note: "load generator on the same machine; contributions of 7 words, each on disk when answered" };
  if (!Number.isNaN(perPostMs)) yield { name: "api.accept.cpu.ms", value: perPostMs, unit: "ms", n: full.accepted, note: "processor time of the site for one post" };
  yield { name: "api.p99.ms", value: paced.p99, unit: "ms", n: paced.accepted, note: `at ${pacedRate} a second` };
}

/** How many distinct contributions a second the site accepts, and how long 99 of 100 take at half the rate that it must reach. */
export async function* benchApi(): AsyncGenerator<Measurement> {
  const stage = await openApiStage({ durable: true, env: { CONTRIBUTIONS_PER_MINUTE: unlimited, REQUESTS_PER_MINUTE: unlimited } });
  try {
    yield* measure(stage);
  } finally {
    await stage.stop();
  }
}
