import path from "node:path";
import { defineConfig } from "vitest/config";

const alias = {
  "@": import.meta.dirname,
  // Throws outside React's server condition; in tests every module is on the server.
  "server-only": path.resolve(import.meta.dirname, "scripts/test/server-only.ts"),
};

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["{lib,local,scripts,app,components}/**/*.test.{ts,tsx}"],
          exclude: ["**/*.{db,integration,tfhe}.test.ts", "**/node_modules/**"],
          // Only against hanging for ever: no promise depends on how fast or how busy the machine is.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias },
        test: { name: "database", include: ["lib/**/*.db.test.ts"], globalSetup: ["scripts/test/database-setup.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        resolve: { alias },
        test: {
          name: "integration",
          include: ["{lib,local,scripts}/**/*.integration.test.ts"],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "tfhe",
          include: ["{lib,local,scripts}/**/*.tfhe.test.ts"],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
