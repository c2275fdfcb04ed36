import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { formatDuration } from "@/lib/kernel/format";
import { systemRandom } from "@/lib/kernel/random";
import type { Chain } from "@/lib/chain/gateway/provider";
import { localChainId } from "@/lib/chain/model/network";
import { refusalMessages } from "@/lib/chain/model/refusal";
import type { Region } from "@/lib/geo/model/region";
import { createApiClient, readAnswer } from "@/lib/ingest/gateway/api-client";
import { ApiDevice } from "@/lib/ingest/gateway/api-device";
import { DeviceStore } from "@/lib/ingest/gateway/device-store";
import { takeLock } from "@/lib/ingest/gateway/process-lock";
import { RunJournal } from "@/lib/ingest/gateway/run-journal";
import { localTickets, remoteTickets, type TicketSource } from "@/lib/ingest/gateway/tickets";
import { vehiclesOf, type PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import { contribute } from "@/lib/ingest/mutations/contribute";
import { assertSameHistogram, contributeByApi } from "@/lib/ingest/mutations/contribute-by-api";
import type { ContributeEvent, ReadyOptions } from "@/lib/ingest/mutations/make-ready";
import { finishPlans } from "@/lib/ingest/mutations/finish-plans";
import { planUpload, type UploadInput } from "@/lib/ingest/mutations/plan-upload";
import { readLocalAccounts, type Deployment } from "@/lib/platform/deployment";
import { env } from "@/lib/platform/env";
import { regionAnswerSchema } from "@/lib/releases/schema";
import { ensureFunds, openAccount } from "@/scripts/cli/account";
import { openFhe, type ProverChoice } from "@/scripts/cli/connect";
import type { Output } from "@/scripts/cli/output";
import { sealableAt } from "@/scripts/cli/publish";
import { markFailed } from "@/scripts/cli/run";
import { epochName, printReports } from "@/scripts/cli/upload-report";

export type UploadContext = {
  chain: Chain;
  deployment: Deployment;
  region: Region;
  output: Output;
  prover: ProverChoice;
  /** Whether to send to the chain from here and pay for it, instead of posting to the site. */
  isDirect: boolean;
  /** Whose gas it is then: the name of a key in LOCAL_DIR/keys, unless UPLOADER_KEY is set. */
  payer: string;
  /** What the device remembers: budgets, zones, unfinished plans and the journal of what was sent. */
  folder: string;
};

/** What a contribution takes on two slow cores, until the first one has been timed. */
const secondsPerProof = { native: 4, sdk: 30 };

async function openTickets({ network }: Chain): Promise<TicketSource> {
  const { TICKET_URL: url } = env();
  if (network.chainId === localChainId) {
    const { ticketSigner } = await readLocalAccounts();
    return localTickets(ticketSigner, { chainId: network.chainId, verifyingContract: network.addresses.histogram });
  }
  if (url !== undefined) return remoteTickets(url);
  throw new AppError("config.invalid", "Set TICKET_URL: where this network's tickets come from.");
}

/** Counts outcomes and shows progress while contributions are made. */
class UploadTally {
  accepted = 0;
  countedBefore = 0;
  refused = 0;
  waiting = 0;
  vehicles = 0;
  gasUsed = 0n;

  constructor(private readonly region: Region, private readonly output: Output) {}

  add(item: PlannedContribution, outcome: Extract<ContributeEvent, { type: "outcome" }>["outcome"]): void {
    const { output, region } = this;
    const place = item.kind === "fleet" ? { tile: item.tile } : { cover: item.cover };
    output.emit({ type: "outcome", epoch: item.epoch, ...place, vehicles: vehiclesOf(item), ...outcome });
    if (outcome.state === "counted-before") this.countedBefore += 1;
    if (outcome.state === "accepted") {
      this.accepted += 1;
      this.vehicles += vehiclesOf(item);
      this.gasUsed += outcome.gasUsed;
    }
    if (outcome.state === "waiting") {
      this.waiting += 1;
      output.say(`Not counted yet (epoch ${epochName(region, item.epoch)}): ${outcome.reason}.`);
    }
    if (outcome.state !== "refused") return;
    this.refused += 1;
    const reason = outcome.reason === "unknown" ? "for a reason that this version does not know" : refusalMessages[outcome.reason];
    output.say(`Refused (epoch ${epochName(region, item.epoch)}): ${reason}.`);
  }
}

type Way = (items: readonly PlannedContribution[], ready: ReadyOptions) => Promise<void>;

/** From here to the chain, paid by an account of this machine. */
async function openDirectWay({ chain, deployment, payer }: UploadContext): Promise<Way> {
  const sender = await openAccount(chain, { name: payer, givenKey: env().UPLOADER_KEY, variable: "UPLOADER_KEY" });
  await ensureFunds(chain, sender, { deployment });
  const tickets = await openTickets(chain);
  return (items, ready) => contribute(items, { ...ready, sender, tickets });
}

/** Through the site, which is asked first whether it is there and works with the same contract. */
async function openApiWay({ chain, region, folder, output }: UploadContext): Promise<Way> {
  const { SITE_URL, PORT } = env();
  const site = SITE_URL ?? `http://127.0.0.1:${PORT}`;
  const api = createApiClient(site);
  const answer = await createApiClient(site, { attempts: 2, timeoutMs: 10_000 }).GET("/regions/{slug}", { params: { path: { slug: region.slug } } }).catch((cause: unknown) => {
    throw new AppError("site.unreachable", `No site answers at ${site}. Start one with npm start, set SITE_URL, or send to the chain from here with --direct.`, { cause });
  });
  const { network } = readAnswer(regionAnswerSchema, answer);
  assertSameHistogram(chain.network.addresses.histogram, network.addresses.histogram, site);
  output.say(`Sending through ${site}.`);
  return (items, ready) => contributeByApi(items, { ...ready, device: new ApiDevice(api, folder) });
}

async function send(items: readonly PlannedContribution[], context: UploadContext, stores: { store: DeviceStore; journal: RunJournal }): Promise<UploadTally> {
  const { chain, deployment, region, prover, output } = context;
  const way = await (context.isDirect ? openDirectWay(context) : openApiWay(context));
  const fhe = await openFhe(deployment, output, prover);
  const tally = new UploadTally(region, output);
  const bar = output.progress("Encrypting", items.length);
  let waitingBar: ReturnType<Output["progress"]> | undefined;
  const onEvent = (event: ContributeEvent): void => {
    if (event.type === "encrypting") {
      const guess = event.done === 0 ? event.total * (fhe.provesNatively ? secondsPerProof.native : secondsPerProof.sdk) : undefined;
      bar.update(event.done, event.step?.stage === "waiting" ? "waiting for the relayer" : "", guess);
    }
    if (event.type === "waiting") {
      if (waitingBar === undefined) bar.stop();
      waitingBar ??= output.progress("On chain", event.total);
      waitingBar.update(event.done);
    }
    if (event.type === "outcome") tally.add(event.item, event.outcome);
  };
  try {
    await way(items, { chain, fhe, journal: stores.journal, random: systemRandom, onEvent });
  } finally {
    bar.stop();
    waitingBar?.stop();
    fhe.close();
    await finishPlans(stores.store, stores.journal);
  }
  return tally;
}

function summarizeRun(tally: UploadTally, items: readonly PlannedContribution[], { region, output }: UploadContext): void {
  const { accepted, countedBefore, refused, waiting, vehicles, gasUsed } = tally;
  output.emit({ type: "summary", contributions: items.length, accepted, countedBefore, refused, waiting, vehicles, gasUsed });
  const others = [[countedBefore, "counted by an earlier run"], [refused, "refused"], [waiting, "not counted yet"]] as const;
  const rest = others.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`).join("");
  output.say(`${accepted} of ${items.length} contributions counted${rest}${gasUsed > 0n ? `; ${gasUsed} gas` : ""}.`);
  const last = Math.max(...items.map(({ epoch }) => epoch));
  if (accepted > 0) output.say(`From ${new Date(sealableAt(region, last) * 1_000).toISOString()} on, npm run generate-heatmap -- --region ${region.slug} --out map.geojson publishes what was collected.`);
  if (refused > 0 || waiting > 0) markFailed();
}

function sayNothing(output: Output): void {
  output.emit({ type: "summary", contributions: 0, accepted: 0, countedBefore: 0, refused: 0, waiting: 0, vehicles: 0, gasUsed: 0n });
  output.say("Nothing is left to contribute: see the counts above. (A recording is counted once, also when it is uploaded again.)");
}

/**
 * Plans an upload, remembers it on the device, encrypts and sends it, and tells a person what became of it. What an
 * earlier run with one of the vehicles left unsent is sent first. Marks the run as failed when something was refused.
 */
export async function runUpload(context: UploadContext, input: UploadInput): Promise<void> {
  const { folder } = context;
  const unlock = await takeLock(path.join(folder, "lock"), "Another upload");
  try {
    await uploadLocked(input, context, { store: await DeviceStore.open(folder), journal: await RunJournal.open(folder) });
  } finally {
    await unlock();
  }
}

async function uploadLocked(input: UploadInput, context: UploadContext, stores: { store: DeviceStore; journal: RunJournal }): Promise<void> {
  const { chain, region, output } = context;
  const { store, journal } = stores;
  try {
    const { chainId, addresses } = chain.network;
    const { items, unfinished, prepared } = await planUpload(store, input, { chainId, histogram: addresses.histogram, regionId: region.id });
    if (prepared !== undefined) printReports(prepared, output);
    if (unfinished > 0) output.say(`${unfinished} contribution${unfinished === 1 ? "" : "s"} of an earlier run that was interrupted will be finished.`);
    if (items.length === 0) return sayNothing(output);
    const started = performance.now();
    const tally = await send(items, context, stores);
    summarizeRun(tally, items, context);
    output.say(`Done in ${formatDuration((performance.now() - started) / 1_000)}.`);
  } finally {
    await journal.close();
  }
}
