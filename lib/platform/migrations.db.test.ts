import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Client } from "pg";
import { beforeEach, expect, inject, test } from "vitest";
import { applyMigrations, assertMigrated } from "@/lib/platform/migrations";

async function run(sql: string): Promise<void> {
  const client = new Client({ connectionString: inject("databaseUrl") });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

let url = "";
let folder = "";

async function write(name: string, sql: string): Promise<void> {
  await mkdir(path.join(folder, name), { recursive: true });
  await writeFile(path.join(folder, name, "migration.sql"), sql);
}

beforeEach(async () => {
  const name = `migrations_${process.pid}_${Math.floor(performance.now() * 1000)}`;
  await run(`CREATE DATABASE ${name}`);
  url = inject("databaseUrl").replace(/\/[^/]*$/, `/${name}`);
  folder = await mkdtemp(path.join(os.tmpdir(), "migrations-"));
});

test("each migration is applied once, in order", async () => {
  await write("2_b", "INSERT INTO a VALUES (1)");
  await write("1_a", "CREATE TABLE a (n int)");
  expect(await applyMigrations(url, folder)).toEqual(["1_a", "2_b"]);
  expect(await applyMigrations(url, folder)).toEqual([]);
});

test("two starts at once apply each migration once", async () => {
  await write("1_a", "CREATE TABLE a (n int)");
  const applied = await Promise.all([applyMigrations(url, folder), applyMigrations(url, folder)]);
  expect(applied.flat()).toEqual(["1_a"]);
});

test("an edited migration stops the start and is named", async () => {
  await write("1_a", "CREATE TABLE a (n int)");
  await applyMigrations(url, folder);
  await write("1_a", "CREATE TABLE a (n bigint)");
  await expect(applyMigrations(url, folder)).rejects.toThrow(/1_a was edited/);
});

test("a migration that does not apply leaves nothing behind", async () => {
  await write("1_a", "CREATE TABLE a (n int); SELECT * FROM nowhere");
  await expect(applyMigrations(url, folder)).rejects.toThrow(/1_a does not apply/);
  await write("1_a", "CREATE TABLE a (n int)");
  expect(await applyMigrations(url, folder)).toEqual(["1_a"]);
});

test("a database that a newer checkout has migrated is left alone, and the way out is told", async () => {
  await write("1_a", "CREATE TABLE a (n int)");
  await write("2_b", "CREATE TABLE b (n int)");
  await applyMigrations(url, folder);
  await rm(path.join(folder, "2_b"), { recursive: true });
  await expect(applyMigrations(url, folder)).rejects.toMatchObject({ code: "config.invalid", message: expect.stringMatching(/newer than this checkout: it has 2_b.*git pull/) });
  await expect(assertMigrated(url, folder)).rejects.toThrow(/newer than this checkout/);
});

test("a program that does not migrate refuses a database that is behind, and passes one that is not", async () => {
  await write("1_a", "CREATE TABLE a (n int)");
  await expect(assertMigrated(url, folder)).rejects.toMatchObject({ code: "config.invalid", message: expect.stringMatching(/behind this checkout: 1_a not applied. npm start/) });
  await applyMigrations(url, folder);
  await assertMigrated(url, folder);
});
