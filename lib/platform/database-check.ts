import "server-only";
import { Client } from "pg";
import { AppError } from "@/lib/kernel/errors";

/** Prisma and the queue both ask for it: pg-boss needs 13. */
const oldestVersion = 130_000;
const answerMs = 10_000;

/** What a person can do about each refusal. Sources: errno(3); PostgreSQL, appendix A, error codes. */
const remedies: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there. Start Postgres, or mend host and port",
  ENOTFOUND: "there is no host of this name. Mend it",
  EAI_AGAIN: "the host's name could not be looked up. Check the network and the name",
  ETIMEDOUT: "it does not answer. Check the host and its firewall",
  EHOSTUNREACH: "there is no way to this host. Check the network",
  "28P01": "it refuses the password. Mend user and password (special characters must be percent-encoded)",
  "28000": "it refuses this user from here. Check the user and pg_hba.conf",
  "3D000": "it has no such database. Create it (createdb NAME) or mend the name",
  "53300": "it has no connection left. Raise max_connections or stop other clients",
  "57P03": "it is starting up or shutting down. Try again in a moment",
  "53100": "its disk is full. Free some space there",
};

/** Host, port and name without the password. */
function describeAddress(databaseUrl: string): string {
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `${hostname}:${port === "" ? "5432" : port}${pathname}`;
}

function codeOf(cause: unknown): string | undefined {
  if (typeof cause !== "object" || cause === null) return undefined;
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  // Node gives both tries, IPv6 and IPv4, in one.
  return "errors" in cause && Array.isArray(cause.errors) ? codeOf(cause.errors[0]) : undefined;
}

function refusal(databaseUrl: string, cause: unknown): AppError {
  const remedy = remedies[codeOf(cause) ?? ""] ?? "what answers there does not speak Postgres, or broke off. Check host and port";
  return new AppError("config.invalid", `DATABASE_URL does not work (${describeAddress(databaseUrl)}): ${remedy}.`, { cause });
}

async function askVersion(databaseUrl: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: answerMs, query_timeout: answerMs });
  client.on("error", () => undefined); // told by the call that it breaks
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>("SELECT current_setting('server_version_num') AS version");
    return Number(rows[0]?.version);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Throws `config.invalid` with what to do when the database cannot be used: nobody answers, it is something else than
 * Postgres, the password or the name is wrong, or it is too old. The password is in no message.
 */
export async function assertDatabase(databaseUrl: string): Promise<void> {
  const version = await askVersion(databaseUrl).catch((cause: unknown) => {
    throw refusal(databaseUrl, cause);
  });
  if (version >= oldestVersion) return;
  throw new AppError("config.invalid", `DATABASE_URL does not work (${describeAddress(databaseUrl)}): Postgres ${Math.floor(version / 10_000)} is too old. Use 13 or newer.`);
}
