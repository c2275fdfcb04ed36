import { isRetryable } from "@/lib/fhe/errors";
import { isAppError } from "@/lib/kernel/errors";
import type { Kept } from "@/lib/releases/gateway/kept";
import type { Reader, Wanted } from "@/lib/releases/gateway/reading";
import type { CellEstimate } from "@/lib/privacy/model/decode-release";
import type { OpenedTiles } from "@/lib/releases/model/epoch-map";
import type { ReadingProgress } from "@/lib/releases/model/reading-steps";

/** Whether money has gone: while a payment is under way, or broke off, nobody knows. */
export type Paid = "no" | "maybe" | "yes";

/** Where the visitor stands with one epoch. */
export type ReadingState =
  /** Asking the browser and the chain. */
  | { kind: "checking" }
  /** Not published: there is nothing to read. */
  | { kind: "closed" }
  | { kind: "offered" }
  | { kind: "working"; progress: ReadingProgress; paid: Paid }
  | { kind: "failed"; error: unknown; paid: Paid; /** Whether the page tries again by itself. */ isRetrying: boolean }
  | { kind: "opened"; tiles: OpenedTiles };

/** An epoch's published tiles. */
export type ReadableEpoch = { epoch: number; tiles: readonly (Wanted & { tile: string })[] };

export type DeskSnapshot = { states: ReadonlyMap<number, ReadingState>; owned: ReadonlySet<string> };

export type DeskOptions = {
  kept: Kept;
  /** Loaded with the first epoch that this browser does not have yet. */
  loadReader: () => Promise<Reader>;
  /** Planes of one release to cells. */
  decode: (planes: readonly bigint[], tile: string) => readonly CellEstimate[];
  /** Waits before another attempt; replaced in tests. */
  pause: (milliseconds: number) => Promise<void>;
};

const retryMs = 5_000;

/** Whether a failure passes by itself: a relayer or chain that is away, a ciphertext that is not computed yet. */
function passes(error: unknown): boolean {
  return isRetryable(error) || isAppError(error, "chain.unreachable") || isAppError(error, "site.unreachable") || isAppError(error, "relayer.unreachable") || isAppError(error, "fhe.not-ready");
}

/**
 * Keeps the state of every epoch that the visitor looked at, so that work goes on while she looks at another one.
 * What was paid is never paid again: an interrupted purchase is found in the browser's memory and on the chain, and continued.
 */
export class ReadingDesk {
  readonly #options: DeskOptions;
  readonly #listeners = new Set<() => void>();
  #snapshot: DeskSnapshot = { states: new Map(), owned: new Set() };
  #reader: Promise<Reader> | undefined;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): DeskSnapshot => this.#snapshot;

  /** Finds out what the visitor has of an epoch, and reads it when it is hers. Does nothing when that is known or under way. */
  async look(epoch: ReadableEpoch): Promise<void> {
    if (this.#snapshot.states.has(epoch.epoch)) return;
    this.#set(epoch.epoch, { kind: "checking" });
    await this.#attempt(epoch, async () => {
      await this.#refreshOwned();
      if (await this.#showKept(epoch)) return;
      const reader = await this.#loadReader();
      const ids = epoch.tiles.map(({ releaseId }) => releaseId);
      if ((await reader.isOpened(ids)) || (await reader.resume(ids, this.#observe(epoch, "yes")))) await this.#decrypt(epoch, reader);
      else this.#set(epoch.epoch, { kind: "offered" });
    });
  }

  /** Buys an epoch and, with the same order, further releases; then reads it. */
  async buy(epoch: ReadableEpoch, others: readonly string[], total: bigint): Promise<void> {
    this.#set(epoch.epoch, { kind: "working", progress: { step: "account", share: null, detail: null }, paid: "no" });
    await this.#attempt(epoch, async () => {
      const reader = await this.#loadReader();
      await reader.buy([...epoch.tiles.map(({ releaseId }) => releaseId), ...others], total, this.#observe(epoch, "no"));
      await this.#refreshOwned();
      await this.#decrypt(epoch, reader);
    });
  }

  /** Looks again after a failure, from the beginning: what is done stays done. */
  async retry(epoch: ReadableEpoch): Promise<void> {
    this.#forget(epoch.epoch);
    await this.look(epoch);
  }

  async #decrypt(epoch: ReadableEpoch, reader: Reader): Promise<void> {
    await reader.decrypt(epoch.tiles, this.#observe(epoch, "yes"));
    await this.#refreshOwned();
    await this.#showKept(epoch);
  }

  async #showKept(epoch: ReadableEpoch): Promise<boolean> {
    const tiles: Record<string, readonly CellEstimate[]> = {};
    for (const { releaseId, tile } of epoch.tiles) {
      const planes = await this.#options.kept.readPlanes(releaseId);
      if (planes === null) return false;
      tiles[tile] = this.#options.decode(planes, tile);
    }
    this.#set(epoch.epoch, { kind: "opened", tiles });
    return true;
  }

  async #attempt(epoch: ReadableEpoch, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      const before = this.#snapshot.states.get(epoch.epoch);
      const paid = before?.kind === "working" ? before.paid : "no";
      const isRetrying = passes(error) && (paid !== "no" || before?.kind === "checking");
      this.#set(epoch.epoch, { kind: "failed", error, paid, isRetrying });
      if (isRetrying) void this.#retryLater(epoch);
    }
  }

  async #retryLater(epoch: ReadableEpoch): Promise<void> {
    await this.#options.pause(retryMs);
    const state = this.#snapshot.states.get(epoch.epoch);
    if (state?.kind === "failed" && state.isRetrying) await this.retry(epoch);
  }

  #observe(epoch: ReadableEpoch, before: Paid): (progress: ReadingProgress) => void {
    return (progress) => {
      const after: Paid = progress.step === "payment" ? "maybe" : progress.step === "opening" || progress.step === "decryption" ? "yes" : "no";
      this.#set(epoch.epoch, { kind: "working", progress, paid: before === "yes" ? "yes" : after });
    };
  }

  #loadReader(): Promise<Reader> {
    this.#reader ??= this.#options.loadReader().catch((error: unknown) => {
      this.#reader = undefined;
      throw error;
    });
    return this.#reader;
  }

  async #refreshOwned(): Promise<void> {
    this.#publish({ ...this.#snapshot, owned: await this.#options.kept.findOwned() });
  }

  #forget(epoch: number): void {
    const states = new Map(this.#snapshot.states);
    states.delete(epoch);
    this.#publish({ ...this.#snapshot, states });
  }

  #set(epoch: number, state: ReadingState): void {
    this.#publish({ ...this.#snapshot, states: new Map(this.#snapshot.states).set(epoch, state) });
  }

  #publish(snapshot: DeskSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}
