import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/kernel/errors";

/** What one sort of work needs of a disk, measured: a cold engine build leaves 1.3 GB, a day of the demo city some 2 GB. */
export const spaceNeeded = { build: 3e9, run: 2e9, warn: 1e9 } as const;

export type Room = { folder: string; bytes: number; purpose: string };

/** Bytes that this user may still write where the folder is, or will be made. */
export async function freeBytes(folder: string): Promise<number> {
  let existing = path.resolve(folder);
  while (!existsSync(existing)) existing = path.dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  return bavail * bsize;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** Throws `config.invalid` with what to do when one of the folders has less room than it needs. */
export async function assertRoom(rooms: readonly Room[], measure: typeof freeBytes = freeBytes): Promise<void> {
  for (const { folder, bytes, purpose } of rooms) {
    const free = await measure(folder);
    if (free >= bytes) continue;
    throw new AppError("config.invalid", `The disk of ${folder} has ${gigabytes(free)} free, and ${purpose} needs ${gigabytes(bytes)}. Free some space, or move it: LOCAL_DIR holds chain and database, CACHE_DIR the builds.`);
  }
}

/** Whether a line of output tells of a full disk: Node's and libuv's code, and the sentence of libc (Postgres, Rust, anvil). */
export function isDiskFull(line: string): boolean {
  return line.includes("ENOSPC") || line.includes("No space left on device");
}

/** Looks at the disk now and then; tells a sentence while it is nearly full, and undefined when it is not. */
export function watchDisk(folder: string, tell: (sentence: string | undefined) => void, everyMs = 60_000): { stop(): void } {
  const look = async (): Promise<void> => {
    const free = await freeBytes(folder);
    tell(free < spaceNeeded.warn ? `room on the disk of ${folder}: ${gigabytes(free)} left, free some` : undefined);
  };
  const timer = setInterval(() => void look().catch(() => undefined), everyMs);
  return { stop: () => clearInterval(timer) };
}
