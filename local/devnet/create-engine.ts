import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "pino";
import { AppError } from "@/lib/kernel/errors";
import { createClearEngine } from "@/local/devnet/clear-engine";
import { replaceFile } from "@/local/devnet/durable-file";
import type { Engine } from "@/local/devnet/engine";
import { createTfheEngine } from "@/local/devnet/tfhe-engine";

export type EngineOptions = {
  kind: "tfhe" | "clear";
  /** The devnet's own folder. */
  folder: string;
  binary: string;
  /** Shared by all devnets of this user: public parameters do not belong to any key. */
  cacheFolder: string;
  /** Keys of their own unless given: tests share a set. */
  keysFolder?: string | undefined;
  log: Logger;
};

/** What one engine has taken in, the other knows nothing of: a folder stays with the one that it began with. */
async function claimFolder(kind: EngineOptions["kind"], folder: string): Promise<void> {
  const file = path.join(folder, "engine.txt");
  const owner = existsSync(file) ? (await readFile(file, "utf8")).trim() : undefined;
  if (owner === undefined) return replaceFile(file, `${kind}\n`);
  if (owner !== kind) throw new AppError("config.invalid", `The local network in ${folder} was begun with FHE_ENGINE=${owner}. Set that, another LOCAL_DIR, or run npm run reset.`);
}

/** The engine of that kind, starting. Throws `config.invalid` when the folder belongs to the other kind. */
export async function createEngine({ kind, folder, binary, cacheFolder, keysFolder, log }: EngineOptions): Promise<Engine> {
  await claimFolder(kind, folder);
  const program = {
    binary,
    keysFolder: keysFolder ?? path.join(folder, "keys"),
    crsFolder: cacheFolder,
    storeFolder: path.join(folder, kind, "store"),
    pidFile: path.join(folder, "engine.pid"),
    log,
  };
  return kind === "tfhe" ? createTfheEngine(program) : createClearEngine({ folder: path.join(folder, kind), process: program });
}
