import "server-only";
import type { Pool } from "pg";
import { z } from "zod";
import { readChainClock } from "@/lib/chain/gateway/provider";
import { isAppError } from "@/lib/kernel/errors";
import { openNetwork } from "@/lib/ingest/data/network";
import { readDeployment } from "@/lib/platform/deployment";
import { fetchUpstream, type Upstream } from "@/lib/platform/upstream";
import type { Health, PartHealth } from "@/lib/delivery/schema";

const upstream = { unreachable: "relayer.unreachable", hint: "Try again in a moment.", timeoutMs: 2_500 } as const satisfies Partial<Upstream>;
/** Seconds without a sign of life until a service counts as slow, and as gone. */
const beatSeconds = { slow: 30, gone: 120 };
/** Seconds since the newest block until the chain counts as stuck. */
const blockSecondsMax = 120;

const devnetSchema = z.object({ engine: z.string(), ready: z.boolean(), waitingFor: z.string().nullable() });

const ok = (detail: string): PartHealth => ({ status: "ok", detail });
const degraded = (detail: string): PartHealth => ({ status: "degraded", detail });
const down = (detail: string): PartHealth => ({ status: "down", detail });

/** The part's health, or that it is down with a reason that names no secret. */
async function attempt(check: () => Promise<PartHealth>, otherwise: string): Promise<PartHealth> {
  try {
    return await check();
  } catch (error) {
    return down(isAppError(error, "config.invalid") ? error.message : otherwise);
  }
}

async function checkDatabase(pool: Pick<Pool, "query">): Promise<PartHealth> {
  await pool.query("SELECT 1");
  return ok("The database answers.");
}

async function checkChain(): Promise<PartHealth> {
  const { chain } = await openNetwork();
  const { block, time } = await readChainClock(chain);
  const sinceSeconds = Math.max(0, Math.round(Date.now() / 1_000 - time));
  const detail = `Chain ${chain.network.chainId} is at block ${block}.`;
  return sinceSeconds > blockSecondsMax ? { ...degraded(`${detail} No new block for ${sinceSeconds} s.`), sinceSeconds } : { ...ok(detail), sinceSeconds };
}

async function checkRelayer(): Promise<PartHealth> {
  const { relayerUrl } = await readDeployment();
  const { status } = await fetchUpstream({ ...upstream, name: "The relayer" }, `${relayerUrl.replace(/\/$/, "")}/v2/keyurl`);
  return status < 500 ? ok("The relayer answers.") : degraded(`The relayer answers HTTP ${status}.`);
}

async function checkEngine(): Promise<PartHealth> {
  const { devnetUrl } = await readDeployment();
  if (devnetUrl === null) return ok("The network's coprocessors compute; they are not asked.");
  const response = await fetchUpstream({ ...upstream, name: "The engine" }, `${devnetUrl.replace(/\/$/, "")}/devnet/status`);
  const { engine, ready, waitingFor } = devnetSchema.parse(await response.json());
  if (!ready) return degraded(`The engine is not ready: waiting for ${waitingFor ?? "its start"}.`);
  return ok(engine === "clear" ? "The clear engine runs: numbers are not encrypted." : "The engine computes on ciphertexts.");
}

type Beat = { service: string; seconds: number };

async function readBeats(pool: Pick<Pool, "query">): Promise<Beat[]> {
  const { rows } = await pool.query<{ service: string; seconds: string }>(
    "SELECT service, extract(epoch FROM now() - max(seen_at)) AS seconds FROM heartbeats GROUP BY service",
  );
  return rows.map(({ service, seconds }) => ({ service, seconds: Math.max(0, Math.round(Number(seconds))) }));
}

async function checkBeat(beats: Promise<Beat[]>, service: string): Promise<PartHealth> {
  const beat = (await beats).find((one) => one.service === service);
  if (beat === undefined) return down(`The ${service} has not given a sign of life.`);
  const { seconds: sinceSeconds } = beat;
  const detail = `The ${service}'s last sign of life came ${sinceSeconds} s ago.`;
  if (sinceSeconds > beatSeconds.gone) return { ...down(detail), sinceSeconds };
  return { ...(sinceSeconds > beatSeconds.slow ? degraded(detail) : ok(detail)), sinceSeconds };
}

/** Which parts work. Without the database or the chain nothing does; without another part something waits. Never throws. */
export async function getHealth(pool: Pick<Pool, "query">): Promise<Health> {
  const beats = readBeats(pool);
  beats.catch(() => undefined); // told by each of its users
  const [database, chain, relayer, engine, worker, indexer] = await Promise.all([
    attempt(() => checkDatabase(pool), "The database does not answer."),
    attempt(checkChain, "The chain does not answer."),
    attempt(checkRelayer, "The relayer does not answer."),
    attempt(checkEngine, "The engine's service does not answer."),
    attempt(() => checkBeat(beats, "worker"), "Not known while the database does not answer."),
    attempt(() => checkBeat(beats, "indexer"), "Not known while the database does not answer."),
  ]);
  const checks = { database, chain, relayer, engine, worker, indexer };
  const isDown = database.status === "down" || chain.status === "down";
  const isWhole = Object.values(checks).every(({ status }) => status === "ok");
  return { status: isDown ? "down" : isWhole ? "ok" : "degraded", checks };
}
