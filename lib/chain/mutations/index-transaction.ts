import "server-only";
import type { Database, DatabaseTransaction } from "@/lib/platform/database";

/** Names the lock among all advisory locks of the product. */
const indexLock = 31_101;

/** A page with thousands of events is written in seconds; this is against hanging for ever. */
const limits = { maxWait: 30_000, timeout: 180_000 };

/** Runs a change of one chain's index; changes of the same chain wait for each other, in whatever process they run. */
export async function inIndexTransaction<Value>(database: Database, chainId: number, task: (transaction: DatabaseTransaction) => Promise<Value>): Promise<Value> {
  return database.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${indexLock}::int, ${chainId}::int)`;
    return task(transaction);
  }, limits);
}
