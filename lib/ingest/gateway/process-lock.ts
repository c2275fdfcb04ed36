import "server-only";
import { mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/kernel/errors";

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // no such process
  }
}

/**
 * Takes a lock file that holds this process's number, or one left by a process that is gone.
 * Returns what gives it back. Throws `usage.invalid` while another process holds it.
 */
export async function takeLock(file: string, what: string): Promise<() => Promise<void>> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const isTaken = await writeFile(file, String(process.pid), { flag: "wx", mode: 0o600 }).then(() => true, () => false);
    if (isTaken) return () => unlink(file).catch(() => undefined); // removed by hand already
    const holder = Number(await readFile(file, "utf8").catch(() => ""));
    if (holder > 0 && isRunning(holder)) throw new AppError("usage.invalid", `${what} is running (process ${holder}). Wait until it has finished.`);
    await unlink(file).catch(() => undefined); // left by a process that was killed
  }
  throw new AppError("usage.invalid", `${what} has just begun (${file}). Wait until it has finished.`);
}
