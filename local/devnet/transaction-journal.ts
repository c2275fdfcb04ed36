import { open, readFile, type FileHandle } from "node:fs/promises";
import { keccak256 } from "ethers";
import { z } from "zod";
import { isHex, type Hex } from "@/lib/kernel/hex";
import { replaceFile } from "@/local/devnet/durable-file";

/**
 * What was done to the chain since its last dump, in order. An entry is on disk before it is acted upon or answered,
 * so that doing all entries again on the dump gives the same transactions in the same blocks at the same times.
 */
export type JournalEntry =
  | { readonly transaction: Hex }
  /** Keccak hash of a transaction above that the node did not take. */
  | { readonly refused: Hex }
  /** A block that was mined from all that had been sent before; unix seconds. */
  | { readonly block: number; readonly timestamp: number };

const hex = z.string().refine(isHex);
const entrySchema: z.ZodType<JournalEntry> = z.union([
  z.strictObject({ transaction: hex }),
  z.strictObject({ refused: hex }),
  z.strictObject({ block: z.number().int().positive(), timestamp: z.number().int().positive() }),
]);

/**
 * The entries of a journal's text. A crash can leave only the last line incomplete: nobody was answered for it, and it
 * is left out. Throws a SyntaxError or ZodError on damage anywhere else.
 */
export function parseJournal(text: string): JournalEntry[] {
  const lines = text.split("\n").slice(0, -1); // what follows the last line end was cut off
  return lines.map((line) => entrySchema.parse(JSON.parse(line)));
}

function format(entries: readonly JournalEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

/** Append-only file of entries. Calls must not overlap. */
export type Journal = {
  /** Resolves when the entry is on disk. */
  append(entry: JournalEntry): Promise<void>;
  /** What is on disk. */
  read(): Promise<JournalEntry[]>;
  /** Replaces all entries at once: after a crash either the old or the new ones are there. */
  rewrite(entries: readonly JournalEntry[]): Promise<void>;
  close(): Promise<void>;
};

/** Opens or makes the journal; an incomplete last line is cut off. */
export async function openJournal(file: string): Promise<Journal> {
  await replaceFile(file, format(parseJournal(await readText(file))));
  let handle: FileHandle = await open(file, "a");
  const append = async (entry: JournalEntry): Promise<void> => {
    const { size } = await handle.stat();
    try {
      await handle.appendFile(format([entry]));
      await handle.datasync();
    } catch (error) {
      await handle.truncate(size); // a full disk must not leave half a line in the middle
      throw error;
    }
  };
  const rewrite = async (next: readonly JournalEntry[]): Promise<void> => {
    await replaceFile(file, format(next));
    await handle.close();
    handle = await open(file, "a");
  };
  const read = async (): Promise<JournalEntry[]> => parseJournal(await readText(file));
  return { append, read, rewrite, close: () => handle.close() };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

/** The entries without transactions that the node did not take: each refusal takes back the last one of that hash before it. */
export function withoutRefused(entries: readonly JournalEntry[]): JournalEntry[] {
  const kept: JournalEntry[] = [];
  for (const entry of entries) {
    if (!("refused" in entry)) kept.push(entry);
    else {
      const index = kept.findLastIndex((one) => "transaction" in one && keccak256(one.transaction) === entry.refused);
      if (index >= 0) kept.splice(index, 1);
    }
  }
  return kept;
}
