import { mkdir } from "node:fs/promises";
import path from "node:path";
import { getRegionBySlug } from "@/lib/chain/gateway/histogram";
import { connectChain, type Chain } from "@/lib/chain/gateway/provider";
import { RunJournal } from "@/lib/ingest/gateway/run-journal";
import { envSchema } from "@/lib/platform/env";
import { applyMigrations } from "@/lib/platform/migrations";
import { createFeeder, type Feeder } from "@/e2e/stack/fleet";
import { prepareCity } from "@/local/city/prepare";
import { startDevnet, type Devnet } from "@/local/devnet/devnet";
import type { Stops } from "@/local/devnet/stops";
import { startIndexer, type Indexer } from "@/local/devnet/testing/indexer";
import { findFreePort } from "@/local/free-port";
import { startPostgres } from "@/local/postgres/server";
import { superviseService } from "@/local/processes";

export type StackOptions = {
  folder: string;
  engineBinary: string;
  cacheFolder: string;
  /** Of the site; a free one unless given. */
  port?: number;
  /** Start the site in development, without a build. */
  isDevelopment?: boolean;
};

export type Stack = { baseUrl: string; devnet: Devnet; chain: Chain; feeder: Feeder; indexer: Indexer };

const vehiclesInFleet = 120;

async function waitForSite(url: string): Promise<void> {
  for (;;) {
    const answered = await fetch(url, { signal: AbortSignal.timeout(30_000) }).then(({ ok }) => ok, () => false);
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/**
 * Database, local network on the clear engine with Loop Pilot, and the site, on free ports and in a folder of their own.
 * `stops` ends what was begun, also when the start itself fails.
 */
export async function startStack(options: StackOptions, stops: Stops): Promise<Stack> {
  const { folder, engineBinary, cacheFolder } = options;
  await mkdir(folder, { recursive: true });
  const [port, devnetPort, anvilPort, postgresPort] = await Promise.all([options.port ?? findFreePort(), findFreePort(), findFreePort(), findFreePort()]);
  const settings = envSchema.parse({ LOCAL_DIR: folder, PORT: port, DEVNET_PORT: devnetPort, ANVIL_PORT: anvilPort, POSTGRES_PORT: postgresPort, FHE_ENGINE: "clear" });
  const database = await startPostgres({ folder: path.join(folder, "postgres", "data"), port: postgresPort, throwaway: true });
  await stops.add(() => database.stop());
  await applyMigrations(database.url);
  const devnet = await startDevnet({ folder, port: devnetPort, anvilPort, engine: "clear", engineBinary, cacheFolder, blockSeconds: 1, testing: true });
  await stops.add(() => devnet.stop());
  await prepareCity({ settings, databaseUrl: database.url });
  const chain = connectChain(devnet.deployment);
  const region = await getRegionBySlug(chain, "loop-pilot");
  const indexer = startIndexer(chain, database.url);
  await stops.add(() => indexer.stop());
  const site = superviseService({
    name: "site",
    args: ["node_modules/next/dist/bin/next", options.isDevelopment === true ? "dev" : "start", "--hostname", "127.0.0.1", "--port", String(port)],
    env: { LOCAL_DIR: folder, DATABASE_URL: database.url, QUOTE_SIGNER_KEY: devnet.accounts.quoteSigner, NEXT_TELEMETRY_DISABLED: "1" },
    logFolder: path.join(folder, "logs"),
  });
  await stops.add(() => site.stop());
  const baseUrl = `http://127.0.0.1:${port}`;
  await waitForSite(`${baseUrl}/api/v1/regions`);
  const journal = await RunJournal.open(path.join(folder, "runs"));
  await stops.add(() => journal.close());
  return { baseUrl, devnet, chain, indexer, feeder: await createFeeder({ devnet, chain, region, journal, vehicles: vehiclesInFleet }) };
}
