import { DatabaseSync } from "node:sqlite";
import { bytesToHex, hexToBytes, type Hex } from "@/lib/kernel/hex";
import type { BlockReference, Handle } from "@/local/devnet/engine";

/** What is known of a handle: its value, or why it has none. */
export type Stored = { value: bigint } | { fault: string };

/**
 * Clear values on disk, so that memory stays flat however many there are. Each call is durable when it returns;
 * what is given to one `save` is kept as a whole or not at all.
 */
export type ClearStore = {
  find(handle: Handle): Stored | undefined;
  save(entries: ReadonlyMap<Handle, Stored>, cursor?: BlockReference): void;
  remove(handles: readonly Handle[]): void;
  cursor(): BlockReference | null;
  count(): number;
  close(): void;
};

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS value (handle BLOB PRIMARY KEY, value TEXT, fault TEXT) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS cursor (only INTEGER PRIMARY KEY CHECK (only = 1), number INTEGER NOT NULL, hash BLOB NOT NULL);
`;

function readHex(column: unknown): Hex {
  if (!(column instanceof Uint8Array)) throw new TypeError("the clear engine's store is damaged: a column is not bytes");
  return bytesToHex(column);
}

/** Opens or makes the store in a file. */
export function openClearStore(file: string): ClearStore {
  const database = new DatabaseSync(file);
  database.exec(schema);
  const select = database.prepare("SELECT value, fault FROM value WHERE handle = ?");
  const upsert = database.prepare("INSERT INTO value VALUES (?, ?, ?) ON CONFLICT (handle) DO UPDATE SET value = excluded.value, fault = excluded.fault");
  const remove = database.prepare("DELETE FROM value WHERE handle = ?");
  const setCursor = database.prepare("INSERT INTO cursor VALUES (1, ?, ?) ON CONFLICT (only) DO UPDATE SET number = excluded.number, hash = excluded.hash");
  const inTransaction = (work: () => void): void => {
    database.exec("BEGIN IMMEDIATE");
    try {
      work();
      database.exec("COMMIT");
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  };
  return {
    find: (handle) => {
      const row = select.get(hexToBytes(handle));
      if (row === undefined) return undefined;
      return typeof row["value"] === "string" ? { value: BigInt(row["value"]) } : { fault: String(row["fault"]) };
    },
    save: (entries, cursor) =>
      inTransaction(() => {
        for (const [handle, entry] of entries) {
          upsert.run(hexToBytes(handle), "value" in entry ? `0x${entry.value.toString(16)}` : null, "fault" in entry ? entry.fault : null);
        }
        if (cursor !== undefined) setCursor.run(cursor.number, hexToBytes(cursor.hash));
      }),
    remove: (handles) => inTransaction(() => handles.forEach((handle) => remove.run(hexToBytes(handle)))),
    cursor: () => {
      const row = database.prepare("SELECT number, hash FROM cursor").get();
      return row === undefined ? null : { number: Number(row["number"]), hash: readHex(row["hash"]) };
    },
    count: () => Number(database.prepare("SELECT count(*) AS count FROM value").get()?.["count"] ?? 0),
    close: () => database.close(),
  };
}
