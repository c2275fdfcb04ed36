import { AppError } from "@/lib/kernel/errors";

/** Ends what was begun, the last first; each end is given its chance. */
export class Stops {
  readonly #stops: (() => Promise<void>)[] = [];
  #done: Promise<void> | undefined;

  /** Whether things are being ended, or have been. */
  get isRunning(): boolean {
    return this.#done !== undefined;
  }

  /** Remembers how to end something. When all else has been ended already, ends it at once and throws `chain.unreachable`. */
  async add(stop: () => Promise<void>): Promise<void> {
    if (this.#done === undefined) {
      this.#stops.push(stop);
      return;
    }
    await stop();
    throw new AppError("chain.unreachable", "The devnet was stopped while it started.");
  }

  /** Ends everything, once. Throws an AggregateError of what went wrong. */
  run(): Promise<void> {
    this.#done ??= this.#runAll();
    return this.#done;
  }

  async #runAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const stop of this.#stops.splice(0).toReversed()) await stop().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, "not everything ended in good order");
  }
}
