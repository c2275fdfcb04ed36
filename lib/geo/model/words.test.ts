import fc from "fast-check";
import { latLngToCell } from "h3-js";
import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { CELLS_PER_TILE, tileCells } from "@/lib/geo/model/tile";
import { addPlanes, bitOf, COUNTERS, countersOf, padPlanes, planesOf, WORD_BITS, wordOf } from "@/lib/geo/model/words";

const seed = 20_260_407;
const loop = "872664ca9ffffff";

/** For every cell of a tile a class, or null where the vehicle was not. */
const drive = fc.array(fc.option(fc.integer({ min: 0, max: 4 })), { minLength: CELLS_PER_TILE, maxLength: CELLS_PER_TILE });
const anyWord = fc.bigInt({ min: 0n, max: (1n << BigInt(COUNTERS)) - 1n });

function plainSum(words: readonly bigint[]): number[] {
  return Array.from({ length: COUNTERS }, (_, counter) => words.filter((word) => ((word >> BigInt(counter)) & 1n) === 1n).length);
}

describe("words", () => {
  it("set exactly one bit for each visited cell, at 49 times its class plus its place", () => {
    fc.assert(
      fc.property(drive, (classes) => {
        const cells = tileCells(loop);
        const visited = classes.flatMap((speedClass, index) => (speedClass === null ? [] : [{ cell: cells[index] ?? "", speedClass }]));
        const counters = countersOf([wordOf(loop, visited)]);
        classes.forEach((speedClass, cell) => {
          const bits = [0, 1, 2, 3, 4].map((one) => counters[bitOf(cell, one)] ?? 0);
          expect(bits.reduce((sum, bit) => sum + bit, 0)).toBe(speedClass === null ? 0 : 1);
          if (speedClass !== null) expect(bits[speedClass]).toBe(1);
        });
      }),
      { seed },
    );
  });

  it("leave bits 245 to 255 zero", () => {
    const full = wordOf(loop, tileCells(loop).map((cell) => ({ cell, speedClass: 4 })));
    expect(full < 1n << BigInt(COUNTERS)).toBe(true);
    expect(COUNTERS).toBeLessThanOrEqual(WORD_BITS);
    expect(bitOf(48, 4)).toBe(244);
  });

  it("of no visits are zero", () => {
    expect(wordOf(loop, [])).toBe(0n);
  });

  it("refuse cells of another tile", () => {
    const elsewhere = latLngToCell(48.1, 11.5, 9);
    let thrown: unknown;
    try {
      wordOf(loop, [{ cell: elsewhere, speedClass: 0 }]);
    } catch (error) {
      thrown = error;
    }
    expect(isAppError(thrown, "tile.invalid")).toBe(true);
    expect(String(thrown)).not.toContain(elsewhere);
  });
});

describe("planes", () => {
  it("of many words are the plain sum in binary", () => {
    fc.assert(
      fc.property(fc.array(anyWord, { maxLength: 40 }), (words) => {
        const planes = planesOf(words);
        expect(countersOf(planes)).toEqual(plainSum(words));
        expect(planes.length).toBeLessThanOrEqual(Math.ceil(Math.log2(words.length + 1)));
      }),
      { seed },
    );
  });

  it("of two groups add up to the planes of both together", () => {
    fc.assert(
      fc.property(fc.array(anyWord, { maxLength: 20 }), fc.array(anyWord, { maxLength: 20 }), (left, right) => {
        expect(addPlanes(planesOf(left), planesOf(right))).toEqual(planesOf([...left, ...right]));
      }),
      { seed },
    );
  });

  it("added at a level that is not there yet leave no holes", () => {
    expect(addPlanes([], [0n, 0n, 5n])).toEqual([0n, 0n, 5n]);
    expect(addPlanes([1n], [0n, 0n, 1n])).toEqual([1n, 0n, 1n]);
  });

  it("of 255 full words are eight", () => {
    const full = (1n << BigInt(COUNTERS)) - 1n;
    const planes = planesOf(new Array<bigint>(255).fill(full));
    expect(planes).toEqual(new Array<bigint>(8).fill(full));
    expect(countersOf(planes).every((count) => count === 255)).toBe(true);
  });

  it("of nothing are none", () => {
    expect(planesOf([])).toEqual([]);
    expect(countersOf([])).toEqual(new Array<number>(COUNTERS).fill(0));
  });

  it("are made up to a fixed number, never cut", () => {
    expect(padPlanes([3n], 3)).toEqual([3n, 0n, 0n]);
    expect(() => padPlanes([1n, 1n], 1)).toThrow(RangeError);
  });
});
