import { readFile } from "node:fs/promises";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { assertRegion } from "@/lib/geo/model/assert-region";
import { profileNames, type Region } from "@/lib/geo/model/region";
import { defaultCovers, tilesInBox } from "@/lib/geo/model/tile";

const whole = z.number().int().min(0);

/** ISO 8601 with its zone, or unix seconds; becomes unix seconds. */
const moment = z.union([whole, z.iso.datetime({ offset: true }).transform((text) => Math.floor(Date.parse(text) / 1_000))]);

/** An amount with a point, as text or number; stays text so that nothing is rounded. */
const amount = z.union([z.string(), z.number().transform(String)]).pipe(z.string().regex(/^\d{1,15}(\.\d{1,18})?$/, "must be an amount such as 0.50"));

const box = z.strictObject({ south: z.number(), west: z.number(), north: z.number(), east: z.number() });

/** What `npm run region -- create FILE.json` reads. Exactly one of `covers`, `tiles` and `box` names the tiles. */
export const regionFileSchema = z
  .strictObject({
    slug: z.string(),
    /** As it is shown to people; the chain has the slug only. */
    name: z.string().min(1).max(80).optional(),
    start: moment,
    epochSeconds: whole,
    graceSeconds: whole,
    /** Every epoch stays open until then: for studies of recorded drives. */
    studyUntil: moment.nullable().default(null),
    tileResolution: whole.max(13),
    /** Sets of 1 to 8 tiles. */
    covers: z.array(z.array(z.string()).min(1)).min(1).optional(),
    /** Tiles that are put into default covers: the 7 children of one H3 cell each. */
    tiles: z.array(z.string()).min(1).optional(),
    /** All tiles that touch the box, in default covers. Degrees. */
    box: box.optional(),
    /** p, above 0 and at most 1. */
    samplingRate: z.number(),
    /** L0, sampled visits of a vehicle and day. */
    visitsMax: whole,
    ticketsMin: whole,
    profile: z.enum(profileNames),
    /** km/h. */
    speedEdges: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    /** For one tile and epoch; without it the region is not put up for sale. */
    price: z.strictObject({ token: amount, eur: amount }).optional(),
  })
  .refine(({ covers, tiles, box: given }) => [covers, tiles, given].filter((part) => part !== undefined).length === 1, {
    message: "exactly one of covers, tiles and box must be there",
    path: ["covers"],
  });

export type RegionFile = z.infer<typeof regionFileSchema>;

/** The covers that the file names, in one of its three ways. Throws `tile.*`, `region.invalid`. */
function coversOf({ covers, tiles, box: given, tileResolution }: RegionFile): string[][] {
  if (covers !== undefined) return covers;
  return defaultCovers(tiles ?? (given === undefined ? [] : tilesInBox(given, tileResolution)));
}

/** The region that the file describes, checked. Throws `region.invalid`, `tile.*`. */
export function regionOf(file: RegionFile, chainId: number): Omit<Region, "id"> {
  const { slug, start, epochSeconds, graceSeconds, studyUntil, tileResolution, samplingRate, visitsMax, ticketsMin, profile, speedEdges } = file;
  const region = {
    slug, chainId, start, epochSeconds, graceSeconds, studyUntil, tileResolution, samplingRate, visitsMax, ticketsMin, profile, speedEdges,
    covers: coversOf(file),
  };
  assertRegion({ ...region, id: 0 });
  return region;
}

/** Reads a region's file. Throws `file.unreadable`, and `region.invalid` that names every bad value. */
export async function readRegionFile(file: string): Promise<RegionFile> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new AppError("file.unreadable", `${file} can't be opened. Check the path.`, { cause });
  });
  const parsed = regionFileSchema.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join(".") || "file"}: ${issue.message}`);
  throw new AppError("region.invalid", `${file} does not describe a region:\n${faults.join("\n")}`);
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("region.invalid", `${file} is not JSON: ${cause instanceof Error ? cause.message : ""}`, { cause });
  }
}

/** An amount with a point in the smallest units of its currency. Throws `region.invalid` when it has more decimals than those. */
export function parseAmount(text: string, decimals: number): bigint {
  const [units = "", fraction = ""] = text.split(".");
  if (fraction.length > decimals) throw new AppError("region.invalid", `The amount ${text} has more than ${decimals} decimals.`);
  return BigInt(units) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, "0") || "0");
}
