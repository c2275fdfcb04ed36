import path from "node:path";
import { defineConfig } from "prisma/config";

// Prisma would download its native schema engine at its first command; ours is the same engine's wasm build from npm.
process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= path.resolve(import.meta.dirname, "scripts/database/schema-engine.mjs");
process.env["CHECKPOINT_DISABLE"] ??= "1";

export default defineConfig({
  schema: "prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env["DATABASE_URL"] ?? "postgresql://traffic:traffic@127.0.0.1:55433/traffic" },
});
