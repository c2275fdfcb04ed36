/**
 * An allowance that refills with time, for checks that are worth their time only while there is time:
 * `perSecond` in the long run, and as many at once after a second of rest.
 */
export class CheckBudget {
  readonly #perSecond: number;
  #left: number;
  #atMs = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }

  /** Takes one check, unless all are taken. `nowMs` never goes backwards. */
  take(nowMs: number): boolean {
    this.#left = Math.min(this.#perSecond, this.#left + ((nowMs - this.#atMs) / 1_000) * this.#perSecond);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
