import path from "node:path";
import { runCommand } from "@/local/build/command";
import { engineStep } from "@/local/build/engine";
import type { BuildStep } from "@/local/build/step";

const node = process.execPath;
const minuteMs = 60_000;

function script(file: string): readonly string[] {
  return ["--conditions=react-server", "--import", "tsx", file];
}

const contracts: BuildStep = {
  name: "contracts",
  inputs: ["contracts/src", "contracts/hardhat.config.js", "contracts/hardhat.config.cjs", "contracts/package.json", "package-lock.json"],
  outputs: ["contracts/artifacts/src/histogram/TrafficHistogram.sol/TrafficHistogram.json"],
  run: (_, signal) => runCommand("npm", ["run", "compile", "--workspace", "contracts"], { timeoutMs: 20 * minuteMs, signal }),
};

const abi: BuildStep = {
  name: "abi",
  inputs: ["contracts/src", "scripts/generate-abi.ts", "package-lock.json"],
  outputs: ["lib/chain/abi"],
  run: (_, signal) => runCommand(node, script("scripts/generate-abi.ts"), { timeoutMs: 2 * minuteMs, signal }),
};

const prisma: BuildStep = {
  name: "database",
  inputs: ["prisma", "prisma.config.ts", "package-lock.json"],
  outputs: ["lib/platform/generated/prisma/client.ts"],
  run: () => runCommand(node, ["node_modules/prisma/build/index.js", "generate"], { timeoutMs: minuteMs }),
};

const sdk: BuildStep = {
  name: "browser-sdk",
  inputs: ["scripts/bundle-fhe.ts", "package-lock.json"],
  outputs: ["public/fhe"],
  run: (_, signal) => runCommand(node, script("scripts/bundle-fhe.ts"), { timeoutMs: minuteMs, signal }),
};

const map: BuildStep = {
  name: "map",
  inputs: ["local/city/build-map.ts", "local/city/basemap.ts", "local/city/basemap", "package-lock.json"],
  outputs: ["public/map/chicago.pmtiles", "public/map/chicago.json"],
  run: (_, signal) => runCommand(node, script("local/city/build-map.ts"), { timeoutMs: 3 * minuteMs, signal }),
};

const site: BuildStep = {
  name: "site",
  inputs: ["app", "components", "lib", "public", "next.config.mjs", "postcss.config.mjs", "proxy.ts", "instrumentation.ts", "tsconfig.json", "package-lock.json"],
  outputs: [path.join(".next", "BUILD_ID")],
  run: (_, signal) => runCommand(node, ["node_modules/next/dist/bin/next", "build"], { timeoutMs: 20 * minuteMs, signal, env: { NEXT_TELEMETRY_DISABLED: "1", SITE_BUILD_TYPES: "off" } }),
};

/** What the local network needs: contracts and their types. In order. */
export const contractSteps: readonly BuildStep[] = [contracts, abi];
/** What the site needs besides; independent of the contracts. In order. */
export const siteInputSteps: readonly BuildStep[] = [prisma, sdk, map];
/** What everything else needs, in order. */
export const generatedSteps: readonly BuildStep[] = [...contractSteps, ...siteInputSteps];
export { engineStep, site as siteStep };
