import "server-only";
import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { Client } from "pg";
import { AppError } from "@/lib/kernel/errors";

/** The advisory lock that `prisma migrate` takes, so that the two never run at once. */
const prismaMigrateLock = 72_707_369;

const createTable = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

type Migration = { name: string; sql: string; checksum: string };
type Applied = { migration_name: string; checksum: string; finished_at: Date | null };

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(path.join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

function assertUntouched(migration: Migration, applied: Applied): void {
  if (applied.finished_at === null) {
    throw new AppError("config.invalid", `Migration ${migration.name} failed earlier. Mend the database, or wipe it with npm run reset.`);
  }
  if (applied.checksum !== migration.checksum) {
    throw new AppError("config.invalid", `Migration ${migration.name} was edited after it was applied. Restore it, or wipe the database with npm run reset.`);
  }
}

/** A database that a newer checkout has migrated is left alone: what this one would write may not fit it. */
function assertKnown(migrations: readonly Migration[], applied: readonly Applied[]): void {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = applied.filter(({ migration_name: name }) => !known.has(name)).map(({ migration_name: name }) => name);
  if (unknown.length === 0) return;
  throw new AppError("config.invalid", `The database is newer than this checkout: it has ${unknown.join(", ")}. Update the checkout (git pull), or use another database.`);
}

async function apply(client: Client, migration: Migration): Promise<void> {
  const id = randomUUID();
  await client.query("BEGIN");
  try {
    await client.query("INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)", [id, migration.checksum, migration.name]);
    await client.query(migration.sql);
    await client.query("UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1", [id]);
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK");
    throw new AppError("config.invalid", `Migration ${migration.name} does not apply; nothing of it was kept.`, { cause });
  }
}

/**
 * For programs that do not migrate themselves: throws `config.invalid` when the database lacks migrations, or has ones
 * that this checkout does not know.
 */
export async function assertMigrated(databaseUrl: string, folder = path.resolve("prisma/migrations")): Promise<void> {
  const migrations = await readMigrations(folder);
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows: tables } = await client.query("SELECT 1 FROM information_schema.tables WHERE table_name = '_prisma_migrations'");
    const { rows } = tables.length === 0 ? { rows: [] } : await client.query<Applied>("SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL");
    assertKnown(migrations, rows);
    const applied = new Set(rows.map((row) => row.migration_name));
    const missing = migrations.filter(({ name }) => !applied.has(name)).map(({ name }) => name);
    if (missing.length > 0) throw new AppError("config.invalid", `The database is behind this checkout: ${missing.join(", ")} not applied. npm start applies them; run that first.`);
  } finally {
    await client.end();
  }
}

/**
 * Applies `prisma/migrations/*` in order and returns the names of those that were new.
 * Keeps the same table and checksums as `prisma migrate deploy`, so either may go on from the other, but needs no engine binary.
 * Throws `config.invalid` when an applied migration was edited, failed or is not known here, or a new one does not apply.
 */
export async function applyMigrations(databaseUrl: string, folder = path.resolve("prisma/migrations")): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [prismaMigrateLock]);
    await client.query(createTable);
    const { rows } = await client.query<Applied>("SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL");
    const applied = new Map(rows.map((row) => [row.migration_name, row]));
    assertKnown(migrations, rows);
    const added: string[] = [];
    for (const migration of migrations) {
      const earlier = applied.get(migration.name);
      if (earlier !== undefined) {
        assertUntouched(migration, earlier);
        continue;
      }
      await apply(client, migration);
      added.push(migration.name);
    }
    return added;
  } finally {
    await client.end();
  }
}
