#!/usr/bin/env node
/**
 * Prisma's schema engine without a download: the engine's own wasm build from npm (the same commit), spoken to as the
 * native program is: JSON-RPC over stdio, `cli` subcommands by exit code. `prisma.config.ts` names this file.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { administer, checkConnection, createFactory, parseUrl, readCatalogTypes } from "./connections.mjs";

const args = process.argv.slice(2);
const optionsOf = (name) => args.flatMap((arg, index) => (arg === name ? [args[index + 1]] : []));
const folder = path.dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm"));
const datasource = JSON.parse(optionsOf("--datasource")[0] ?? "{}");

function logError(message, fields) {
  const line = { timestamp: new Date().toISOString(), level: "ERROR", fields: { message, ...fields }, target: "schema_engine::logger" };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

const missingDatabase = "3D000";

function prismaCode(code) {
  if (code === missingDatabase) return "P1003";
  return code?.startsWith("28") ? "P1000" : "P1001";
}

const commands = {
  "can-connect-to-database": () => checkConnection(datasource.url),
  "create-database": () => administer(datasource.url, "CREATE"),
  "drop-database": () => administer(datasource.url, "DROP"),
};

async function runCommand(name) {
  process.stderr.write("\n");
  try {
    await commands[name]?.();
    process.exit(0);
  } catch (error) {
    logError(error.message || String(error.code), { error_code: prismaCode(error.code), is_panic: false });
    process.exit(1);
  }
}

let panic = "";

async function loadWasm() {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (message) => {
      panic = message;
      logError(message, { is_panic: true, error_code: "" });
    },
  };
  const glue = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const module = await globalThis.WebAssembly.compile(readFileSync(path.join(folder, "schema_engine_bg.wasm")));
  const { exports } = await globalThis.WebAssembly.instantiate(module, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  return glue.SchemaEngine;
}

const nowhere = "postgresql://nobody@localhost.invalid/none";
const state = { engine: undefined, disposeShadows: async () => undefined };

async function engineFor(url) {
  if (state.engine !== undefined) return state.engine;
  readCatalogTypes();
  const { factory, disposeShadows } = createFactory({ url: url ?? datasource.url ?? nowhere, shadowDatabaseUrl: datasource.shadowDatabaseUrl });
  const models = optionsOf("--datamodels").map((file) => [file, readFileSync(file, "utf8")]);
  const SchemaEngine = await loadWasm();
  state.disposeShadows = disposeShadows;
  state.engine = await SchemaEngine.new({ datamodels: models.length > 0 ? models : undefined }, () => undefined, bindMigrationAwareSqlAdapterFactory(factory));
  return state.engine;
}

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
/** Methods that the wasm build calls by another name. */
const renamed = { getDatabaseVersion: "version" };
/** They forget where the shadow database is, but find its schema kept after a diagnosis. */
const needDiagnosis = new Set(["evaluateDataLoss", "createMigration"]);

async function diagnose(engine, { migrationsList, filters }) {
  if (!(migrationsList?.migrationDirectories?.length > 0)) return;
  await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: true, filters });
}

let printed = 0;

async function call({ method, params }) {
  const url = params?.datasource?.url ?? datasource.url;
  if (method === "ensureConnectionValidity") return void (await checkConnection(url));
  if (method === "createDatabase") {
    await administer(url, "CREATE");
    return { databaseName: parseUrl(url).database };
  }
  const engine = await engineFor(url);
  const name = renamed[method] ?? method;
  if (typeof engine[name] !== "function") throw new Error(`The schema engine has no method ${method}.`);
  if (needDiagnosis.has(method)) await diagnose(engine, params);
  const result = await engine[name](params);
  if (method === "diff" && result.stdout) send({ id: (printed += 1), method: "print", params: { content: result.stdout } });
  return result;
}

function refusal(error) {
  const data = { is_panic: panic !== "", message: panic || (error?.message ?? String(error)), meta: error?.meta ?? null, error_code: error?.code ?? null };
  return { code: 4466, message: "An error happened. Check the data field for details.", data };
}

async function answer(line) {
  const request = JSON.parse(line);
  // Prisma's answers to our own "print".
  if (request.method === undefined) return;
  try {
    const result = (await call(request)) ?? {};
    await state.disposeShadows();
    send({ id: request.id, result });
  } catch (error) {
    await state.disposeShadows();
    send({ id: request.id, error: refusal(error) });
  }
}

function serve() {
  let queue = Promise.resolve();
  const lines = readline.createInterface({ input: process.stdin, crlfDelay: Infinity });
  lines.on("line", (line) => {
    queue = queue.then(() => answer(line));
  });
  lines.on("close", () => queue.then(() => process.exit(0)));
}

const command = args.indexOf("cli");
if (args[0] === "--version" || args[0] === "-V") {
  console.log(`schema-engine-wasm ${JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")).version}`);
} else if (command >= 0) {
  await runCommand(args[command + 1]);
} else {
  serve();
}
