import "server-only";
import { mkdir, open, readFile, unlink, writeFile, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { journalEntrySchema, type JournalEntry, type PreparedItem } from "@/lib/ingest/schema";

/** What is known of an item of this or an earlier run. */
export type ItemRecord = { state: "prepared" | "accepted" | "refused"; item: PreparedItem; vehicleKeys: readonly string[] };

export type JournalScope = { chainId: number; histogram: string; regionId: number };

/**
 * What has been sent to one region, in a file that is only ever appended to (mode 0600, flushed to the disk before an item
 * is sent). It holds no position and no key: what is in it is public once sent. One process at a time may hold it.
 */
export class RunJournal {
  readonly #file: FileHandle;
  readonly #lock: string;
  readonly #items = new Map<string, ItemRecord>();
  readonly #idsByVehicle = new Map<string, Set<string>>();

  private constructor(file: FileHandle, lock: string) {
    this.#file = file;
    this.#lock = lock;
  }

  /** Opens or makes the journal of a region. Throws `usage.invalid` while another run holds it. */
  static async open(folder: string, scope: JournalScope): Promise<RunJournal> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const name = path.join(folder, `${scope.chainId}-${scope.histogram.toLowerCase()}-${scope.regionId}`);
    await takeLock(`${name}.lock`);
    const text = await readFile(`${name}.jsonl`, "utf8").catch(() => ""); // absent: the first run
    const journal = new RunJournal(await open(`${name}.jsonl`, "a", 0o600), `${name}.lock`);
    for (const entry of parseEntries(text)) journal.#apply(entry);
    if (text !== "" && !text.endsWith("\n")) await journal.#file.write("\n"); // a line torn by a crash stays alone
    return journal;
  }

  #apply(entry: JournalEntry): void {
    if (entry.type === "prepared") {
      this.#items.set(entry.id, { state: "prepared", item: entry.item, vehicleKeys: entry.vehicleKeys });
      for (const key of entry.vehicleKeys) this.#idsByVehicle.set(key, (this.#idsByVehicle.get(key) ?? new Set()).add(entry.id));
      return;
    }
    const known = this.#items.get(entry.id);
    if (known !== undefined) this.#items.set(entry.id, { ...known, state: entry.type });
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

  /** Whether a vehicle is, or may be, counted by a contribution of another plan than the given one. */
  isTaken(vehicleKey: string, ownPlan: string): boolean {
    const ids = this.#idsByVehicle.get(vehicleKey) ?? [];
    return [...ids].some((id) => !id.startsWith(`${ownPlan}/`) && this.#items.get(id)?.state !== "refused");
  }

  async close(): Promise<void> {
    await this.#file.close();
    await unlink(this.#lock).catch(() => undefined); // gone already: reset by hand
  }
}

function* parseEntries(text: string): Generator<JournalEntry> {
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const entry = journalEntrySchema.safeParse(parseJson(line));
    if (entry.success) yield entry.data; // else a line torn by a crash: its item was never sent
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function takeLock(lock: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const written = await writeFile(lock, String(process.pid), { flag: "wx", mode: 0o600 }).then(() => true, () => false);
    if (written) return;
    const holder = Number(await readFile(lock, "utf8").catch(() => ""));
    if (holder > 0 && isRunning(holder)) {
      throw new AppError("usage.invalid", `Another upload to this region is running (process ${holder}). Wait until it has finished.`);
    }
    await unlink(lock).catch(() => undefined); // left by a run that was killed
  }
  throw new AppError("usage.invalid", `Another upload to this region has just begun (${lock}). Wait until it has finished.`);
}
