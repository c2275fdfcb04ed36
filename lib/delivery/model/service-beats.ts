import { z } from "zod";

/** What services tell of themselves; every field may be missing, since an older version may still run. */
const citySchema = z.object({
  past: z.object({ done: z.number(), total: z.number() }).partial().optional(),
  fleets: z.object({ epoch: z.number().nullable(), sent: z.number(), skipped: z.string().nullable() }).partial().optional(),
});

const startSchema = z.object({
  services: z.array(z.object({ name: z.string(), state: z.enum(["running", "restarting", "refused", "stopped"]), restarts: z.number(), lastEnd: z.string().nullable() })),
  waitingFor: z.array(z.string()),
});

export type CityBeat = z.infer<typeof citySchema>;
export type StartBeat = z.infer<typeof startSchema>;
export type ServiceBeat = { service: string; secondsAgo: number; details: unknown };

/** Signs of life older than this are of processes that ended. */
const freshSeconds = 120;

function detailsOf<Schema extends z.ZodType>(beats: readonly ServiceBeat[], service: string, schema: Schema): z.output<Schema> | null {
  const beat = beats.find((one) => one.service === service && one.secondsAgo <= freshSeconds);
  const parsed = schema.safeParse(beat?.details);
  return parsed.success ? parsed.data : null;
}

/** What the demo city tells of itself; null while it does not run. */
export function cityOf(beats: readonly ServiceBeat[]): CityBeat | null {
  return detailsOf(beats, "city", citySchema);
}

/** The processes that one start looks after; null where something else starts them. */
export function startOf(beats: readonly ServiceBeat[]): StartBeat | null {
  return detailsOf(beats, "start", startSchema);
}
