import { convolvePower, halfWidth, noiseDistribution, spreadOf, tailFrom } from "@/lib/privacy/model/noise-distribution";
import type { NoiseConstants, NoiseLaw } from "@/lib/privacy/model/noise-law";
import { SPEED_CLASSES } from "@/lib/geo/model/speed-class";
import { COUNTERS } from "@/lib/geo/model/words";

/** What a vehicle's day spends: its data change the chance of any outcome by at most a factor exp(epsilon), but for a chance of delta. */
export type PrivacyLoss = { readonly epsilon: number; readonly delta: number };

/** Privacy losses ln(P/Q) of one visit (one counter, one more or one less) with their chances, and the chance of an outcome that gives it away. */
type LossLaw = { readonly losses: readonly (readonly [loss: number, chance: number])[]; readonly revealed: number };

/** Steps of the grid on which losses are added up; always rounded against us. */
const GRID = 65_536;
/** Up to so many visits the sum of losses is computed; beyond, Markov's inequality bounds what little is left. */
const SUMMED_VISITS_MAX = 128;

function lossLaw(constants: NoiseConstants): LossLaw {
  const { chances } = noiseDistribution(constants);
  const losses = new Map<number, number>();
  chances.forEach((chance, index) => {
    const other = chances[index + 1];
    if (other === undefined || chance === 0) return;
    // Carries over the same number of digits give the same loss; rounding merges them.
    const loss = Math.round(Math.log(chance / other) * 1e12) / 1e12;
    losses.set(loss, (losses.get(loss) ?? 0) + chance);
  });
  return { losses: [...losses], revealed: chances.at(-1) ?? 0 };
}

/**
 * The chance that all of `visits` losses are finite and their sum L exceeds epsilon, weighed by 1 - exp(epsilon - L): an upper bound,
 * too large by a share of at most visits/GRID. Only sums whose shortfall against the largest loss stays below `room` can exceed
 * epsilon, so that a short grid holds them all; shortfalls are rounded down, which can only make the result larger.
 */
function excess({ losses }: LossLaw, visits: number, epsilon: number): number {
  const largest = Math.max(...losses.map(([loss]) => loss));
  const room = visits * largest - epsilon;
  if (room <= 0) return 0;
  const step = room / GRID;
  const moves = losses.map(([loss, chance]): [number, number] => [Math.floor((largest - loss) / step), chance]).filter(([shift]) => shift < GRID);
  let sums = new Float64Array(GRID);
  sums[0] = 1;
  for (let visit = 0; visit < visits; visit += 1) {
    const next = new Float64Array(GRID);
    for (const [shift, chance] of moves) {
      for (let at = shift; at < GRID; at += 1) next[at] = (next[at] ?? 0) + chance * (sums[at - shift] ?? 0);
    }
    sums = next;
  }
  return sums.reduce((total, chance, shift) => total + chance * -Math.expm1(shift * step - room), 0);
}

/** Markov's bound for many visits: P(L > epsilon) <= E[exp(s L)] / exp(s epsilon) for every s > 0, at the best s of a list. */
function excessBound({ losses }: LossLaw, visits: number, epsilon: number): number {
  const bounds = [0.5, 1, 2, 4, 8, 16, 32].map((scale) => {
    const moment = losses.reduce((sum, [loss, chance]) => sum + chance * Math.exp(scale * loss), 0);
    return Math.exp(visits * Math.log(moment) - scale * epsilon);
  });
  return Math.min(1, ...bounds);
}

/**
 * Exact accounting of a vehicle's day with at most `visits` sampled visits: epsilon = visits · e, and the delta that the rounded
 * digits leave, by composing the privacy losses of all visits (the hockey-stick divergence of their product). Both directions, a
 * day added and a day taken away, are alike because the noise is symmetric. Delta is never below the true value and at most
 * visits/65,536 of it above.
 */
export function accounting(law: NoiseLaw, visits: number): PrivacyLoss {
  const epsilon = visits * law.epsilonPerVisit;
  return { epsilon, delta: deltaAt(law, visits, epsilon) };
}

/** The delta of `visits` sampled visits at any epsilon; see `accounting`. */
export function deltaAt(constants: NoiseConstants, visits: number, epsilon: number): number {
  const law = lossLaw(constants);
  const revealed = -Math.expm1(visits * Math.log1p(-law.revealed));
  const rest = visits <= SUMMED_VISITS_MAX ? excess(law, visits, epsilon) : excessBound(law, visits, epsilon);
  return Math.min(1, revealed + rest);
}

/** What a reader has to expect from the noise alone. */
export type ExpectedErrors = {
  /** Standard deviation of one class count. */
  readonly classSpread: number;
  /** Standard deviation of a count of sampled visits (five classes). */
  readonly countSpread: number;
  /** 95 % of counts of sampled visits are within plus or minus this. */
  readonly count95: number;
  /** The same in vehicles: divided by the sampling rate. */
  readonly vehicles95: number;
  /** Empty cells shown by chance, per tile and epoch. */
  readonly emptyShown: number;
};

/** Errors that follow from a law and a sampling rate (0..1]. */
export function expectedErrors(law: NoiseConstants, samplingRate: number): ExpectedErrors {
  const one = noiseDistribution(law);
  const count = convolvePower(one, SPEED_CLASSES);
  const count95 = halfWidth(count, 0.95);
  return {
    classSpread: spreadOf(one),
    countSpread: spreadOf(count),
    count95,
    vehicles95: count95 / samplingRate,
    emptyShown: COUNTERS * tailFrom(one, law.threshold),
  };
}
