import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { systemRandom } from "@/lib/kernel/random";
import { getNoiseProfile, getRegionBySlug } from "@/lib/chain/gateway/histogram";
import { readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { openEpochs, type EpochRange, type Region } from "@/lib/geo/model/region";
import { DeviceStore } from "@/lib/ingest/gateway/device-store";
import { shiftToEpoch } from "@/lib/ingest/model/shift-time";
import { prepareUpload, type UploadInput, type UploadVehicle } from "@/lib/ingest/mutations/plan-upload";
import { env } from "@/lib/platform/env";
import { verifyProfile } from "@/lib/privacy/model/noise-law";
import { openChain } from "@/scripts/cli/connect";
import type { Output } from "@/scripts/cli/output";
import { readVehicles } from "@/scripts/cli/read-vehicles";
import { runUpload } from "@/scripts/cli/run-upload";
import { runCommand } from "@/scripts/cli/run";
import { readUploadArguments, type UploadArguments } from "@/scripts/cli/upload-arguments";
import { epochName, printKept, printReports } from "@/scripts/cli/upload-report";

type Context = { chain: Chain; region: Region; args: UploadArguments; output: Output };

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
  const context = { chain, region, args, output };
  if (args.isDryRun) return preview(context);
  const folder = path.join(env().LOCAL_DIR, "uploads");
  await runUpload({ chain, deployment, region, output, prover: args.prover, isDirect: args.isDirect, payer: "uploader", folder }, await readInput(context));
});
