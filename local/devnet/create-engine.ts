import path from "node:path";
import type { Logger } from "pino";
import { createClearEngine } from "@/local/devnet/clear-engine";
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

/** The engine of that kind, starting. Each kind has a store of its own, so that a folder may change between them without mixing them up. */
export async function createEngine({ kind, folder, binary, cacheFolder, keysFolder, log }: EngineOptions): Promise<Engine> {
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
