import path from "node:path";
import { getRegionBySlug } from "@/lib/chain/gateway/histogram";
import { connectChain, readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { patientRpc } from "@/lib/chain/gateway/rpc";
import { connectSigner } from "@/lib/chain/gateway/signer";
import { epochAt } from "@/lib/geo/model/region";
import { AppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import { database } from "@/lib/platform/database";
import { readDeployment, readLocalAccounts } from "@/lib/platform/deployment";
import { env } from "@/lib/platform/env";
import { beat, endBeat } from "@/lib/platform/heartbeat";
import { createLogger } from "@/lib/platform/log";
import { engineBinary } from "@/local/build/engine";
import { chicagoCentralSlug } from "@/local/city/chicago-central";
import { assertLocalChain } from "@/local/city/ensure-region";
import { importPast, type PastProgress } from "@/local/city/import-past";
import { deliverByApi, deliverEither } from "@/local/city/live/deliver-by-api";
import { deliverDirectly } from "@/local/city/live/deliver-directly";
import { readEngineLoad } from "@/local/city/live/engine-load";
import { PilotFleets } from "@/local/city/live/pilot-fleets";
import { loopPilotSlug } from "@/local/city/loop-pilot";
import { readStreets } from "@/local/city/streets";

const SERVICE = "city";
const pauses = { beat: 5_000, look: 5_000, retry: 15_000 };
/** The fleets wait for the past, which needs the same machine, but not longer than this. */
const pastFirstMs = 120_000;
const log = createLogger(SERVICE);
const stopping = new AbortController();
const pastDone = new AbortController();
const status: { past: PastProgress } = { past: { done: 0, total: 0 } };

const wordsOf = (error: unknown): string => (error instanceof AppError ? `${error.code}: ${error.message}` : error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Does something until the end, whatever happens to it on the way. Resolves to how long it is to wait, milliseconds. */
async function repeat(what: string, act: () => Promise<number>): Promise<void> {
  while (!stopping.signal.aborted) {
    const pauseMs = await act().catch((error: unknown) => {
      log.warn({ reason: wordsOf(error) }, `${what} failed; tried again`);
      return pauses.retry;
    });
    await delay(pauseMs, stopping.signal);
  }
}

async function open(): Promise<{ chain: Chain; devnetUrl: string; deployment: Awaited<ReturnType<typeof readDeployment>> }> {
  const deployment = await readDeployment();
  const chain = connectChain(deployment, patientRpc);
  assertLocalChain(chain, "The demo city");
  if (deployment.devnetUrl === null) throw new AppError("config.invalid", "The deployment names no local network.");
  return { chain, devnetUrl: deployment.devnetUrl, deployment };
}

/** Imports the past at the start, and each hour when it is over. */
async function followPast(chain: Chain, devnetUrl: string): Promise<void> {
  const curator = connectSigner(chain, (await readLocalAccounts()).curator);
  let importedUpTo = -1;
  await repeat("the import of the past", async () => {
    const { time } = await readChainClock(chain);
    const open = epochAt(await getRegionBySlug(chain, chicagoCentralSlug), time) ?? 0;
    if (open === importedUpTo) return pauses.look;
    const startedMs = performance.now();
    const onProgress = (progress: PastProgress): void => {
      status.past = progress;
      log.info({ ...progress, seconds: Math.round((performance.now() - startedMs) / 1000) }, "simulated past");
    };
    const past = await importPast({ chain, curator, devnetUrl, onProgress, signal: stopping.signal });
    if (past.done === past.total) importedUpTo = open;
    pastDone.abort();
    await warmFrontPage();
    return pauses.look;
  });
}

/** The front page reads the newest release when somebody comes: this is somebody, so that the first visitor need not wait. */
async function warmFrontPage(): Promise<void> {
  const settings = env();
  const site = settings.SITE_URL ?? `http://127.0.0.1:${settings.PORT}`;
  await fetch(site, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined); // no site runs, or it is busy: a visitor will do
}

async function driveFleets({ chain, devnetUrl, deployment }: Awaited<ReturnType<typeof open>>): Promise<PilotFleets> {
  const settings = env();
  const folder = path.join(settings.LOCAL_DIR, "city");
  const { chainId, addresses } = chain.network;
  const site = settings.SITE_URL ?? `http://127.0.0.1:${settings.PORT}`;
  const proverBinary = settings.FHE_ENGINE_BINARY ?? engineBinary;
  return new PilotFleets({
    region: await getRegionBySlug(chain, loopPilotSlug),
    chain: { chainId, histogram: addresses.histogram },
    streets: readStreets,
    engineLoad: () => readEngineLoad(devnetUrl),
    deliver: deliverEither(
      deliverByApi({ site, deployment, proverBinary, folder }),
      deliverDirectly({ chain, deployment, accounts: await readLocalAccounts(), devnetUrl, proverBinary, folder }),
    ),
    folder: path.join(folder, "fleets"),
  });
}

async function followPilot(chain: Chain, fleets: PilotFleets): Promise<void> {
  await delay(pastFirstMs, AbortSignal.any([stopping.signal, pastDone.signal]));
  let told = "";
  await repeat("a fleet's contribution", async () => {
    const news = await fleets.tick((await readChainClock(chain)).time);
    const words = JSON.stringify(news);
    if (words !== told) log.info(news, "fleets of Loop Pilot");
    told = words;
    return pauses.look;
  });
}

async function main(): Promise<void> {
  const city = await open();
  const fleets = await driveFleets(city);
  const heart = repeat("the sign of life", async () => {
    await beat(database(), SERVICE, { past: { ...status.past }, fleets: { ...fleets.status } });
    return pauses.beat;
  });
  await Promise.all([heart, followPast(city.chain, city.devnetUrl), followPilot(city.chain, fleets)]);
  await endBeat(database(), SERVICE).catch(() => undefined); // the database may have gone first
  await database().$disconnect();
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stopping.abort());

main().then(
  () => process.exit(0),
  (error: unknown) => {
    log.error({ reason: wordsOf(error) }, "the city ended");
    process.exit(1);
  },
);
