import "server-only";
import { Pool } from "pg";
import { AppError } from "@/lib/kernel/errors";
import { env } from "@/lib/platform/env";
import { onceInProcess } from "@/lib/platform/process-state";

function makePool(): Pool {
  const url = env().DATABASE_URL;
  if (url === undefined) throw new AppError("config.invalid", "DATABASE_URL is not set. npm start sets it for the embedded database.");
  const pool = new Pool({ connectionString: url, max: 8, connectionTimeoutMillis: 5_000, query_timeout: 15_000, idleTimeoutMillis: 60_000, keepAlive: true });
  // A connection that breaks while it is idle is replaced by the next query; without a listener it would end the process.
  pool.on("error", () => undefined);
  return pool;
}

/** The process's plain connections, for the few statements that are asked hundreds of times a second. */
export function pool(): Pool {
  return onceInProcess("pool", makePool);
}
