import { z } from "zod";
import type { Region } from "@/lib/geo/model/region";
import type { TrackPoint } from "@/lib/geo/model/track";
import { COUNTERS } from "@/lib/geo/model/words";

/** The demo city's parameters: three covers of four tiles in Chicago, hourly, the standard noise. */
export const sampleDriveParameters: Omit<Region, "id" | "slug" | "start"> = {
  epochSeconds: 3600,
  graceSeconds: 0,
  studyUntil: null,
  tileResolution: 7,
  samplingRate: 1 / 8,
  visitsMax: 8,
  ticketsMin: 20,
  profile: "standard",
  speedEdges: [10, 25, 40, 55],
  covers: [
    // The Loop, River North, Lincoln Park, the South Loop with the lake front.
    ["872664c1affffff", "872664c1effffff", "872664c13ffffff", "872664c1bffffff"],
    // Near West Side, West Town, Garfield Park, Wicker Park.
    ["872664ca9ffffff", "872664cadffffff", "872664ca8ffffff", "872664cacffffff"],
    // Pilsen, Chinatown and Bridgeport, Heart of Chicago, North Lawndale.
    ["872664cf4ffffff", "872664cf5ffffff", "872664cf6ffffff", "872664cabffffff"],
  ],
};

/** The region that the sample drive is followed in: on Tuesday, 6 October 2026, from 17:00 on in Chicago. */
export const sampleDriveRegion: Region = { ...sampleDriveParameters, id: 0, slug: "sample", start: Date.UTC(2026, 9, 6, 22) / 1000 };

const fileSchema = z.object({
  /** Seconds after the region's start, latitude, longitude. */
  points: z.array(z.tuple([z.number(), z.number(), z.number()])),
  others: z.record(z.string(), z.object({ tickets: z.number().int(), counts: z.array(z.number().int()).length(COUNTERS) })),
});

/** What everybody else contributed to one tile in the drive's hour: contributions, and the sums of their 245 bits. */
export type OthersTraffic = { readonly tickets: number; readonly counts: readonly number[] };

export type SampleDrive = {
  readonly points: readonly TrackPoint[];
  /** By tile. */
  readonly others: Readonly<Record<string, OthersTraffic>>;
};

/** Reads the drive that `scripts/make-sample-drive.ts` simulated on the real streets. Throws when the file is damaged. */
export function parseSampleDrive(file: unknown): SampleDrive {
  const { points, others } = fileSchema.parse(file);
  return {
    points: points.map(([seconds, latitude, longitude]) => ({ vehicle: "sample", timeMs: 1000 * (sampleDriveRegion.start + seconds), latitude, longitude })),
    others,
  };
}
