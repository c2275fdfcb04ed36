import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, chmod, mkdir, readFile, rename } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { AppError } from "@/lib/kernel/errors";
import { env } from "@/lib/platform/env";
import { runCommand } from "@/local/build/command";
import { buildFolder, hashInputs, type BuildStep } from "@/local/build/step";

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

/** Which sources an engine is made of: the value of FHE_ENGINE_SOURCE that it must be compiled with. */
export const engineSource = (): Promise<string> => hashInputs(["native"]);

/** Cargo's target folder: one for each lock file, so that a clone finds what another has compiled. */
export async function cargoTargetFolder(): Promise<string> {
  const lock = createHash("sha256").update(await readFile("native/Cargo.lock")).digest("hex");
  return path.join(cacheFolder(), `target-${lock.slice(0, 16)}`);
}

/** Packages of the lock file: cargo compiles nearly each of them once. */
async function countCrates(): Promise<number> {
  return (await readFile("native/Cargo.lock", "utf8")).split("[[package]]").length - 1;
}

function describeProgress({ startedMs, crates, total }: { startedMs: number; crates: number; total: number }): string {
  const elapsed = (performance.now() - startedMs) / 1000;
  const left = Math.max(10, (coldBuildSeconds * 2) / Math.max(2, os.availableParallelism()) - elapsed);
  return `compiling, ${Math.min(crates, total)} of ${total} crates, about ${Math.ceil(left / 60)} min left`;
}

export type CompileOptions = {
  /** Folder of the cargo workspace. */
  folder: string;
  /** Cargo's target folder, which several checkouts may share. */
  target: string;
  /** The workspace's program; `PROGRAM source` prints the FHE_ENGINE_SOURCE that it was compiled with. */
  program: string;
  destination: string;
  onLine?: (line: string) => void;
  signal?: AbortSignal | undefined;
};

const run = promisify(execFile);
const compileAttempts = 3;

/**
 * Compiles a program from exactly these sources and copies it. Cargo takes what another checkout has compiled into a shared
 * folder for its own when the files here are older; the sources' hash in the environment, which the program contains,
 * makes it compile anew. Throws `config.invalid`.
 */
export async function compileProgram({ folder, target, program, destination, onLine, signal }: CompileOptions): Promise<void> {
  const source = await hashInputs([folder]);
  const next = `${destination}.new`;
  await mkdir(path.dirname(destination), { recursive: true });
  for (let attempt = 0; attempt < compileAttempts; attempt += 1) {
    await runCommand("cargo", ["build", "--release", "--locked"], {
      cwd: folder,
      env: { CARGO_TARGET_DIR: target, FHE_ENGINE_SOURCE: source },
      timeoutMs: 3_600_000,
      signal,
      priority: 19, // the site is built and used meanwhile
      ...(onLine === undefined ? {} : { onLine }),
      missing: "cargo was not found. Install Rust 1.91 or newer from https://rustup.rs and run the command again.",
    });
    await copyFile(path.join(target, "release", program), next);
    await chmod(next, 0o755);
    const { stdout } = await run(next, ["source"], { timeout: 10_000 });
    if (stdout.trim() === source) return rename(next, destination);
    // Another checkout's build came between the compilation and the copy.
  }
  throw new AppError("config.invalid", `${program} is being compiled by another checkout all the time. Run the command again when that has ended.`);
}

async function buildEngine(report: (progress: string) => void, signal?: AbortSignal): Promise<void> {
  const startedMs = performance.now();
  const total = await countCrates();
  let crates = 0;
  const ticker = setInterval(() => {
    if (crates > 1) report(describeProgress({ startedMs, crates, total }));
  }, 1_000);
  try {
    await compileProgram({
      folder: "native", target: await cargoTargetFolder(), program, destination: engineBinary, signal,
      onLine: (line) => {
        if (line.includes("Compiling")) crates += 1;
      },
    });
  } finally {
    clearInterval(ticker);
  }
}

/** Compiles native/fhe-engine, or does nothing when FHE_ENGINE_BINARY names one. */
export const engineStep: BuildStep = {
  name: "engine",
  inputs: ["native"],
  outputs: [engineBinary],
  run: buildEngine,
};
