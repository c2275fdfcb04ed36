import { z } from "zod";

/** One measured figure. Comparisons are ratios whose two sides were timed in the same run. */
export const measurementSchema = z.object({
  name: z.string().min(1),
  value: z.number(),
  unit: z.string(),
  /** Samples behind the value. */
  n: z.number().int().positive(),
  note: z.string().optional(),
});

export type Measurement = z.infer<typeof measurementSchema>;

/** The middle value; of an even number, the mean of the two in the middle. Throws a RangeError on none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  if (high === undefined || low === undefined) throw new RangeError("the median of nothing");
  return (low + high) / 2;
}
