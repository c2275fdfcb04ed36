import "server-only";
import type { DatabaseTransaction as Transaction } from "@/lib/platform/database";

/** A table, its columns with their SQL types, and the key by which a row is replaced (or kept, without `replace`). */
export type Table = {
  readonly name: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly key: readonly string[];
  readonly replace: boolean;
};

const rowsAtOnce = 5_000;

function statementOf({ name, columns, key, replace }: Table): string {
  const names = Object.keys(columns);
  const list = names.join(", ");
  const types = Object.entries(columns).map(([column, type]) => `${column} ${type}`).join(", ");
  const changes = names.filter((column) => !key.includes(column)).map((column) => `${column} = excluded.${column}`).join(", ");
  return `INSERT INTO ${name} (${list}) SELECT ${list} FROM jsonb_to_recordset($1::jsonb) AS row(${types})
    ON CONFLICT (${key.join(", ")}) DO ${replace ? `UPDATE SET ${changes}` : "NOTHING"}`;
}

/** Bigints and times as JSON that Postgres reads back exactly. */
function toJson(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

/**
 * Writes many rows by one statement: Prisma's own `createMany` takes a third of a second for a thousand.
 * Keys of a row are its table's columns.
 */
export async function insertRows(transaction: Transaction, table: Table, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const statement = statementOf(table);
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    await transaction.$executeRawUnsafe(statement, JSON.stringify(rows.slice(from, from + rowsAtOnce), toJson));
  }
}
