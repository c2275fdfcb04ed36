import { AppError } from "@/lib/kernel/errors";
import { systemRandom, uniformInt } from "@/lib/kernel/random";
import { loopPilotSlug } from "@/local/city/loop-pilot";
import { readArguments } from "@/scripts/cli/run";

export const demoFleetUsage = `Usage: npm run demo-fleet -- [options]

Simulates a fleet on Chicago's real streets and sends it as an operator would:
summed on this machine, encrypted, as one contribution. Nobody drove. Local network only.

  --vehicles N      vehicles of a fleet, 1 to 1000 (73)
  --fleets N        how many such fleets, 1 to 10 (1)
  --seed N          equal seeds drive the same ways (drawn, and printed)
  --region SLUG     the region to drive in (${loopPilotSlug})
  --epoch WHEN      "open", or a time within the epoch, such as 2026-06-10T17:00:00Z (open)
  --single          send the vehicles one by one, as their owners would
  --direct          send to the chain from here, instead of through the site (SITE_URL)
  --out FILE.csv    write the positions for upload-data, and send nothing
  --json            one JSON object a line on stdout`;

export type DemoFleetArguments = {
  vehicles: number;
  fleets: number;
  seed: number;
  region: string;
  /** Unix seconds within the epoch. */
  epoch: number | "open";
  isSingle: boolean;
  isDirect: boolean;
  out: string | undefined;
};

const SEED_MAX = 999_999;

function readWhole(text: string, { name, max, min = 1 }: { name: string; max: number; min?: number }): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new AppError("usage.invalid", `${name} must be a whole number from ${min} to ${max}.\n\n${demoFleetUsage}`);
}

function readEpoch(text: string): number | "open" {
  if (text === "open") return "open";
  const time = /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time / 1000;
  throw new AppError("usage.invalid", `--epoch must be "open" or a time with its zone, such as 2026-06-10T17:00:00Z.\n\n${demoFleetUsage}`);
}

/** Reads the command's arguments. Throws `usage.invalid`. */
export function readDemoFleetArguments(args: readonly string[]): DemoFleetArguments {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        vehicles: { type: "string", default: "73" },
        fleets: { type: "string", default: "1" },
        seed: { type: "string" },
        region: { type: "string", default: loopPilotSlug },
        epoch: { type: "string", default: "open" },
        single: { type: "boolean", default: false },
        direct: { type: "boolean", default: false },
        out: { type: "string" },
        json: { type: "boolean", default: false },
      },
    },
    demoFleetUsage,
  );
  return {
    vehicles: readWhole(values.vehicles, { name: "--vehicles", max: 1000 }),
    fleets: readWhole(values.fleets, { name: "--fleets", max: 10 }),
    seed: values.seed === undefined ? uniformInt(systemRandom, SEED_MAX) : readWhole(values.seed, { name: "--seed", min: 0, max: SEED_MAX }),
    region: values.region,
    epoch: readEpoch(values.epoch),
    isSingle: values.single,
    isDirect: values.direct,
    out: values.out,
  };
}
