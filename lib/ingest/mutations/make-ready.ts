import "server-only";
import { isSpent } from "@/lib/chain/gateway/histogram";
import type { Chain } from "@/lib/chain/gateway/provider";
import type { Refusal } from "@/lib/chain/model/refusal";
import type { FheClient, FheProgress } from "@/lib/fhe/model/client";
import type { RunJournal } from "@/lib/ingest/gateway/run-journal";
import type { PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import { prepareItem } from "@/lib/ingest/mutations/prepare-item";
import type { PreparedItem } from "@/lib/ingest/schema";
import { isAppError } from "@/lib/kernel/errors";
import type { RandomSource } from "@/lib/kernel/random";

/** What became of one planned contribution. */
export type ContributeOutcome =
  | { state: "accepted"; transaction: string | null; gasUsed: bigint }
  /** Counted by an earlier run. */
  | { state: "counted-before" }
  | { state: "refused"; reason: Refusal | "unknown" }
  /** Posted, but neither counted nor refused yet: the site's operator has to look at it, or it takes long. */
  | { state: "waiting"; reason: string };

export type ContributeEvent =
  | { type: "encrypting"; done: number; total: number; step?: FheProgress }
  | { type: "sending"; items: number }
  /** Posted to the site: so many of those posted are on chain. */
  | { type: "waiting"; done: number; total: number }
  | { type: "outcome"; item: PlannedContribution; outcome: ContributeOutcome };

export type ReadyOptions = {
  chain: Chain;
  fhe: Pick<FheClient, "encryptWords">;
  journal: RunJournal;
  random: RandomSource;
  onEvent?: (event: ContributeEvent) => void;
};

/** A planned contribution, encrypted and signed. */
export type Ready = { planned: PlannedContribution; item: PreparedItem };

/** How an earlier run left an item: counted, ready to be sent, or to be made. */
async function recall(planned: PlannedContribution, { chain, journal }: ReadyOptions): Promise<"counted" | PreparedItem | undefined> {
  const record = journal.find(planned.id);
  if (record === undefined || record.state === "refused") return undefined;
  if (record.state === "accepted") return "counted";
  if (!(await isSpent(chain, record.item.oneTimeAddress))) return record.item;
  await journal.append({ type: "accepted", id: planned.id, transaction: null });
  return "counted";
}

async function makeReady(planned: PlannedContribution, options: ReadyOptions, onStep: (step: FheProgress) => void): Promise<Ready | undefined> {
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
export async function makeReadyOrRefuse(planned: PlannedContribution, options: ReadyOptions, onStep: (step: FheProgress) => void): Promise<Ready | undefined> {
  try {
    return await makeReady(planned, options, onStep);
  } catch (error) {
    if (!isAppError(error, "fhe.proof-refused")) throw error;
    options.onEvent?.({ type: "outcome", item: planned, outcome: { state: "refused", reason: "invalid-proof" } });
    return undefined;
  }
}
