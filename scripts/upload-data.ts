import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { formatDuration } from "@/lib/kernel/format";
import { systemRandom } from "@/lib/kernel/random";
import { getNoiseProfile, getRegionBySlug } from "@/lib/chain/gateway/histogram";
import { readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { localChainId } from "@/lib/chain/model/network";
import { refusalMessages } from "@/lib/chain/model/refusal";
import { epochClosesAt, openEpochs, type EpochRange, type Region } from "@/lib/geo/model/region";
import { DeviceStore } from "@/lib/ingest/gateway/device-store";
import { takeLock } from "@/lib/ingest/gateway/process-lock";
import { RunJournal } from "@/lib/ingest/gateway/run-journal";
import { localTickets, remoteTickets, type TicketSource } from "@/lib/ingest/gateway/tickets";
import { vehiclesOf, type PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import { shiftToEpoch } from "@/lib/ingest/model/shift-time";
import { contribute, type ContributeEvent } from "@/lib/ingest/mutations/contribute";
import { finishPlans } from "@/lib/ingest/mutations/finish-plans";
import { planUpload, prepareUpload, type UploadInput, type UploadVehicle } from "@/lib/ingest/mutations/plan-upload";
import { readLocalAccounts, type Deployment } from "@/lib/platform/deployment";
import { env } from "@/lib/platform/env";
import { verifyProfile } from "@/lib/privacy/model/noise-law";
import { ensureFunds, openAccount } from "@/scripts/cli/account";
import { openChain, openFhe } from "@/scripts/cli/connect";
import type { Output } from "@/scripts/cli/output";
import { readVehicles } from "@/scripts/cli/read-vehicles";
import { markFailed, runCommand } from "@/scripts/cli/run";
import { readUploadArguments, type UploadArguments } from "@/scripts/cli/upload-arguments";
import { epochName, printKept, printReports } from "@/scripts/cli/upload-report";

type Context = { chain: Chain; deployment: Deployment; region: Region; args: UploadArguments; output: Output };

function requireOpen(region: Region, now: number): EpochRange {
  const open = openEpochs(region, now);
  if (open !== null && open.first <= open.last) return open;
  throw new AppError("epoch.closed", `Region ${region.slug} takes no contributions yet: it begins at ${epochName(region, 0)}.`);
}

function shift(vehicles: readonly UploadVehicle[], { region, open, output }: { region: Region; open: EpochRange; output: Output }): UploadVehicle[] {
  output.say(`The recording is moved in time: it counts as driven from ${epochName(region, open.last)} on. For trying only.`);
  output.emit({ type: "shifted", epoch: open.last, epochStart: epochName(region, open.last) });
  return vehicles.map((vehicle) => ({ ...vehicle, points: shiftToEpoch(vehicle.points, region, open.last) }));
}

async function readInput({ chain, region, args, output }: Context): Promise<UploadInput> {
  const given = await readVehicles(args.files, { timeZone: args.timeZone, onNotice: (notice) => output.say(notice) });
  output.say(`${given.length} vehicle${given.length === 1 ? "" : "s"} in ${args.files.length} file${args.files.length === 1 ? "" : "s"}, for region ${region.slug}:`);
  const open = requireOpen(region, (await readChainClock(chain)).time);
  const vehicles = args.shiftToNow ? shift(given, { region, open, output }) : given;
  return {
    region,
    vehicles,
    isFleet: args.isFleet,
    marked: args.zones,
    trimEnds: args.trimEnds,
    open,
    random: systemRandom,
    ...(args.timeZone === undefined ? {} : { timeZone: args.timeZone }),
  };
}

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
    if (outcome.state !== "refused") return;
    this.refused += 1;
    const reason = outcome.reason === "unknown" ? "for a reason that this version does not know" : refusalMessages[outcome.reason];
    output.say(`Refused (epoch ${epochName(region, item.epoch)}): ${reason}.`);
  }
}

async function send(items: readonly PlannedContribution[], context: Context, stores: { store: DeviceStore; journal: RunJournal }): Promise<UploadTally> {
  const { chain, deployment, region, args, output } = context;
  const sender = await openAccount(chain, { name: "uploader", givenKey: env().UPLOADER_KEY, variable: "UPLOADER_KEY" });
  await ensureFunds(chain, sender, { deployment });
  const fhe = await openFhe(deployment, output, args.prover);
  const tally = new UploadTally(region, output);
  const bar = output.progress("Encrypting", items.length);
  try {
    await contribute(items, {
      chain, sender, fhe, journal: stores.journal, tickets: await openTickets(chain), random: systemRandom,
      onEvent: (event) => {
        if (event.type === "encrypting") bar.update(event.done, event.step?.stage === "waiting" ? "waiting for the relayer" : "");
        if (event.type === "outcome") tally.add(event.item, event.outcome);
      },
    });
  } finally {
    bar.stop();
    fhe.close();
    await finishPlans(stores.store, stores.journal);
  }
  return tally;
}

function summarizeRun(tally: UploadTally, items: readonly PlannedContribution[], { region, output }: Context): void {
  const { accepted, countedBefore, refused, vehicles, gasUsed } = tally;
  output.emit({ type: "summary", contributions: items.length, accepted, countedBefore, refused, vehicles, gasUsed });
  output.say(`${accepted} of ${items.length} contributions counted${countedBefore > 0 ? `, ${countedBefore} counted by an earlier run` : ""}${refused > 0 ? `, ${refused} refused` : ""}; ${gasUsed} gas.`);
  const last = Math.max(...items.map(({ epoch }) => epoch));
  if (accepted > 0) output.say(`The newest epoch takes contributions until ${new Date(epochClosesAt(region, last) * 1_000).toISOString()}; then npm run generate-heatmap -- --region ${region.slug} publishes it.`);
  if (refused > 0) markFailed();
}

async function upload(context: Context): Promise<void> {
  const input = await readInput(context);
  const folder = path.join(env().LOCAL_DIR, "uploads");
  const unlock = await takeLock(path.join(folder, "lock"), "Another upload");
  try {
    await uploadLocked(input, context, { store: await DeviceStore.open(folder), journal: await RunJournal.open(folder) });
  } finally {
    await unlock();
  }
}

async function uploadLocked(input: UploadInput, context: Context, stores: { store: DeviceStore; journal: RunJournal }): Promise<void> {
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

function sayNothing(output: Output): void {
  output.emit({ type: "summary", contributions: 0, accepted: 0, countedBefore: 0, refused: 0, vehicles: 0, gasUsed: 0n });
  output.say("Nothing is left to contribute: see the counts above. (A recording is counted once, also when it is uploaded again.)");
}

async function preview(context: Context): Promise<void> {
  const { region, output } = context;
  const input = await readInput(context);
  const { state } = await DeviceStore.open(path.join(env().LOCAL_DIR, "uploads"));
  const prepared = prepareUpload(input, { zones: state.zones, books: {} });
  printReports(prepared, output);
  output.say("Would be counted:");
  printKept(prepared.items, region, output);
  const known = input.vehicles.filter(({ hash }) => state.books[hash] !== undefined).length;
  if (known > 0) output.say(`${known} of these recordings were uploaded before; what was counted then would not be counted again.`);
  output.say("Nothing was sent. Sampling is drawn anew for each run.");
}

await runCommand(async (output) => {
  const args = readUploadArguments(process.argv.slice(2));
  const { chain, deployment } = await openChain();
  const region = await getRegionBySlug(chain, args.region);
  verifyProfile(await getNoiseProfile(chain, region.profile), region.profile);
  if (region.profile === "demo") output.say("This region has demonstration parameters: not for real people.");
  await (args.isDryRun ? preview : upload)({ chain, deployment, region, args, output });
});
