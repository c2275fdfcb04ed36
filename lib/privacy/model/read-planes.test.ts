import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { profileByName } from "@/lib/privacy/model/noise-law";
import { readPlanes } from "@/lib/privacy/model/read-planes";

const seed = 20_260_415;
const law = profileByName("standard");
const width = 13;

/** Two's complement planes of 245 signed counters, made bit by bit: the clear model. */
function toPlanes(counters: readonly number[], planes = width): bigint[] {
  return Array.from({ length: planes }, (_, level) => counters.reduce((plane, value, counter) => plane | (((BigInt(value) >> BigInt(level)) & 1n) << BigInt(counter)), 0n));
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return isAppError(error) ? `${error.code}: ${error.message}` : String(error);
  }
  return "nothing was wrong";
}

const nothing = new Array<number>(245).fill(0);

/** Counters of which one cell has these five counts. */
function withCell(cell: number, counts: readonly number[]): number[] {
  return nothing.map((_, counter) => (counter % 49 === cell ? (counts[Math.floor(counter / 49)] ?? 0) : 0));
}

describe("a release's planes", () => {
  it("are signed counts of the shown cells, in the order of cells and classes", () => {
    const count = fc.integer({ min: -64, max: 4_032 });
    const cell = fc.option(fc.tuple(count, count, count, count, fc.integer({ min: 40, max: 4_032 })));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 49, maxLength: 49 }), (cells) => {
        const counters = nothing.map((_, counter) => cells[counter % 49]?.[Math.floor(counter / 49)] ?? 0);
        expect(readPlanes(toPlanes(counters), law)).toEqual(cells);
      }),
      { seed, numRuns: 50 },
    );
  });

  it("of nothing shown are 49 hidden cells", () => {
    expect(readPlanes(toPlanes(nothing), law)).toEqual(new Array(49).fill(null));
  });

  it("show a cell as soon as one of its bits is set, zero counts of other classes included", () => {
    const cells = readPlanes(toPlanes(withCell(48, [0, 0, 40, 0, 0])), law);
    expect(cells[48]).toEqual([0, 0, 40, 0, 0]);
    expect(cells.filter((cell) => cell !== null)).toHaveLength(1);
  });

  it.each([8, 13, 14, 15])("may be %d", (planes) => {
    expect(readPlanes(toPlanes(withCell(3, [-64, 40, 63, 0, 1]), planes), law)[3]).toEqual([-64, 40, 63, 0, 1]);
  });

  it.each<[string, bigint[]]>([
    ["none at all", []],
    ["too few for the noise", toPlanes(nothing, 7)],
    ["too many", toPlanes(nothing, 16)],
    ["with a bit beyond the counters", [1n << 245n, ...toPlanes(nothing).slice(1)]],
    ["with more than 256 bits", [1n << 300n, ...toPlanes(nothing).slice(1)]],
    ["negative", [-1n, ...toPlanes(nothing).slice(1)]],
    ["with a cell below the threshold, as garbage would be", toPlanes(withCell(5, [39, 1, 0, 0, 0]))],
    ["with a count that no noise makes", toPlanes(withCell(5, [40, -65, 0, 0, 0]))],
  ])("%s are refused", (_, planes) => {
    expect(codeOf(() => readPlanes(planes, law))).toContain("privacy.invalid-release");
  });

  it("of random bits are refused", () => {
    const garbage = fc.array(fc.bigInt({ min: 0n, max: (1n << 245n) - 1n }), { minLength: width, maxLength: width });
    fc.assert(
      fc.property(garbage, (planes) => {
        fc.pre(planes.some((plane) => plane > 1n << 200n));
        expect(codeOf(() => readPlanes(planes, law))).toContain("privacy.invalid-release");
      }),
      { seed, numRuns: 50 },
    );
  });
});
