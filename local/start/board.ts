import type { ServiceState } from "@/local/processes";

/** What runs, what it still waits for, and how often what has been started again: shown by the site's status page. */
export type BoardDetails = {
  services: ServiceState[];
  /** Sentences without a full stop, e.g. "the FHE engine: compiling, 120 of 160 crates". */
  waitingFor: string[];
};

/** Keeps the board and hands it on after every change and every few seconds. */
export class Board {
  readonly #services = new Map<string, ServiceState>();
  readonly #waiting = new Map<string, string>();
  #publish: ((details: BoardDetails) => Promise<void>) | undefined;
  #timer: NodeJS.Timeout | undefined;

  set(state: ServiceState): void {
    this.#services.set(state.name, state);
    this.#tell();
  }

  /** Says what a thing is waited for, or, with undefined, that it is no longer. */
  wait(thing: string, sentence: string | undefined): void {
    if (this.#waiting.get(thing) === sentence) return;
    if (sentence === undefined) this.#waiting.delete(thing);
    else this.#waiting.set(thing, sentence);
    this.#tell();
  }

  get details(): BoardDetails {
    return { services: [...this.#services.values()], waitingFor: [...this.#waiting.values()] };
  }

  /** From now on the board is written by `publish`, also when nothing changes; a write that fails is tried again with the next. */
  publishBy(publish: (details: BoardDetails) => Promise<void>, everyMs = 5_000): void {
    this.#publish = publish;
    this.#timer = setInterval(() => this.#tell(), everyMs);
    this.#tell();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#publish = undefined;
  }

  #tell(): void {
    void this.#publish?.(this.details).catch(() => undefined); // the database may be what is being started again
  }
}
