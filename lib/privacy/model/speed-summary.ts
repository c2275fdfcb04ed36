import { classBounds } from "@/lib/geo/model/speed-class";
import type { SpeedEdges } from "@/lib/geo/model/region";

/** Speeds that 15, 50 and 85 % of the visits do not exceed, km/h. */
export type Percentiles = { readonly p15: number; readonly p50: number; readonly p85: number };

/** The middle of each class, km/h: what a visit of the class is taken to have driven. */
export function classMiddles(edges: SpeedEdges): readonly number[] {
  return classBounds(edges).map(([low, high]) => (low + high) / 2);
}

/** Mean speed in km/h of counts per class (none negative), each class at its middle; null when all are zero. */
export function meanSpeed(counts: readonly number[], middles: readonly number[]): number | null {
  let [total, sum] = [0, 0];
  for (let index = 0; index < middles.length; index += 1) {
    const count = counts[index] ?? 0;
    total += count;
    sum += count * (middles[index] ?? 0);
  }
  return total > 0 ? sum / total : null;
}

/** The speed that a share 0..1 of the visits does not exceed, interpolated evenly inside its class; null when all counts are zero. */
export function percentileSpeed(counts: readonly number[], edges: SpeedEdges, share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return null;
  let below = 0;
  for (const [index, [low, high]] of classBounds(edges).entries()) {
    const count = counts[index] ?? 0;
    if (count > 0 && below + count >= share * total) return low + (high - low) * Math.max(0, (share * total - below) / count);
    below += count;
  }
  return classBounds(edges).at(-1)?.[1] ?? null;
}

/** The three usual percentiles; null when all counts are zero. */
export function percentilesOf(counts: readonly number[], edges: SpeedEdges): Percentiles | null {
  const [p15, p50, p85] = [0.15, 0.5, 0.85].map((share) => percentileSpeed(counts, edges, share));
  return typeof p15 === "number" && typeof p50 === "number" && typeof p85 === "number" ? { p15, p50, p85 } : null;
}
