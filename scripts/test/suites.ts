import { cargoTargetFolder, engineSource } from "@/local/build/engine";
import type { Runner } from "@/scripts/test/counts";

export type Suite = {
  name: string;
  runner: Runner;
  program: string;
  args: readonly string[];
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  timeoutMinutes: number;
};

const node = process.execPath;

function vitest(project: string, timeoutMinutes: number): Suite {
  return {
    name: project,
    runner: "vitest",
    program: node,
    args: ["node_modules/vitest/vitest.mjs", "run", "--project", project],
    timeoutMinutes,
  };
}

/** Everything that `npm test` runs, quick things first. */
export async function listSuites(): Promise<Suite[]> {
  const cargoEnv = { CARGO_TARGET_DIR: await cargoTargetFolder(), FHE_ENGINE_SOURCE: await engineSource() };
  return [
    { name: "lint", runner: "check", program: node, args: ["node_modules/eslint/bin/eslint.js", "--max-warnings", "0", "."], timeoutMinutes: 5 },
    { name: "types", runner: "check", program: node, args: ["node_modules/typescript/bin/tsc", "--noEmit"], timeoutMinutes: 5 },
    vitest("unit", 10),
    vitest("database", 3),
    { name: "contracts", runner: "mocha", program: "npm", args: ["test", "--workspace", "contracts"], timeoutMinutes: 20 },
    { name: "engine", runner: "cargo", program: "cargo", args: ["test", "--release", "--locked"], cwd: "native", env: cargoEnv, timeoutMinutes: 30 },
    vitest("integration", 30),
    { name: "browser", runner: "playwright", program: node, args: ["node_modules/@playwright/test/cli.js", "test", "--config", "e2e/playwright.config.ts"], timeoutMinutes: 20 },
    vitest("tfhe", 25),
  ];
}
