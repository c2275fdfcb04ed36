import "server-only";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { deviceStateSchema, type DeviceState } from "@/lib/ingest/schema";

const empty: DeviceState = { zones: [], books: {}, plans: [] };

/**
 * What this device remembers about its vehicles: secret discs, privacy budgets, and contributions not sent yet.
 * One file (mode 0600), replaced as a whole, so that budgets and plans never disagree. The folder must be locked by the caller.
 */
export class DeviceStore {
  readonly #file: string;
  #state: DeviceState;

  private constructor(file: string, state: DeviceState) {
    this.#file = file;
    this.#state = state;
  }

  /** Reads the folder's state. Throws `config.invalid` when it is damaged: without it a vehicle could be counted twice. */
  static async open(folder: string): Promise<DeviceStore> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = path.join(folder, "device.json");
    const text = await readFile(file, "utf8").catch(() => undefined); // absent: nothing is remembered yet
    if (text === undefined) return new DeviceStore(file, empty);
    const parsed = deviceStateSchema.safeParse(parseJson(text));
    if (parsed.success) return new DeviceStore(file, parsed.data);
    throw new AppError("config.invalid", `${file} is damaged. Restore it from a backup: it holds what this device has contributed, and its zones.`);
  }

  get state(): DeviceState {
    return this.#state;
  }

  /** Replaces the state; it is on the disk when this resolves. */
  async commit(next: DeviceState): Promise<void> {
    const temporary = `${this.#file}.next`;
    const file = await open(temporary, "w", 0o600);
    try {
      await file.writeFile(JSON.stringify(deviceStateSchema.encode(next)));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.#file);
    this.#state = next;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
