import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import { readLocalAccounts } from "@/lib/platform/deployment";
import type { Env } from "@/lib/platform/env";
import { assertDatabase } from "@/lib/platform/database-check";
import { applyMigrations } from "@/lib/platform/migrations";
import { engineBinary, engineStep } from "@/local/build/engine";
import { isUpToDate, runStep, type BuildStep } from "@/local/build/step";
import { contractSteps, siteInputSteps, siteStep } from "@/local/build/steps";
import { Stops } from "@/local/devnet/stops";
import { compilingFile } from "@/local/engine-binary";
import { startPostgres } from "@/local/postgres/server";
import { superviseService } from "@/local/processes";
import { Board } from "@/local/start/board";
import { watchDisk } from "@/local/start/disk";
import { describeService, type ServiceName } from "@/local/start/services";

/** What was begun a moment before the end is given this long to notice it. */
const patienceMs = 15_000;

export type StartOptions = { settings: Env; isDevelopment: boolean };

/** Everything that npm start begins, in an order in which each part starts as soon as what it needs is there. */
export class Start {
  readonly stops = new Stops();
  readonly board = new Board();
  readonly #settings: Env;
  readonly #isDevelopment: boolean;
  readonly #aborting = new AbortController();
  readonly #startedMs = performance.now();
  #refused: (error: AppError) => void = () => undefined;
  readonly #refusal = new Promise<never>((_, reject) => (this.#refused = reject));
  #running: Promise<unknown> = Promise.resolve();
  readonly #builds = new Set<Promise<void>>();
  #isUp = false;

  constructor({ settings, isDevelopment }: StartOptions) {
    this.#settings = settings;
    this.#isDevelopment = isDevelopment;
    this.#refusal.catch(() => undefined); // whoever waits is told
  }

  /** Resolves when everything runs; throws what keeps it from it. */
  async run(): Promise<void> {
    const isLocal = this.#settings.NETWORK === "local";
    console.log(isLocal ? "\nBuilding what has changed, starting what can start" : `\nStarting site and worker for ${this.#settings.NETWORK}`);
    const all = isLocal ? this.#runLocal() : this.#runPublic();
    this.#running = all.catch(() => undefined);
    await Promise.race([all, this.#refusal]);
    this.#isUp = true;
    void this.#refusal.catch((error: unknown) => console.error(`  ! ${error instanceof Error ? error.message : String(error)}`));
  }

  /** Ends builds and services, the last begun first. */
  async stop(): Promise<void> {
    this.#aborting.abort(new AppError("chain.unreachable", "The start was broken off."));
    this.board.close();
    await Promise.allSettled(this.#builds);
    await this.stops.run().catch((error: unknown) => console.error(error));
    if (!this.#isUp) await Promise.race([this.#running, delay(patienceMs)]);
  }

  async #runLocal(): Promise<void> {
    const engine = this.#compileEngine();
    engine.catch(this.#refused); // without an engine there is nothing to wait for
    const contracts = this.#build(contractSteps);
    const inputs = this.#build(siteInputSteps);
    const database = this.#startDatabase();
    const [databaseUrl] = await Promise.all([database, contracts, inputs]);
    await this.#publishBoard(databaseUrl);
    const site = this.#isDevelopment ? Promise.resolve() : this.#build([siteStep]);
    site.catch(() => undefined);
    await this.#startDevnet(databaseUrl);
    const environment = await this.#localEnvironment(databaseUrl);
    const { prepareCity } = await import("@/local/city/prepare"); // needs what was built just now
    await prepareCity({ settings: this.#settings, databaseUrl });
    this.#done("local network, with its regions");
    await this.#checkClock();
    await this.#launch("worker", environment);
    await site;
    await this.#startSite(environment);
    this.#explain();
    await engine;
    await this.#untilReady();
    if (this.#settings.DEMO_CITY === "on") await this.#launch("city", environment);
    this.board.wait("engine", undefined);
    this.#done("engine; everything runs");
  }

  async #runPublic(): Promise<void> {
    await Promise.all([this.#build(contractSteps), this.#build(siteInputSteps)]);
    await this.#build([siteStep]);
    const databaseUrl = await this.#startDatabase();
    await this.#publishBoard(databaseUrl);
    const { connectChain, assertChain } = await import("@/lib/chain/gateway/provider");
    const { readDeployment } = await import("@/lib/platform/deployment");
    await assertChain(connectChain(await readDeployment(this.#settings)));
    await this.#checkClock();
    const environment = { DATABASE_URL: databaseUrl };
    await this.#launch("worker", environment);
    await this.#startSite(environment);
    console.log(`\n  Open    http://${this.#settings.HOST}:${this.#settings.PORT}\n  Stop    Ctrl-C\n`);
  }

  async #build(steps: readonly BuildStep[]): Promise<void> {
    for (const step of steps) {
      this.board.wait(step.name, `the build's step "${step.name}"`);
      await this.#runStep(step);
      this.board.wait(step.name, undefined);
    }
  }

  async #runStep(step: BuildStep, onProgress: (progress: string) => void = () => undefined): Promise<void> {
    const run = runStep(step, { signal: this.#aborting.signal, beside: true, onProgress });
    this.#builds.add(run);
    await run.finally(() => this.#builds.delete(run));
  }

  /** Compiles the engine at the lowest priority, beside everything else; the devnet waits for its program. */
  async #compileEngine(): Promise<void> {
    if (this.#settings.FHE_ENGINE_BINARY !== undefined || (await isUpToDate(engineStep))) return;
    await rm(engineBinary, { force: true }); // else the devnet would begin with the old one
    const progressFile = compilingFile(engineBinary);
    const tell = (progress: string): void => {
      this.board.wait("engine", `the FHE engine: ${progress}`);
      void writeFile(progressFile, progress).catch(() => undefined);
    };
    try {
      this.board.wait("engine", "the FHE engine to be compiled");
      await this.#runStep(engineStep, tell);
    } finally {
      await rm(progressFile, { force: true });
    }
  }

  async #startDatabase(): Promise<string> {
    const databaseUrl = this.#settings.DATABASE_URL ?? (await this.#startPostgres());
    await assertDatabase(databaseUrl);
    const added = await applyMigrations(databaseUrl);
    this.#done(added.length === 0 ? "database" : `database, ${added.length} migrations applied`);
    return databaseUrl;
  }

  async #startPostgres(): Promise<string> {
    const server = await startPostgres({
      folder: path.resolve(this.#settings.LOCAL_DIR, "postgres", "data"),
      port: this.#settings.POSTGRES_PORT,
      logFolder: path.resolve(this.#settings.LOCAL_DIR, "logs"),
      onChange: (state) => this.board.set(state),
    });
    await this.stops.add(() => server.stop());
    return server.url;
  }

  /** From now on the status page can see what runs. */
  async #publishBoard(databaseUrl: string): Promise<void> {
    const disk = watchDisk(path.resolve(this.#settings.LOCAL_DIR), (sentence) => this.board.wait("disk", sentence));
    await this.stops.add(async () => disk.stop());
    const { openBoardRow } = await import("@/local/start/board-row"); // needs what was built just now
    const row = openBoardRow(databaseUrl);
    await this.stops.add(() => row.close());
    this.board.publishBy((details) => row.write(details));
  }

  async #launch(name: ServiceName, env: Readonly<Record<string, string>>): Promise<void> {
    const described = describeService(name, { settings: this.#settings, isDevelopment: this.#isDevelopment, env });
    const service = superviseService({ ...described, onChange: (state) => this.board.set(state) });
    await this.stops.add(() => service.stop());
    void service.refused.then((words) => this.#refused(new AppError("config.invalid", `${name} cannot start:\n${words}`)));
  }

  async #startDevnet(databaseUrl: string): Promise<void> {
    await this.#launch("devnet", { DATABASE_URL: databaseUrl });
    await this.#untilStatus("deployed", "devnet");
  }

  /** Waits until the local network says yes, and says what it waits for. */
  async #untilStatus(field: "deployed" | "ready", thing: string): Promise<void> {
    while (!this.#aborting.signal.aborted) {
      const status = await fetchJson(`http://127.0.0.1:${this.#settings.DEVNET_PORT}/devnet/status`);
      if (status?.[field] === true) return this.board.wait(thing, undefined);
      const waitingFor = status?.["waitingFor"];
      this.board.wait(thing, typeof waitingFor === "string" ? waitingFor : "the local network");
      await delay(250, this.#aborting.signal);
    }
    this.#aborting.signal.throwIfAborted();
  }

  async #untilReady(): Promise<void> {
    await this.#untilStatus("ready", "engine");
  }

  async #localEnvironment(databaseUrl: string): Promise<Record<string, string>> {
    const accounts = await readLocalAccounts(this.#settings);
    return {
      DATABASE_URL: databaseUrl,
      QUOTE_SIGNER_KEY: this.#settings.QUOTE_SIGNER_KEY ?? accounts.quoteSigner,
      TICKET_SIGNER_KEY: this.#settings.TICKET_SIGNER_KEY ?? accounts.ticketSigner,
    };
  }

  async #checkClock(): Promise<void> {
    const { checkChainClock } = await import("@/local/start/chain-clock");
    const sentence = await checkChainClock(this.#settings);
    if (sentence !== undefined) console.error(`  ! ${sentence}`);
    this.board.wait("clock", sentence);
  }

  async #startSite(env: Readonly<Record<string, string>>): Promise<void> {
    await this.#launch("site", env);
    this.board.wait("site", "the site");
    const host = this.#settings.HOST === "0.0.0.0" ? "127.0.0.1" : this.#settings.HOST;
    while (!(await answers(`http://${host}:${this.#settings.PORT}/api/health`))) await delay(200, this.#aborting.signal);
    this.#aborting.signal.throwIfAborted();
    this.board.wait("site", undefined);
    this.#done("site");
  }

  #done(what: string): void {
    console.log(`  ✓ ${what}, ${((performance.now() - this.#startedMs) / 1000).toFixed(0)} s after the start`);
  }

  #explain(): void {
    const { PORT, FHE_ENGINE, DEMO_CITY } = this.#settings;
    const send = DEMO_CITY === "on" ? "" : "\n  Send    npm run demo-fleet -- --vehicles 73        simulated vehicles into the open epoch";
    const note = FHE_ENGINE === "clear" ? "\n  The clear engine is running: numbers are NOT encrypted. For tests only." : "";
    const waiting = this.board.details.waitingFor.map((sentence) => `\n  Waits for ${sentence}`).join("");
    console.log(`
  Open    http://127.0.0.1:${PORT}
  Watch   http://127.0.0.1:${PORT}/status            what runs, and what is still waited for${send}
  Read    npm run generate-heatmap -- --region loop-pilot --epoch latest --out loop.geojson
  Stop    Ctrl-C (everything is kept; npm run reset wipes)${note}${waiting}
`);
  }
}

/** Whether anybody answers there, whatever the answer. */
function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(10_000) }).then(() => true, () => false);
}

async function fetchJson(url: string): Promise<Record<string, unknown> | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null ? { ...body } : undefined;
  } catch {
    return undefined; // not up yet
  }
}
