import { AppError } from "@/lib/kernel/errors";
import { CELLS_PER_TILE } from "@/lib/geo/model/tile";
import { SPEED_CLASSES } from "@/lib/geo/model/speed-class";
import { bitOf, COUNTERS } from "@/lib/geo/model/words";
import type { NoiseLaw } from "@/lib/privacy/model/noise-law";

/** The five noised class counts of a cell as published, or null when the cell is not shown. */
export type RawCell = readonly number[] | null;

/** Widest release: 4,032 vehicles and 7 digits need 14 planes, and a width that is one too wide is allowed. */
const PLANES_MAX = 15;

function refuse(problem: string): never {
  throw new AppError("privacy.invalid-release", `The release is malformed: ${problem}. Read it again; if it stays so, the key or the contract is not the right one.`);
}

/** Signed counter of two's complement planes, lowest first; the last plane weighs -2^(width-1). */
function counterAt(planes: readonly bigint[], counter: number): number {
  return planes.reduce((value, plane, level) => {
    const weight = level === planes.length - 1 ? -(2 ** level) : 2 ** level;
    return (plane >> BigInt(counter)) & 1n ? value + weight : value;
  }, 0);
}

function assertPlanes(planes: readonly bigint[], law: NoiseLaw): void {
  // One sign plane, and room for at least one vehicle above the noise.
  const least = law.digits.length + 2;
  if (planes.length < least || planes.length > PLANES_MAX) refuse(`it has ${planes.length} planes, expected ${least} to ${PLANES_MAX}`);
  if (planes.some((plane) => plane < 0n || plane >> BigInt(COUNTERS) !== 0n)) refuse("bits beyond the 245 counters are set");
}

function assertShown(counts: readonly number[], law: NoiseLaw): void {
  if (Math.max(...counts) < law.threshold) refuse("a cell is shown though no class of it reaches the threshold");
  if (Math.min(...counts) < -(2 ** law.digits.length)) refuse("a count is lower than the noise can make it");
}

/**
 * The signed counts of every cell of a tile, in the order of `tileCells`; a cell is shown when any of its bits is set in any plane.
 * A hidden cell is all zero: small, empty and suppressed ones look the same.
 * Throws `privacy.invalid-release` when the planes cannot come from a release under this law.
 */
export function readPlanes(planes: readonly bigint[], law: NoiseLaw): RawCell[] {
  assertPlanes(planes, law);
  const touched = planes.reduce((union, plane) => union | plane, 0n);
  return Array.from({ length: CELLS_PER_TILE }, (_, cell) => {
    const counters = Array.from({ length: SPEED_CLASSES }, (_unused, speedClass) => bitOf(cell, speedClass));
    if (counters.every((counter) => ((touched >> BigInt(counter)) & 1n) === 0n)) return null;
    const counts = counters.map((counter) => counterAt(planes, counter));
    assertShown(counts, law);
    return counts;
  });
}
