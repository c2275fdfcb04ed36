import type { TestProject } from "vitest/node";
import { startTestDatabase } from "@/scripts/test/test-database";

declare module "vitest" {
  interface ProvidedContext {
    databaseUrl: string;
  }
}

/** One database for all database tests of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const database = await startTestDatabase();
  project.provide("databaseUrl", database.url);
  return () => database.stop();
}
