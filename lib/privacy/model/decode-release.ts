import type { Region } from "@/lib/geo/model/region";
import { classBounds, SPEED_CLASSES } from "@/lib/geo/model/speed-class";
import { tileCells, tileToBigInt } from "@/lib/geo/model/tile";
import { convolvePower, halfWidth, noiseDistribution } from "@/lib/privacy/model/noise-distribution";
import { profileByName } from "@/lib/privacy/model/noise-law";
import { projectCounts } from "@/lib/privacy/model/project-counts";
import { readPlanes } from "@/lib/privacy/model/read-planes";
import { drawNormal, sampler, seededUniform, type Uniform } from "@/lib/privacy/model/seeded-random";
import { classMiddles, meanSpeed, percentilesOf, type Percentiles } from "@/lib/privacy/model/speed-summary";

/** An estimate with its 95 % interval. */
export type Estimate = { readonly value: number; readonly low: number; readonly high: number };

export type ShownCell = {
  readonly cell: string;
  readonly shown: true;
  /** The best class only just reached the threshold: such cells are shown when the noise was high, so the interval covers too little. */
  readonly nearThreshold: boolean;
  /** Sampled visits. Unbiased, never clamped: the low end may be negative. */
  readonly count: Estimate;
  /** All visits: the count divided by the sampling rate. */
  readonly vehicles: Estimate;
  /** km/h; null when nothing is left to take the mean of. */
  readonly speed: { readonly mean: number; readonly low: number; readonly high: number } | null;
  readonly percentiles: Percentiles | null;
  /** Sampled visits of each speed class, unbiased, may be negative. */
  readonly classes: readonly number[];
  /** Shares of the classes, none negative, adding up to 1 (all zero when nothing is left). */
  readonly shares: readonly number[];
};

export type HiddenCell = { readonly cell: string; readonly shown: false };

/** What is known about one cell. A hidden cell may be empty, rarely visited or suppressed: that is not known to anybody. */
export type CellEstimate = ShownCell | HiddenCell;

export type ReleaseToDecode = {
  /** Decrypted planes, lowest first, the sign plane last. */
  readonly planes: readonly bigint[];
  readonly tile: string;
  readonly region: Pick<Region, "profile" | "samplingRate" | "speedEdges">;
};

/** A cell whose best class is within this above the threshold is flagged (docs/encrypted-histograms.md, section 5). */
export const NEAR_THRESHOLD = 8;
/** The noise is g or -1-g with equal chance, so it is too low by a half on average. */
const NOISE_BIAS = 0.5;
const COVERAGE = 0.95;
const NORMAL_95 = 1.959964;
/** Simulated releases behind a speed's interval. */
const SIMULATIONS = 400;
/** Share of them that the interval holds: above 95 %, because they start from an estimate instead of the truth. */
const SIMULATED_COVERAGE = 0.97;

/** What all cells of a release share. */
type Decoder = {
  readonly region: ReleaseToDecode["region"];
  readonly threshold: number;
  readonly middles: readonly number[];
  /** Upper bound of the fastest class, km/h. */
  readonly fastest: number;
  /** Half width of the 95 % interval of five added draws. */
  readonly countHalf: number;
  readonly drawNoise: (uniform: Uniform) => number;
};

/** Noise from the exact law, sampling as the binomial sqrt(N (1 - p) / p) of N vehicles; independent, so they add in squares. */
function estimateVehicles(count: number, { countHalf, region: { samplingRate } }: Decoder): Estimate {
  const sampling = NORMAL_95 * Math.sqrt(Math.max(0, count) * (1 - samplingRate));
  const half = Math.hypot(countHalf, sampling) / samplingRate;
  const value = count / samplingRate;
  return { value, low: value - half, high: value + half };
}

/**
 * Interval of a mean speed by simulating the release again and again from the estimated classes: sampling, noise by its known law,
 * projection, mean. How far these means are off, the projection's bias included, is how far the estimate may be off, to either side:
 * the bias points inwards from an end of the scale, and from which end cannot be told from one release.
 */
function estimateSpeed(projected: readonly number[], decoder: Decoder, uniform: Uniform): ShownCell["speed"] {
  const { region: { samplingRate }, middles, fastest, drawNoise } = decoder;
  const mean = meanSpeed(projected, middles);
  if (mean === null) return null;
  const errors: number[] = [];
  for (let run = 0; run < SIMULATIONS; run += 1) {
    const redrawn = projected.map((count) => {
      const sampling = samplingRate < 1 ? Math.sqrt(count * (1 - samplingRate)) * drawNormal(uniform) : 0;
      return count + sampling + drawNoise(uniform) + NOISE_BIAS;
    });
    const again = meanSpeed(projectCounts(redrawn), middles);
    if (again !== null) errors.push(Math.abs(again - mean));
  }
  const error = errors.toSorted((left, right) => left - right)[Math.floor(SIMULATED_COVERAGE * errors.length)] ?? fastest;
  return { mean, low: Math.max(0, mean - error), high: Math.min(fastest, mean + error) };
}

function estimateCell(cell: string, raw: readonly number[], decoder: Decoder, uniform: Uniform): ShownCell {
  const classes = raw.map((count) => count + NOISE_BIAS);
  const value = classes.reduce((sum, count) => sum + count, 0);
  const projected = projectCounts(classes);
  const total = projected.reduce((sum, count) => sum + count, 0);
  return {
    cell,
    shown: true,
    nearThreshold: Math.max(...raw) < decoder.threshold + NEAR_THRESHOLD,
    count: { value, low: value - decoder.countHalf, high: value + decoder.countHalf },
    vehicles: estimateVehicles(value, decoder),
    speed: estimateSpeed(projected, decoder, uniform),
    percentiles: percentilesOf(projected, decoder.region.speedEdges),
    classes,
    shares: projected.map((count) => (total > 0 ? count / total : 0)),
  };
}

/**
 * From a release's decrypted planes to counts and speeds of its 49 cells, each with a 95 % interval, in ascending order of the cells.
 * Repeatable: the simulations are seeded by the release itself.
 * Throws `privacy.invalid-release` for planes that no release can have, `privacy.unknown-profile`, and what `tileCells` throws.
 */
export function decodeRelease({ planes, tile, region }: ReleaseToDecode): CellEstimate[] {
  const law = profileByName(region.profile);
  const cells = tileCells(tile);
  const raw = readPlanes(planes, law);
  const noise = noiseDistribution(law);
  const decoder: Decoder = {
    region,
    threshold: law.threshold,
    middles: classMiddles(region.speedEdges),
    fastest: classBounds(region.speedEdges).at(-1)?.[1] ?? 0,
    countHalf: halfWidth(convolvePower(noise, SPEED_CLASSES), COVERAGE),
    drawNoise: sampler(noise),
  };
  const uniform = seededUniform(tileToBigInt(tile), ...planes);
  return cells.map((cell, index) => {
    const counts = raw[index] ?? null;
    return counts === null ? { cell, shown: false } : estimateCell(cell, counts, decoder, uniform);
  });
}
