import { SPEED_CLASSES } from "@/lib/geo/model/speed-class";
import { CELLS_PER_TILE, cellIndex } from "@/lib/geo/model/tile";

/** Bits of a word that mean something: five classes of 49 cells; bits 245 to 255 are zero. */
export const COUNTERS = SPEED_CLASSES * CELLS_PER_TILE;

/** Width of a word on chain. */
export const WORD_BITS = 256;

/** A crossed cell and the class 0..4 of the vehicle's overall speed in it. */
export type ClassedCell = { readonly cell: string; readonly speedClass: number };

/** The bit that stands for a cell and class: 49·s + c. */
export function bitOf(cell: number, speedClass: number): number {
  return CELLS_PER_TILE * speedClass + cell;
}

/**
 * One vehicle's contribution to one tile in one epoch: exactly one bit for each crossed cell.
 * Throws `tile.invalid` when a cell is not one of the tile's.
 */
export function wordOf(tile: string, cells: readonly ClassedCell[]): bigint {
  let word = 0n;
  for (const { cell, speedClass } of cells) word |= 1n << BigInt(bitOf(cellIndex(tile, cell), speedClass));
  return word;
}

/** Adds a word into binary planes, lowest first, in place: a ripple of half adders over all counters at once. */
function addInto(planes: bigint[], word: bigint, level: number): void {
  let carry = word;
  for (let plane = level; carry !== 0n; plane += 1) {
    const held = planes[plane] ?? 0n;
    planes[plane] = held ^ carry;
    carry &= held;
  }
}

/** The sum of many words as binary planes, lowest first: bit i of plane p is bit p of counter i. No planes for no words. */
export function planesOf(words: Iterable<bigint>): bigint[] {
  const planes: bigint[] = [];
  for (const word of words) addInto(planes, word, 0);
  return planes;
}

/** The sum of two sets of planes. */
export function addPlanes(left: readonly bigint[], right: readonly bigint[]): bigint[] {
  const sum = [...left];
  right.forEach((plane, level) => {
    while (sum.length < level) sum.push(0n);
    addInto(sum, plane, level);
  });
  return sum;
}

/** The planes made up to a fixed number with zeros, so that their number says nothing about the largest count. Throws a RangeError when there are more. */
export function padPlanes(planes: readonly bigint[], count: number): bigint[] {
  if (planes.length > count) throw new RangeError(`${planes.length} planes do not fit into ${count}`);
  return [...planes, ...new Array<bigint>(count - planes.length).fill(0n)];
}

/** The 245 unsigned counters of a set of planes. */
export function countersOf(planes: readonly bigint[]): number[] {
  const counters = new Array<number>(COUNTERS).fill(0);
  planes.forEach((plane, level) => {
    for (let rest = plane, counter = 0; rest !== 0n && counter < COUNTERS; rest >>= 1n, counter += 1) {
      if ((rest & 1n) === 1n) counters[counter] = (counters[counter] ?? 0) + 2 ** level;
    }
  });
  return counters;
}
