import path from "node:path";
import { mkdir, rm } from "node:fs/promises";
import { AppError } from "@/lib/kernel/errors";
import { findRecorded, recordProcess } from "@/local/devnet/stale-process";

/**
 * One start a folder: two would write over each other. Resolves to what gives the folder free again.
 * Throws `config.invalid` with the other's process id.
 */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, "start.pid");
  const other = await findRecorded(file);
  if (other !== undefined && other !== process.pid) {
    throw new AppError("config.invalid", `npm start runs for ${folder} already (process ${other}). Stop it with Ctrl-C there, or set LOCAL_DIR to another folder.`);
  }
  await recordProcess(file, process.pid);
  return () => rm(file, { force: true });
}
