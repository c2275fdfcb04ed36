import "server-only";
import { PrismaPg } from "@prisma/adapter-pg";
import { AppError } from "@/lib/kernel/errors";
import { env } from "@/lib/platform/env";
import { PrismaClient, type Prisma } from "@/lib/platform/generated/prisma/client";

export type Database = PrismaClient;

/** What may be done inside of a transaction: all of it happens, or nothing. */
export type DatabaseTransaction = Prisma.TransactionClient;

/** A client of the database at the given address; the caller disconnects it. */
export function connectDatabase(databaseUrl: string): Database {
  return new PrismaClient({
    transactionOptions: { maxWait: 10_000, timeout: 30_000 },
    adapter: new PrismaPg({ connectionString: databaseUrl, max: 10, connectionTimeoutMillis: 5_000 }),
  });
}

const shared: { client?: Database } = {};

/** The process's database client. Throws `config.invalid` when DATABASE_URL is not set. */
export function database(): Database {
  const url = env().DATABASE_URL;
  if (url === undefined) throw new AppError("config.invalid", "DATABASE_URL is not set. npm start sets it for the embedded database.");
  shared.client ??= connectDatabase(url);
  return shared.client;
}
