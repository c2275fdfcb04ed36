import "server-only";
import { KnownRegions } from "@/lib/chain/gateway/known-regions";
import { readChainClock } from "@/lib/chain/gateway/provider";
import { settleOutgoing } from "@/lib/chain/mutations/settle-outgoing";
import type { Lane } from "@/lib/chain/mutations/sign-outgoing";
import { planTasks } from "@/lib/releases/mutations/plan-tasks";
import { signTasks } from "@/lib/releases/mutations/run-tasks";
import { settleTasks } from "@/lib/releases/mutations/settle-tasks";

export type ReleaserOptions = Lane & {
  /** Dearest gas that is paid, wei; null for any. */
  ceiling: bigint | null;
  signal: AbortSignal;
};

/** Seals what is closed and releases what is sealed, look after look. */
export class Releaser {
  readonly #options: ReleaserOptions;
  readonly #regions: KnownRegions;

  constructor(options: ReleaserOptions) {
    this.#options = options;
    this.#regions = new KnownRegions(options.chain);
  }

  /**
   * One look: notes the steps that are owed, carries the chain's answers over to them, and signs and sends those that are due.
   * May be killed between any two steps and be repeated by any worker. Throws `chain.*` for what will pass.
   */
  async look(): Promise<void> {
    const { database, chain, ceiling, signal } = this.#options;
    await settleOutgoing(this.#options);
    const { time: now } = await readChainClock(chain);
    await planTasks(database, { chainId: chain.network.chainId, regions: this.#regions, now });
    await settleTasks(this.#options);
    if (signal.aborted) return;
    await signTasks(this.#options, { ceiling, signal });
    await settleOutgoing(this.#options);
  }
}
