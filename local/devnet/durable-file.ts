import { open, rename } from "node:fs/promises";
import path from "node:path";

/** Makes a folder's entries (a new name, a rename) survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return; // folders cannot be opened there; NTFS journals its entries itself
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Replaces a file so that at any moment, also after a crash, either the old or the new content stands there in full.
 * `mode` as for chmod, 0o644 unless given.
 */
export async function replaceFile(file: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  const temporary = `${file}.new`;
  const handle = await open(temporary, "w", mode);
  try {
    await handle.writeFile(content);
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await moveFile(temporary, file);
}

/** Puts a file that is on disk already in another's place, for good. */
export async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(path.dirname(to));
}
