import "server-only";
import { getHealth } from "@/lib/delivery/data/get-health";
import { contributionStates } from "@/lib/ingest/schema";
import { metrics } from "@/lib/platform/metrics";
import type { Pool } from "pg";

const partValues = { ok: 1, degraded: 0.5, down: 0 } as const;

async function measureQueue(pool: Pick<Pool, "query">): Promise<void> {
  const { rows } = await pool.query<{ state: string; count: string }>("SELECT state::text, count(*) FROM contributions GROUP BY state");
  const counts = new Map(rows.map(({ state, count }) => [state, Number(count)]));
  for (const state of contributionStates) metrics().queue.set({ state }, counts.get(state) ?? 0);
}

async function measureBeats(pool: Pick<Pool, "query">): Promise<void> {
  const { rows } = await pool.query<{ service: string; instance: string; seconds: string }>(
    "SELECT service, instance, extract(epoch FROM now() - seen_at) AS seconds FROM heartbeats WHERE seen_at > now() - interval '1 hour'",
  );
  metrics().beats.reset();
  for (const { service, instance, seconds } of rows) metrics().beats.set({ service, instance }, Number(seconds));
}

/** The process's and the platform's measurements as Prometheus reads them. What can't be measured now keeps its last value. */
export async function getMetrics(pool: Pick<Pool, "query">): Promise<{ text: string; contentType: string }> {
  const { registry, up } = metrics();
  const [health] = await Promise.all([getHealth(pool), measureQueue(pool).catch(() => undefined), measureBeats(pool).catch(() => undefined)]);
  for (const [part, { status }] of Object.entries(health.checks)) up.set({ part }, partValues[status]);
  return { text: await registry.metrics(), contentType: registry.contentType };
}
