import "server-only";
import { mapLimited } from "@/lib/chain/model/map-limited";
import type { FheProgress } from "@/lib/fhe/model/client";
import { planBatches } from "@/lib/ingest/model/batch-plan";
import { valuesOf, type PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import { makeReadyOrRefuse, type Ready, type ReadyOptions } from "@/lib/ingest/mutations/make-ready";
import { sendBatch, type SendOptions } from "@/lib/ingest/mutations/send-batch";

export type ContributeOptions = SendOptions & ReadyOptions;

/** While one input is being attested, the next is proven. */
const itemsAtOnce = 2;

async function send(batch: readonly Ready[], options: ContributeOptions): Promise<void> {
  if (batch.length === 0) return;
  options.onEvent?.({ type: "sending", items: batch.length });
  const outcomes = await sendBatch(batch.map(({ item }) => item), options);
  for (const [index, { planned }] of batch.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) continue;
    const { id } = planned;
    if (outcome.state === "accepted") await options.journal.append({ type: "accepted", id, transaction: outcome.transaction });
    else await options.journal.append({ type: "refused", id, reason: outcome.reason });
    options.onEvent?.({ type: "outcome", item: planned, outcome });
  }
}

/**
 * The use case "contribute": each planned contribution is encrypted for a one-time address, signed, given a ticket and sent
 * in batches; its outcome is reported by `onEvent`, one for each item.
 *
 * Safe to repeat after an interruption at any moment: an item is in the journal before it is sent, and an item of the
 * journal is sent again as it is, with the same address, which the chain counts once. Never counts a vehicle twice.
 * Throws `fhe.*`, `relayer.*`, `chain.*`; what was accepted before stays accepted.
 */
export async function contribute(items: readonly PlannedContribution[], options: ContributeOptions): Promise<void> {
  let done = 0;
  const report = (step?: FheProgress): void =>
    options.onEvent?.({ type: "encrypting", done, total: items.length, ...(step === undefined ? {} : { step }) });
  for (const batch of planBatches(items, (item) => valuesOf(item).length)) {
    const made = await mapLimited(batch, itemsAtOnce, async (planned) => {
      report();
      const ready = await makeReadyOrRefuse(planned, options, report);
      done += 1;
      return ready;
    });
    report();
    await send(made.filter((ready) => ready !== undefined), options);
  }
}
