import "server-only";
import { AppError, isAppError, type ErrorCode } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import { mapLimited } from "@/lib/chain/model/map-limited";
import { refusals, type Refusal } from "@/lib/chain/model/refusal";
import type { FheProgress } from "@/lib/fhe/model/client";
import type { ApiDevice } from "@/lib/ingest/gateway/api-device";
import type { PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import { makeReadyOrRefuse, type ContributeOutcome, type Ready, type ReadyOptions } from "@/lib/ingest/mutations/make-ready";

export type ApiWay = ReadyOptions & {
  device: Pick<ApiDevice, "post" | "ask">;
  /** Milliseconds without any contribution getting on chain, after which waiting ends; default 10 minutes. */
  patienceMs?: number;
};

/** While one input is being attested, the next is proven. */
const itemsAtOnce = 2;
const asksAtOnce = 8;
const pauseMs = { least: 1_000, perItem: 100, most: 15_000 };
const patienceMsUsual = 10 * 60_000;

type Posted = { planned: PlannedContribution; id: string };

/** Refusals of the site that are about one item; the others go on. */
const itemRefusals: Partial<Record<ErrorCode, Refusal | "unknown">> = {
  "epoch.closed": "epoch-not-open",
  "ticket.expired": "ticket-expired",
  "ticket.invalid": "bad-ticket",
  "contribution.refused": "unknown",
  "contribution.conflict": "address-spent",
  "region.import-only": "import-only",
};

const known = new Set<string>(refusals);

function isRefusal(text: string | null): text is Refusal {
  return text !== null && known.has(text);
}

async function settle(planned: PlannedContribution, outcome: ContributeOutcome, { journal, onEvent }: ApiWay): Promise<void> {
  const { id } = planned;
  if (outcome.state === "accepted") await journal.append({ type: "accepted", id, transaction: outcome.transaction });
  if (outcome.state === "refused") await journal.append({ type: "refused", id, reason: outcome.reason });
  onEvent?.({ type: "outcome", item: planned, outcome });
}

/** The id under which an earlier run posted the item, when the site still knows it. */
async function recallPost(planned: PlannedContribution, { journal, device }: ApiWay): Promise<string | undefined> {
  const record = journal.find(planned.id);
  if (record?.state !== "prepared" || record.contribution === undefined) return undefined;
  try {
    return (await device.ask(record.contribution)).id;
  } catch (error) {
    if (isAppError(error, "contribution.unknown")) return undefined; // its database is new
    throw error;
  }
}

async function postReady({ planned, item }: Ready, options: ApiWay): Promise<string> {
  const contribution = (await recallPost(planned, options)) ?? (await options.device.post(item));
  await options.journal.append({ type: "posted", id: planned.id, contribution });
  return contribution;
}

async function postOne(planned: PlannedContribution, options: ApiWay, onStep: (step: FheProgress) => void): Promise<Posted | undefined> {
  const ready = await makeReadyOrRefuse(planned, options, onStep);
  if (ready === undefined) return undefined;
  try {
    return { planned, id: await postReady(ready, options) };
  } catch (error) {
    const reason = isAppError(error) ? itemRefusals[error.code] : undefined;
    if (reason === undefined) throw error;
    await settle(planned, { state: "refused", reason }, options);
    return undefined;
  }
}

/** What became of a posted contribution; undefined while it is on its way. */
async function findOutcome({ id }: Posted, { device }: ApiWay): Promise<ContributeOutcome | undefined> {
  const { state, reason, transaction } = await device.ask(id);
  if (state === "accepted") return { state, transaction, gasUsed: 0n };
  if (state === "refused") return { state, reason: isRefusal(reason) ? reason : "unknown" };
  return state === "stalled" ? { state: "waiting", reason: `the site's operator has to look at it: ${reason ?? "no reason given"}` } : undefined;
}

async function waitForAll(posted: readonly Posted[], options: ApiWay): Promise<void> {
  const { onEvent, patienceMs = patienceMsUsual } = options;
  let open = [...posted];
  let movedMs = performance.now();
  while (open.length > 0) {
    onEvent?.({ type: "waiting", done: posted.length - open.length, total: posted.length });
    const outcomes = await mapLimited(open, asksAtOnce, (one) => findOutcome(one, options));
    const left = open.filter((_, index) => outcomes[index] === undefined);
    for (const [index, outcome] of outcomes.entries()) {
      const one = open[index];
      if (one !== undefined && outcome !== undefined) await settle(one.planned, outcome, options);
    }
    if (left.length < open.length) movedMs = performance.now();
    open = left;
    if (open.length > 0 && performance.now() - movedMs > patienceMs) break;
    if (open.length > 0) await delay(Math.min(pauseMs.most, pauseMs.least + pauseMs.perItem * open.length));
  }
  for (const { planned } of open) await settle(planned, { state: "waiting", reason: "it is not on chain yet; run the command again to see what became of it" }, options);
}

/**
 * The use case "contribute" through a site: each planned contribution is encrypted for a one-time address, signed and
 * posted, and waited for until the chain has counted or refused it; its outcome is reported by `onEvent`, one for each item.
 *
 * Safe to repeat after an interruption at any moment: an item is in the journal before it is posted, and an item of the
 * journal is posted again as it is, which the site answers as before. Never counts a vehicle twice.
 * Throws `fhe.*`, `relayer.*`, `chain.*`, `site.unreachable`, `ticket.quota`, `device.too-many`; what was posted stays posted.
 */
export async function contributeByApi(items: readonly PlannedContribution[], options: ApiWay): Promise<void> {
  let done = 0;
  const report = (step?: FheProgress): void =>
    options.onEvent?.({ type: "encrypting", done, total: items.length, ...(step === undefined ? {} : { step }) });
  const posted = await mapLimited(items, itemsAtOnce, async (planned) => {
    report();
    const one = await postOne(planned, options, report);
    done += 1;
    return one;
  });
  report();
  await waitForAll(posted.filter((one) => one !== undefined), options);
}

/** Throws `config.invalid` unless the site works with the same contract: a contribution is encrypted for one only. */
export function assertSameHistogram(ours: string, theirs: string, site: string): void {
  if (ours.toLowerCase() === theirs.toLowerCase()) return;
  throw new AppError("config.invalid", `The site at ${site} works with another histogram contract (${theirs}). Check SITE_URL and NETWORK.`);
}
