import { AppError } from "@/lib/kernel/errors";
import type { MarkedPlace } from "@/lib/privacy/model/zones";
import type { ProverChoice } from "@/scripts/cli/connect";
import { readArguments } from "@/scripts/cli/run";

export const uploadUsage = `Usage: npm run upload-data -- FILE… --region SLUG [options]

Encrypts recorded drives on this machine and adds them to a region's histograms.
One GPX file, or one trip id of a CSV file, is one vehicle's day.

  --region SLUG              the region to contribute to
  --fleet                    sum all vehicles here and send the planes of the sum (its tiles are public then)
  --zone LAT,LON,METRES      cut what lies around a place; may be given more than once
  --no-trim                  don't cut the ends of trips (only for data that show nobody's home)
  --shift-to now             move an old recording into the open epoch, for trying
  --time-zone ZONE           zone of times that name none, and in which days begin (such as America/Chicago)
  --dry-run                  show what would be counted and send nothing
  --direct                   send to the chain from here and pay for it, instead of through the site (SITE_URL)
  --engine-prover            prove with the engine (3 s), or
  --sdk-prover               with the relayer SDK (some 30 s); by default the engine where it is built
  --json                     one JSON object a line on stdout`;

export type UploadArguments = {
  files: readonly string[];
  region: string;
  isFleet: boolean;
  zones: readonly MarkedPlace[];
  trimEnds: boolean;
  shiftToNow: boolean;
  timeZone: string | undefined;
  isDryRun: boolean;
  isDirect: boolean;
  prover: ProverChoice;
};

function readZone(text: string): MarkedPlace {
  const parts = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const [latitude, longitude, metres] = parts;
  if (parts.length === 3 && latitude !== undefined && longitude !== undefined && metres !== undefined && parts.every(Number.isFinite)) {
    return { latitude, longitude, metres };
  }
  throw new AppError("zone.invalid", "A zone needs three numbers: --zone LAT,LON,METRES, in degrees and metres, such as --zone 41.88,-87.63,300.");
}

function chooseProver(values: { "engine-prover": boolean; "sdk-prover": boolean }): ProverChoice {
  if (values["engine-prover"] && values["sdk-prover"]) throw new AppError("usage.invalid", "Choose one of --engine-prover and --sdk-prover.");
  if (values["engine-prover"]) return "engine";
  return values["sdk-prover"] ? "sdk" : "automatic";
}

/** Reads the command's arguments. Throws `usage.invalid` and `zone.invalid`. */
export function readUploadArguments(args: readonly string[]): UploadArguments {
  const { positionals, values } = readArguments(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        region: { type: "string" },
        fleet: { type: "boolean", default: false },
        zone: { type: "string", multiple: true, default: [] },
        "no-trim": { type: "boolean", default: false },
        "shift-to": { type: "string" },
        "time-zone": { type: "string" },
        "dry-run": { type: "boolean", default: false },
        direct: { type: "boolean", default: false },
        "engine-prover": { type: "boolean", default: false },
        "sdk-prover": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    },
    uploadUsage,
  );
  if (positionals.length === 0) throw new AppError("usage.invalid", `Name at least one GPX or CSV file.\n\n${uploadUsage}`);
  if (values.region === undefined) throw new AppError("usage.invalid", `Name the region: --region SLUG.\n\n${uploadUsage}`);
  if (values["shift-to"] !== undefined && values["shift-to"] !== "now") throw new AppError("usage.invalid", 'A recording can be shifted to "now" only: --shift-to now.');
  return {
    files: positionals,
    region: values.region,
    isFleet: values.fleet,
    zones: values.zone.map(readZone),
    trimEnds: !values["no-trim"],
    shiftToNow: values["shift-to"] === "now",
    timeZone: values["time-zone"],
    isDryRun: values["dry-run"],
    isDirect: values.direct,
    prover: chooseProver(values),
  };
}
