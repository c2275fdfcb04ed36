import { createHash } from "node:crypto";
import { copyFile, chmod, mkdir, readFile, rename } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { env } from "@/lib/platform/env";
import { runCommand } from "@/local/build/command";
import { buildFolder, type BuildStep } from "@/local/build/step";

/** Compiling tfhe takes the better part of the time: measured at 260 to 420 s on two cores. */
const coldBuildSeconds = 420;

const program = process.platform === "win32" ? "fhe-engine.exe" : "fhe-engine";

/** The engine's program for this checkout. */
export const engineBinary = path.join(buildFolder, program);

/** Builds and public parameters that all clones share. */
export function cacheFolder(): string {
  const base = process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache");
  return path.resolve(env().CACHE_DIR ?? path.join(base, "private-traffic"));
}

/** Cargo's target folder: one for each lock file, so that a clone finds what another has compiled. */
export async function cargoTargetFolder(): Promise<string> {
  const lock = createHash("sha256").update(await readFile("native/Cargo.lock")).digest("hex");
  return path.join(cacheFolder(), `target-${lock.slice(0, 16)}`);
}

function describeProgress(startedMs: number, crates: number): string {
  const elapsed = (performance.now() - startedMs) / 1000;
  const left = Math.max(10, (coldBuildSeconds * 2) / Math.max(2, os.availableParallelism()) - elapsed);
  return `compiling the FHE engine, ${crates} crates so far, about ${Math.ceil(left / 60)} min left`;
}

async function buildEngine(report: (progress: string) => void): Promise<void> {
  const target = await cargoTargetFolder();
  const startedMs = performance.now();
  let crates = 0;
  const ticker = setInterval(() => {
    if (crates > 1) report(describeProgress(startedMs, crates));
  }, 1_000);
  try {
    await runCommand("cargo", ["build", "--release", "--locked"], {
      cwd: "native",
      env: { CARGO_TARGET_DIR: target },
      timeoutMs: 3_600_000,
      onLine: (line) => {
        if (line.includes("Compiling")) crates += 1;
      },
      missing: "cargo was not found. Install Rust 1.91 or newer from https://rustup.rs and run the command again.",
    });
  } finally {
    clearInterval(ticker);
  }
  await mkdir(buildFolder, { recursive: true });
  await copyFile(path.join(target, "release", program), `${engineBinary}.new`);
  await chmod(`${engineBinary}.new`, 0o755);
  await rename(`${engineBinary}.new`, engineBinary);
}

/** Compiles native/fhe-engine, or does nothing when FHE_ENGINE_BINARY names one. */
export const engineStep: BuildStep = {
  name: "engine",
  inputs: ["native"],
  outputs: [engineBinary],
  run: buildEngine,
};
