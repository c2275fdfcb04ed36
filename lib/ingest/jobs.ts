import "server-only";
import { KnownRegions } from "@/lib/chain/gateway/known-regions";
import { readChainClock } from "@/lib/chain/gateway/provider";
import { settleOutgoing } from "@/lib/chain/mutations/settle-outgoing";
import type { Lane } from "@/lib/chain/mutations/sign-outgoing";
import { GroupAges, type BatchRules } from "@/lib/ingest/model/due-batches";
import { buildBatches } from "@/lib/ingest/mutations/build-batches";
import { forgetPayloads } from "@/lib/ingest/mutations/forget-payloads";
import { reconcileContributions } from "@/lib/ingest/mutations/reconcile-contributions";
import { refuseLate } from "@/lib/ingest/mutations/refuse-late";
import { settleBatches } from "@/lib/ingest/mutations/settle-batches";
import { signBatches } from "@/lib/ingest/mutations/sign-batches";

export type BatcherOptions = Lane & {
  rules: BatchRules;
  /** Dearest gas that is paid, wei; null for any. */
  ceiling: bigint | null;
  signal: AbortSignal;
};

/** Sends what waits in the queue, look after look. */
export class Batcher {
  readonly #options: BatcherOptions;
  readonly #regions: KnownRegions;
  readonly #ages = new GroupAges();

  constructor(options: BatcherOptions) {
    this.#options = options;
    this.#regions = new KnownRegions(options.chain);
  }

  /** Seconds that the longest waiting group has been seen to wait. */
  get oldestSeconds(): number {
    return this.#ages.oldestSeconds(performance.now());
  }

  /**
   * One look: carries the chain's answers over to the queue, refuses what came too late, and signs and sends what is due.
   * May be killed between any two steps and be repeated by any worker. Throws `chain.*` for what will pass.
   */
  async look(): Promise<void> {
    const { database, chain, signer, rules, ceiling, signal } = this.#options;
    const { chainId } = chain.network;
    await settleOutgoing(this.#options);
    const { block: head, time: now } = await readChainClock(chain);
    await settleBatches(this.#options, { head });
    await reconcileContributions(database, { chainId });
    await refuseLate(database, { chainId, regions: this.#regions, now });
    if (signal.aborted) return;
    const sender = signer.address.toLowerCase();
    await buildBatches(database, { chainId, sender, regions: this.#regions, now, rules, ages: this.#ages });
    await signBatches(this.#options, { ceiling, signal, onSigned: () => settleOutgoing(this.#options) });
  }

  /** Forgets the contents of what is final. */
  async tidy(): Promise<void> {
    const { database, chain } = this.#options;
    await forgetPayloads(database, { chainId: chain.network.chainId });
  }
}
