import { z } from "zod";
import type { CellEstimate } from "@/lib/privacy/model/decode-release";

const estimateSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });

/** One cell of the sample, rounded to whole vehicles and km/h. */
export const sampleCellSchema = z.object({
  cell: z.string(),
  /** Null when the cell is not shown. */
  vehicles: estimateSchema.nullable(),
  speed: estimateSchema.nullable(),
  nearThreshold: z.boolean(),
});

/** One published epoch of a simulated region, bought, opened and decrypted by the site for everybody to see. */
export const sampleSchema = z.object({
  slug: z.string(),
  name: z.string(),
  epoch: z.number().int(),
  /** Unix seconds. */
  start: z.number().int(),
  end: z.number().int(),
  takenAt: z.number().int(),
  /** The marketplace that it was bought from: a reset network has another one. */
  marketplace: z.string(),
  threshold: z.number().int(),
  cells: z.array(sampleCellSchema),
});

export type SampleCell = z.infer<typeof sampleCellSchema>;
export type Sample = z.infer<typeof sampleSchema>;

const round = ({ value, low, high }: { value: number; low: number; high: number }) => ({ value: Math.round(value), low: Math.round(low), high: Math.round(high) });

/** What the front page needs of a cell's estimate. */
export function sampleCellOf(estimate: CellEstimate): SampleCell {
  if (!estimate.shown) return { cell: estimate.cell, vehicles: null, speed: null, nearThreshold: false };
  const { cell, vehicles, speed, nearThreshold } = estimate;
  return { cell, vehicles: round(vehicles), speed: speed === null ? null : round({ value: speed.mean, low: speed.low, high: speed.high }), nearThreshold };
}
