import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, inject, test } from "vitest";

/** Runs `npx prisma` as a person would. Codes: 0 done, 1 failed, 2 a difference was found. */
function runPrisma(...args: string[]): Promise<{ code: number; text: string }> {
  const env = { ...process.env, DATABASE_URL: inject("databaseUrl") };
  return new Promise((resolve) => {
    execFile(process.execPath, ["node_modules/prisma/build/index.js", ...args], { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, text: stdout + stderr });
    });
  });
}

const diff = (schema: string) => runPrisma("migrate", "diff", "--from-migrations", "prisma/migrations", "--to-schema", schema, "--exit-code");

test("the migrations make exactly the schema", { timeout: 120_000 }, async () => {
  expect(await diff("prisma")).toMatchObject({ code: 0 });
});

test("a model without a migration is found", { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "schema-"));
  await cp("prisma", folder, { recursive: true });
  await writeFile(path.join(folder, "models", "more.prisma"), "model Forgotten {\n  id Int @id\n}\n");
  const { code, text } = await diff(folder);
  await rm(folder, { recursive: true });
  expect({ code, named: text.includes("Forgotten") }).toEqual({ code: 2, named: true });
});

test("Prisma agrees that a database migrated by the product is up to date", { timeout: 120_000 }, async () => {
  const { code, text } = await runPrisma("migrate", "status");
  expect({ code, upToDate: text.includes("Database schema is up to date") }).toEqual({ code: 0, upToDate: true });
});
