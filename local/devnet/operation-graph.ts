import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { bytesToHex, hexToBytes } from "@/lib/kernel/hex";
import type { BlockRecord, Handle, Operation } from "@/local/devnet/engine";

/**
 * Which handle was computed from which, and which were allowed to anybody: what is needed to tell which of them nobody
 * can ask for any more. On disk, because it grows with the chain and is seldom asked.
 */
export type OperationGraph = {
  /** Remembers a block; may be repeated. */
  add(record: BlockRecord): void;
  /** The given handles and everything that they were computed from. */
  ancestors(handles: readonly Handle[]): Handle[];
  /** Those that somebody keeps (inputs, and what was allowed), are no public constant, and served for nothing but what is in the list. */
  exclusive(handles: readonly Handle[]): Handle[];
  remove(handles: readonly Handle[]): void;
  /** Whether a release was dealt with; `markDropped` remembers that it was. */
  isDropped(releaseId: bigint): boolean;
  markDropped(releaseId: bigint): void;
  close(): void;
};

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS node (result BLOB PRIMARY KEY, isConstant INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS edge (result BLOB, operand BLOB, PRIMARY KEY (result, operand)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS edgeByOperand ON edge (operand);
  CREATE TABLE IF NOT EXISTS allowed (handle BLOB PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS dropped (releaseId TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TEMP TABLE chosen (handle BLOB PRIMARY KEY) WITHOUT ROWID;
`;

const ancestorsQuery = `
  WITH RECURSIVE above (handle) AS (
    SELECT handle FROM chosen UNION SELECT operand FROM edge JOIN above ON edge.result = above.handle
  ) SELECT handle FROM above
`;

const exclusiveQuery = `
  SELECT chosen.handle AS handle FROM chosen
  LEFT JOIN allowed ON allowed.handle = chosen.handle LEFT JOIN node ON node.result = chosen.handle
  WHERE (allowed.handle IS NOT NULL OR node.result IS NULL) AND coalesce(node.isConstant, 0) = 0
    AND NOT EXISTS (SELECT 1 FROM edge WHERE edge.operand = chosen.handle AND edge.result NOT IN (SELECT handle FROM chosen))
`;

/** The handles that an operation needs. */
export function operandsOf(operation: Operation): Handle[] {
  if ("left" in operation) return "right" in operation ? [operation.left, operation.right] : [operation.left];
  if ("value" in operation) return [operation.value];
  return operation.op === "select" ? [operation.control, operation.ifTrue, operation.ifFalse] : [];
}

/** Opens or makes the graph in a file. */
export function openOperationGraph(file: string): OperationGraph {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(file);
  database.exec(schema);
  const addNode = database.prepare("INSERT OR IGNORE INTO node VALUES (?, ?)");
  const addEdge = database.prepare("INSERT OR IGNORE INTO edge VALUES (?, ?)");
  const addAllowed = database.prepare("INSERT OR IGNORE INTO allowed VALUES (?)");
  const choose = database.prepare("INSERT OR IGNORE INTO chosen VALUES (?)");
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
  const withChosen = (handles: readonly Handle[], work: () => void): void =>
    inTransaction(() => {
      database.exec("DELETE FROM chosen");
      for (const handle of handles) choose.run(hexToBytes(handle));
      work();
    });
  const select = (handles: readonly Handle[], query: string): Handle[] => {
    const found: Handle[] = [];
    withChosen(handles, () => {
      for (const { handle } of database.prepare(query).iterate()) if (handle instanceof Uint8Array) found.push(bytesToHex(handle));
    });
    return found;
  };
  return {
    add: ({ operations, allowed }) =>
      inTransaction(() => {
        for (const operation of operations) {
          const result = hexToBytes(operation.result);
          addNode.run(result, Number(operation.op === "trivial"));
          for (const operand of operandsOf(operation)) addEdge.run(result, hexToBytes(operand));
        }
        for (const { handle } of allowed) addAllowed.run(hexToBytes(handle));
      }),
    ancestors: (handles) => select(handles, ancestorsQuery),
    exclusive: (handles) => select(handles, exclusiveQuery),
    remove: (handles) =>
      withChosen(handles, () => {
        for (const [table, column] of [["node", "result"], ["edge", "result"], ["allowed", "handle"]]) database.exec(`DELETE FROM ${table} WHERE ${column} IN (SELECT handle FROM chosen)`);
      }),
    isDropped: (releaseId) => database.prepare("SELECT 1 FROM dropped WHERE releaseId = ?").get(releaseId.toString()) !== undefined,
    markDropped: (releaseId) => void database.prepare("INSERT OR IGNORE INTO dropped VALUES (?)").run(releaseId.toString()),
    close: () => database.close(),
  };
}
