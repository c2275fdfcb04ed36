import "server-only";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { env } from "@/lib/platform/env";
import type { KeyCache } from "@/lib/fhe/gateway/public-keys";

/** Folder that all clones on this machine share. */
export function keyFolder(): string {
  return path.join(env().CACHE_DIR ?? path.join(homedir(), ".cache", "private-traffic"), "public-keys");
}

/** The file of a public key or CRS in a folder; ids may hold any characters, so their hash is the name. */
export function keyFile(folder: string, id: string): string {
  return path.join(folder, `${createHash("sha256").update(id).digest("hex").slice(0, 40)}.bin`);
}

/** A cache of downloaded public files on disk. A file is there whole or not at all. */
export function openKeyFolder(folder: string): KeyCache {
  return {
    async get(id) {
      const bytes = await readFile(keyFile(folder, id)).catch(() => undefined); // absent: will be downloaded
      return bytes === undefined ? undefined : new Uint8Array(bytes);
    },
    async put(id, bytes) {
      await mkdir(folder, { recursive: true });
      const temporary = path.join(folder, `${randomUUID()}.part`);
      await writeFile(temporary, bytes);
      await rename(temporary, keyFile(folder, id));
    },
  };
}
