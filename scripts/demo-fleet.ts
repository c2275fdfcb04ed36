import { createWriteStream } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "@/lib/kernel/errors";
import { systemRandom } from "@/lib/kernel/random";
import { getNoiseProfile, getRegionBySlug } from "@/lib/chain/gateway/histogram";
import { readChainClock } from "@/lib/chain/gateway/provider";
import { localChainId } from "@/lib/chain/model/network";
import type { Region } from "@/lib/geo/model/region";
import { hashVehicle } from "@/lib/ingest/model/vehicle-hash";
import type { UploadInput } from "@/lib/ingest/mutations/plan-upload";
import { env } from "@/lib/platform/env";
import { verifyProfile } from "@/lib/privacy/model/noise-law";
import { chooseEpoch, drivingWindow, simulateEpoch, toCsv } from "@/local/city/demo-fleet";
import { readStreets, type Streets } from "@/local/city/streets";
import type { SimulatedVehicle } from "@/local/city/traffic";
import { openChain } from "@/scripts/cli/connect";
import { type DemoFleetArguments, readDemoFleetArguments } from "@/scripts/cli/demo-fleet-arguments";
import type { Output } from "@/scripts/cli/output";
import { runCommand } from "@/scripts/cli/run";
import { runUpload } from "@/scripts/cli/run-upload";

type Scene = { region: Region; epoch: number; streets: Streets; args: DemoFleetArguments; output: Output };

/** One fleet after the other, each with a seed of its own; vehicles are named by theirs. */
function* simulateFleets({ region, epoch, streets, args, output }: Scene): Generator<SimulatedVehicle[]> {
  const { fromMs, toMs } = drivingWindow(region, epoch);
  const window = `${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`;
  for (let index = 0; index < args.fleets; index += 1) {
    const seed = args.seed + index;
    const fleet = simulateEpoch(region, { streets, epoch, vehicles: args.vehicles, seed });
    const points = fleet.reduce((sum, vehicle) => sum + vehicle.points.length, 0);
    output.say(`Fleet ${index + 1} of ${args.fleets}: ${fleet.length} simulated vehicles on Chicago's streets, seed ${seed}, ${points} positions, ${window}.`);
    output.emit({ type: "fleet", simulated: true, seed, vehicles: fleet.length, positions: points, epoch, fromMs, toMs });
    yield fleet;
  }
}

async function writeFleets(scene: Scene, file: string): Promise<void> {
  const fleets = [...simulateFleets(scene)].flat();
  await pipeline(Readable.from(toCsv(fleets)), createWriteStream(file)).catch((cause: unknown) => {
    throw new AppError("file.unreadable", `${file} can't be written. Check the path.`, { cause });
  });
  const { region } = scene;
  scene.output.say(`Wrote ${file}. Nothing was sent: npm run upload-data -- ${file} --region ${region.slug} --fleet --no-trim`);
  scene.output.emit({ type: "written", simulated: true, file, vehicles: fleets.length });
}

/** Nobody lives where simulated trips end, so their ends are not cut; fleets would cut most of the tile for each other. */
function inputOf(fleet: readonly SimulatedVehicle[], { region, epoch, args }: Scene): UploadInput {
  const vehicles = fleet.map(({ vehicle, points }) => ({ id: vehicle, hash: hashVehicle(vehicle, points), points }));
  return { region, vehicles, isFleet: !args.isSingle, marked: [], trimEnds: false, open: { first: epoch, last: epoch }, random: systemRandom };
}

await runCommand(async (output) => {
  const args = readDemoFleetArguments(process.argv.slice(2));
  const { chain, deployment } = await openChain();
  if (chain.network.chainId !== localChainId) {
    throw new AppError("chain.wrong-network", `Simulated vehicles are sent to the local network only; this is chain ${chain.network.chainId}.`);
  }
  const region = await getRegionBySlug(chain, args.region);
  verifyProfile(await getNoiseProfile(chain, region.profile), region.profile);
  const epoch = chooseEpoch(region, (await readChainClock(chain)).time, args.epoch);
  const scene: Scene = { region, epoch, streets: await readStreets(), args, output };
  if (args.out !== undefined) return writeFleets(scene, args.out);
  const folder = path.join(env().LOCAL_DIR, "demo-fleet");
  for (const fleet of simulateFleets(scene)) {
    await runUpload({ chain, deployment, region, output, prover: "automatic", isDirect: args.isDirect, payer: "demo-fleet", folder }, inputOf(fleet, scene));
  }
});
