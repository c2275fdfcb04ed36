import "server-only";
import { mkdir, open, readFile, type FileHandle } from "node:fs/promises";
import path from "node:path";
import type { Refusal } from "@/lib/chain/model/refusal";
import { journalEntrySchema, type JournalEntry, type PreparedItem } from "@/lib/ingest/schema";

/** What is known of an item of this or an earlier run. */
export type ItemRecord = { item: PreparedItem } & (
  /** `contribution`: its id at the site that it was posted to. */
  | { state: "prepared"; contribution?: string }
  | { state: "accepted" }
  | { state: "refused"; reason: Refusal | "unknown" }
);

/**
 * What has been sent, in a file that is only ever appended to (mode 0600, flushed to the disk before an item is sent).
 * It holds no position and no key: what is in it is public once sent. The folder must be locked by the caller.
 */
export class RunJournal {
  readonly #file: FileHandle;
  readonly #items = new Map<string, ItemRecord>();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens or makes the journal in a folder. Lines torn by a crash are left out: their items were never sent. */
  static async open(folder: string): Promise<RunJournal> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const name = path.join(folder, "journal.jsonl");
    const text = await readFile(name, "utf8").catch(() => ""); // absent: the first run
    const journal = new RunJournal(await open(name, "a", 0o600));
    for (const entry of parseEntries(text)) journal.#apply(entry);
    if (text !== "" && !text.endsWith("\n")) await journal.#file.write("\n"); // what follows a torn line begins a new one
    return journal;
  }

  #apply(entry: JournalEntry): void {
    const known = this.#items.get(entry.id);
    if (entry.type === "prepared") this.#items.set(entry.id, { state: "prepared", item: entry.item });
    else if (known === undefined) return;
    else if (entry.type === "posted") this.#items.set(entry.id, { state: "prepared", item: known.item, contribution: entry.contribution });
    else if (entry.type === "accepted") this.#items.set(entry.id, { state: "accepted", item: known.item });
    else this.#items.set(entry.id, { state: "refused", item: known.item, reason: entry.reason });
  }

  /** Writes an entry to the disk, then makes it known. */
  async append(entry: JournalEntry): Promise<void> {
    await this.#file.write(`${JSON.stringify(entry)}\n`);
    await this.#file.sync();
    this.#apply(entry);
  }

  find(id: string): ItemRecord | undefined {
    return this.#items.get(id);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function* parseEntries(text: string): Generator<JournalEntry> {
  for (const line of text.split("\n")) {
    const entry = line === "" ? undefined : journalEntrySchema.safeParse(parseJson(line));
    if (entry?.success === true) yield entry.data;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
