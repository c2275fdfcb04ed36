import "server-only";
import { isAppError } from "@/lib/kernel/errors";
import type { RandomSource } from "@/lib/kernel/random";
import { isSpent } from "@/lib/chain/gateway/histogram";
import { mapLimited } from "@/lib/chain/model/map-limited";
import type { Refusal } from "@/lib/chain/model/refusal";
import type { FheClient, FheProgress } from "@/lib/fhe/model/client";
import type { RunJournal } from "@/lib/ingest/gateway/run-journal";
import { planBatches } from "@/lib/ingest/model/batch-plan";
import { valuesOf, type PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import { prepareItem } from "@/lib/ingest/mutations/prepare-item";
import { sendBatch, type SendOptions } from "@/lib/ingest/mutations/send-batch";
import type { PreparedItem } from "@/lib/ingest/schema";

/** What became of one planned contribution. */
export type ContributeOutcome =
  | { state: "accepted"; transaction: string | null; gasUsed: bigint }
  /** Counted by an earlier run. */
  | { state: "counted-before" }
  | { state: "refused"; reason: Refusal | "unknown" };

export type ContributeEvent =
  | { type: "encrypting"; done: number; total: number; step?: FheProgress }
  | { type: "sending"; items: number }
  | { type: "outcome"; item: PlannedContribution; outcome: ContributeOutcome };

export type ContributeOptions = SendOptions & {
  fhe: Pick<FheClient, "encryptWords">;
  journal: RunJournal;
  random: RandomSource;
  onEvent?: (event: ContributeEvent) => void;
};

/** While one input is being attested, the next is proven. */
const itemsAtOnce = 2;

type Ready = { planned: PlannedContribution; item: PreparedItem };

/** How an earlier run left an item: counted, ready to be sent, or to be made. */
async function recall(planned: PlannedContribution, { chain, journal }: ContributeOptions): Promise<"counted" | PreparedItem | undefined> {
  const record = journal.find(planned.id);
  if (record === undefined || record.state === "refused") return undefined;
  if (record.state === "accepted") return "counted";
  if (!(await isSpent(chain, record.item.oneTimeAddress))) return record.item;
  await journal.append({ type: "accepted", id: planned.id, transaction: null });
  return "counted";
}

async function makeReady(planned: PlannedContribution, options: ContributeOptions, onStep: (step: FheProgress) => void): Promise<Ready | undefined> {
  const recalled = await recall(planned, options);
  if (recalled === "counted") {
    options.onEvent?.({ type: "outcome", item: planned, outcome: { state: "counted-before" } });
    return undefined;
  }
  if (recalled !== undefined) return { planned, item: recalled };
  const { chainId, addresses } = options.chain.network;
  const histogram = { chainId, verifyingContract: addresses.histogram };
  const item = await prepareItem(planned, { fhe: options.fhe, histogram, random: options.random, onProgress: onStep });
  await options.journal.append({ type: "prepared", id: planned.id, item });
  return { planned, item };
}

/** A refused proof concerns one item; the others go on. Everything else ends the run, which can be resumed. */
async function makeReadyOrRefuse(planned: PlannedContribution, options: ContributeOptions, onStep: (step: FheProgress) => void): Promise<Ready | undefined> {
  try {
    return await makeReady(planned, options, onStep);
  } catch (error) {
    if (!isAppError(error, "fhe.proof-refused")) throw error;
    options.onEvent?.({ type: "outcome", item: planned, outcome: { state: "refused", reason: "invalid-proof" } });
    return undefined;
  }
}

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
