import { existsSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import { readLocalAccounts } from "@/lib/platform/deployment";
import { env, type Env } from "@/lib/platform/env";
import { applyMigrations } from "@/lib/platform/migrations";
import { cacheFolder, engineBinary, engineStep } from "@/local/build/engine";
import { runStep } from "@/local/build/step";
import { generatedSteps, siteStep } from "@/local/build/steps";
import { startPostgres } from "@/local/postgres/server";
import { superviseService } from "@/local/processes";

const development = process.argv.includes("--dev");
const stops: (() => Promise<void>)[] = [];

function assertPortFree(port: number, variable: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (cause) =>
      reject(new AppError("config.invalid", `Port ${port} is taken. Stop what uses it (another npm start?) or set ${variable} to a free one.`, { cause })),
    );
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}

async function build(settings: Env): Promise<void> {
  console.log("\nBuilding what has changed");
  if (settings.FHE_ENGINE_BINARY === undefined) await runStep(engineStep);
  for (const step of generatedSteps) await runStep(step);
  if (!development) await runStep(siteStep);
}

async function startDatabase(settings: Env): Promise<string> {
  if (settings.DATABASE_URL !== undefined) return settings.DATABASE_URL;
  const server = await startPostgres({ folder: path.resolve(settings.LOCAL_DIR, "postgres", "data"), port: settings.POSTGRES_PORT });
  stops.push(() => server.stop());
  return server.url;
}

/** Starts the local network and resolves once it answers and its contracts stand. */
async function startDevnet(settings: Env, logFolder: string): Promise<void> {
  const service = superviseService({
    name: "devnet",
    args: ["--conditions=react-server", "--import", "tsx", "local/devnet/main.ts"],
    env: { FHE_ENGINE_BINARY: settings.FHE_ENGINE_BINARY ?? engineBinary, CACHE_DIR: cacheFolder() },
    logFolder,
    stopMs: 30_000,
  });
  stops.push(() => service.stop());
  let told = "";
  for (;;) {
    const status = await fetchJson(`http://127.0.0.1:${settings.DEVNET_PORT}/devnet/status`);
    if (status?.["ready"] === true) return;
    const waitingFor = typeof status?.["waitingFor"] === "string" ? status["waitingFor"] : "the local network";
    if (waitingFor !== told) console.log(`  … waiting for ${waitingFor}`);
    told = waitingFor;
    await delay(500);
  }
}

async function fetchJson(url: string): Promise<Record<string, unknown> | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null ? { ...body } : undefined;
  } catch {
    return undefined; // not up yet
  }
}

async function startSite(settings: Env, databaseUrl: string, logFolder: string): Promise<void> {
  const accounts = await readLocalAccounts(settings);
  const command = development ? "dev" : "start";
  const service = superviseService({
    name: "site",
    args: ["node_modules/next/dist/bin/next", command, "--hostname", "127.0.0.1", "--port", String(settings.PORT)],
    env: { DATABASE_URL: databaseUrl, QUOTE_SIGNER_KEY: settings.QUOTE_SIGNER_KEY ?? accounts.quoteSigner, NEXT_TELEMETRY_DISABLED: "1" },
    logFolder,
  });
  stops.push(() => service.stop());
  while ((await fetchJson(`http://127.0.0.1:${settings.PORT}/api/v1/regions`)) === undefined) await delay(250);
}

async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop().catch((error: unknown) => console.error(String(error)));
}

function explain(settings: Env): void {
  const note = settings.FHE_ENGINE === "clear" ? "\n  The clear engine is running: numbers are NOT encrypted. For tests only." : "";
  console.log(`
  Open    http://127.0.0.1:${settings.PORT}
  Send    npm run demo-fleet -- --vehicles 73        simulated vehicles into the open epoch (three times fills it)
  Read    npm run generate-heatmap -- --region loop-pilot --epoch latest --out loop.geojson
  Stop    Ctrl-C (everything is kept; npm run reset wipes)${note}
`);
}

async function main(): Promise<void> {
  const startedMs = performance.now();
  const settings = env();
  if (settings.NETWORK !== "local") throw new AppError("config.invalid", "npm start runs the local network. NETWORK must be local or not set.");
  const logFolder = path.resolve(settings.LOCAL_DIR, "logs");
  await assertPortFree(settings.PORT, "PORT");
  await assertPortFree(settings.DEVNET_PORT, "DEVNET_PORT");
  if (!existsSync("local/run.ts")) throw new AppError("config.invalid", "Run npm start in the project's folder.");
  await build(settings);
  console.log("\nStarting");
  const databaseUrl = await startDatabase(settings);
  await applyMigrations(databaseUrl);
  console.log("  ✓ database");
  await startDevnet(settings, logFolder);
  const { prepareCity } = await import("@/local/city/prepare"); // needs what was built just now
  await prepareCity({ settings, databaseUrl });
  console.log("  ✓ local network and Loop Pilot");
  await startSite(settings, databaseUrl, logFolder);
  console.log(`  ✓ site, ${((performance.now() - startedMs) / 1000).toFixed(0)} s after the start`);
  explain(settings);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    console.log("\nStopping");
    void stopAll().then(() => process.exit(0));
  });
}

main().catch(async (error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}\n`);
  await stopAll();
  process.exit(1);
});
