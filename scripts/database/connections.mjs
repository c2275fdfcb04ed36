import { randomUUID } from "node:crypto";
import pg from "pg";
import { PrismaPg } from "@prisma/adapter-pg";
import { ColumnTypeEnum } from "@prisma/driver-adapter-utils";

const timeouts = { connectionTimeoutMillis: 10_000 };

/** A Prisma connection string as what pg understands, and the schema that Prisma adds to it. */
export function parseUrl(url) {
  const parsed = new URL(url);
  const schema = parsed.searchParams.get("schema") ?? undefined;
  parsed.searchParams.delete("schema");
  return { url: parsed.toString(), database: decodeURIComponent(parsed.pathname.slice(1)), schema };
}

const quote = (name) => `"${name.replaceAll('"', '""')}"`;

async function withClient(url, task) {
  const client = new pg.Client({ connectionString: url, ...timeouts });
  await client.connect();
  try {
    return await task(client);
  } finally {
    await client.end();
  }
}

export const checkConnection = (url) => withClient(parseUrl(url).url, (client) => client.query("SELECT 1"));

/** Runs `CREATE DATABASE` or `DROP DATABASE` from the server's own database. */
export async function administer(url, verb, database = parseUrl(url).database, suffix = "") {
  const server = new URL(parseUrl(url).url);
  server.pathname = "/postgres";
  await withClient(server.toString(), (client) => client.query(`${verb} DATABASE ${quote(database)}${suffix}`));
}

/** Types of the system catalogue that the adapter has no word for; all of them read well as text. */
const catalogTypes = new Set([18, 22, 24, 28, 194, 2205, 2206, 1033, 3361, 5017]);
const charType = 18;
const textType = 25;
const charColumns = new WeakMap();

/** Lets the adapter read the system catalogue. Needed once for a process. */
export function readCatalogTypes() {
  const addFields = pg.Result.prototype.addFields;
  pg.Result.prototype.addFields = function (fields) {
    addFields.call(this, fields);
    charColumns.set(this.rows, fields.flatMap((field, index) => (field.dataTypeID === charType ? [index] : [])));
    this.fields = fields.map((field) => (catalogTypes.has(field.dataTypeID) ? { ...field, dataTypeID: textType } : field));
  };
}

/** Two faults of the adapter: the engine expects `"char"` as a character, and scripts must not be cut at each semicolon. */
function mend(connection) {
  const queryRaw = connection.queryRaw.bind(connection);
  connection.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const index of charColumns.get(result.rows) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  connection.executeScript = async (script) => {
    try {
      await connection.client.query(script);
    } catch (error) {
      connection.onError(error);
    }
  };
  return connection;
}

function poolOf(url, database) {
  const parsed = new URL(parseUrl(url).url);
  parsed.pathname = `/${encodeURIComponent(database)}`;
  return new pg.Pool({ connectionString: parsed.toString(), max: 1, ...timeouts });
}

/**
 * Connections of one engine: to the database, and to a shadow database made for the moment (or the one that is named),
 * which the adapter by itself would take to be the main one.
 */
export function createFactory({ url, shadowDatabaseUrl }) {
  const { database, schema } = parseUrl(url);
  const open = new Set();
  const factory = new PrismaPg(poolOf(url, database), { schema });
  const connect = factory.connect.bind(factory);
  factory.connect = async () => mend(await connect());
  factory.connectToShadowDb = async () => {
    const name = `prisma_migrate_shadow_db_${randomUUID()}`;
    const own = shadowDatabaseUrl === undefined || shadowDatabaseUrl === null || shadowDatabaseUrl === "";
    if (own) await administer(url, "CREATE", name);
    const pool = own ? poolOf(url, name) : poolOf(shadowDatabaseUrl, parseUrl(shadowDatabaseUrl).database);
    const connection = mend(await new PrismaPg(pool, { schema: own ? schema : parseUrl(shadowDatabaseUrl).schema }).connect());
    connection.dispose = async () => {
      open.delete(connection);
      await pool.end();
      if (own) await administer(url, "DROP", name, " WITH (FORCE)");
    };
    open.add(connection);
    return connection;
  };
  const disposeShadows = async () => {
    for (const connection of open) await connection.dispose().catch(() => undefined);
  };
  return { factory, disposeShadows };
}
