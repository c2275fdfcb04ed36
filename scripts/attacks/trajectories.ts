import { shuffle } from "@/lib/kernel/random";
import { CELLS_PER_TILE } from "@/lib/geo/model/tile";
import { profileByName } from "@/lib/privacy/model/noise-law";
import { publishInClear } from "@/lib/privacy/model/publish-in-clear";
import { readPlanes } from "@/lib/privacy/model/read-planes";
import { seededRandom, seededUniform, type Uniform } from "@/lib/privacy/model/seeded-random";

/** What the released epochs give away about which drive of one epoch goes on as which drive of the next. */
export type LinkageScore = { matched: number; tried: number; rate: number; chance: number; standardError: number };

export type LinkageOptions = { vehicles: number; trials: number; seed: bigint };

/** One vehicle's visits in two epochs that follow each other, as bits of one tile's word. */
type Drive = { first: number[]; second: number[] };

const law = profileByName("standard");
const region = { profile: "standard", samplingRate: 1 / 8, speedEdges: [10, 20, 30, 45] } as const;
const visitsMax = 8;
const cellsDriven = 12;
/** Traffic besides the vehicles that are to be linked: enough that cells are shown. */
const background = 60;

const pick = (uniform: Uniform, below: number): number => Math.floor(uniform() * below);

/** A vehicle keeps to its side of the tile and to its speed: what an attacker would link by. */
function driveTwice(uniform: Uniform): Drive {
  const [home, speed] = [pick(uniform, CELLS_PER_TILE), pick(uniform, 5)];
  const visit = (): number => ((home + pick(uniform, 15)) % CELLS_PER_TILE) + CELLS_PER_TILE * speed;
  const drive = (): number[] => [...new Set(Array.from({ length: cellsDriven }, visit))];
  return { first: drive(), second: drive() };
}

/** The device's sampling, and its clipping over both epochs of the day together. */
function contribute({ first, second }: Drive, uniform: Uniform, seed: bigint): Drive {
  const sampled = [...first.map((bit) => ({ bit, epoch: 0 })), ...second.map((bit) => ({ bit, epoch: 1 }))].filter(() => uniform() < region.samplingRate);
  const kept = shuffle(seededRandom(seed), sampled).slice(0, visitsMax);
  const of = (epoch: number): number[] => kept.filter((visit) => visit.epoch === epoch).map(({ bit }) => bit);
  return { first: of(0), second: of(1) };
}

/** What a buyer reads of one epoch: noised class counts above the background, zero where a cell is not shown. */
function release(words: readonly (readonly number[])[], uniform: Uniform): number[] {
  const counts = new Array<number>(5 * CELLS_PER_TILE).fill(background);
  for (const bit of words.flat()) counts[bit] = (counts[bit] ?? 0) + 1;
  const cells = readPlanes(publishInClear(counts, { law, weight: 4_000, uniform }), law);
  return counts.map((_, bit) => {
    const shown = cells[bit % CELLS_PER_TILE] ?? null;
    return shown === null ? 0 : (shown[Math.floor(bit / CELLS_PER_TILE)] ?? 0) - background;
  });
}

const mean = (values: readonly number[], bits: readonly number[]): number => bits.reduce((sum, bit) => sum + (values[bit] ?? 0), 0) / Math.max(1, bits.length);

/** The candidate with the best score; ties are broken at random. */
function best(scores: readonly number[], uniform: Uniform): number {
  const highest = Math.max(...scores);
  const candidates = scores.flatMap((score, index) => (score === highest ? [index] : []));
  return candidates[pick(uniform, candidates.length)] ?? 0;
}

/** For each first part, which second part the attacker takes for its continuation. */
type Attack = (drives: readonly Drive[], words: readonly Drive[], uniform: Uniform) => number[];

/**
 * The attacker knows every drive of both epochs, but not which belongs to whom, and has both releases. A first part is given the
 * second part whose mark in its release fits: whoever was sampled strongly in one epoch has less budget left in the other.
 */
const fromReleases: Attack = (drives, words, uniform) => {
  const [first, second] = [release(words.map((word) => word.first), uniform), release(words.map((word) => word.second), uniform)];
  const seconds = drives.map((drive) => mean(second, drive.second));
  return drives.map((drive) => best(seconds.map((mark) => -Math.abs(mean(first, drive.first) + mark)), uniform));
};

/** What the same attacker could do with the vehicles' own words, if they were ever readable: those of one class and side belong together. */
const fromWords: Attack = (_, words, uniform) => words.map((word) => {
  const nearness = (second: readonly number[]): number => word.first.reduce((sum, bit) => sum + second.filter((other) => Math.floor(other / CELLS_PER_TILE) === Math.floor(bit / CELLS_PER_TILE) && Math.abs(other - bit) < 15).length, 0);
  return best(words.map(({ second }) => nearness(second)), uniform);
});

const attacks = { releases: fromReleases, words: fromWords } as const;

/**
 * Trajectory recovery over two epochs (docs/privacy.md, section 2, row 5), simulated with the standard profile's own law: from what is
 * released, or, to show that the attack works where nothing stops it, from the single vehicles' words.
 */
export function linkTrajectories(from: keyof typeof attacks, { vehicles, trials, seed }: LinkageOptions): LinkageScore {
  let matched = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const uniform = seededUniform(seed, BigInt(trial));
    const drives = Array.from({ length: vehicles }, () => driveTwice(uniform));
    const words = drives.map((drive, index) => contribute(drive, uniform, seed * 1_000_003n + BigInt(trial * vehicles + index)));
    matched += attacks[from](drives, words, uniform).filter((guessed, index) => guessed === index).length;
  }
  const [tried, chance] = [vehicles * trials, 1 / vehicles];
  return { matched, tried, rate: matched / tried, chance, standardError: Math.sqrt((chance * (1 - chance)) / tried) };
}
