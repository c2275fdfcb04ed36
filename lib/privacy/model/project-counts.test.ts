import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { projectCounts } from "@/lib/privacy/model/project-counts";

const seed = 20_260_412;
const counts = fc.array(fc.double({ min: -50, max: 400, noNaN: true }), { minLength: 5, maxLength: 5 });

function distance(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + (value - (right[index] ?? 0)) ** 2, 0);
}

describe("projecting class counts", () => {
  it("keeps the total and leaves nothing below zero", () => {
    fc.assert(
      fc.property(counts, (raw) => {
        const total = raw.reduce((sum, count) => sum + count, 0);
        const projected = projectCounts(raw);
        expect(Math.min(...projected)).toBeGreaterThanOrEqual(0);
        expect(projected.reduce((sum, count) => sum + count, 0)).toBeCloseTo(Math.max(0, total), 6);
      }),
      { seed },
    );
  });

  it("finds the nearest: no other point of the simplex is closer", () => {
    fc.assert(
      fc.property(counts, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }), (raw, weights) => {
        const total = raw.reduce((sum, count) => sum + count, 0);
        const sum = weights.reduce((all, weight) => all + weight, 0);
        fc.pre(total > 0 && sum > 0);
        const other = weights.map((weight) => (weight / sum) * total);
        expect(distance(raw, projectCounts(raw))).toBeLessThanOrEqual(distance(raw, other) + 1e-6);
      }),
      { seed },
    );
  });

  it("leaves counts alone that are fine", () => {
    expect(projectCounts([1, 2, 3, 0, 4])).toEqual([1, 2, 3, 0, 4]);
  });

  it.each([
    [[10, -2], [8, 0]],
    [[10, 4, -3], [8.5, 2.5, 0]],
    [[5, -5], [0, 0]],
    [[-1, -2, -3], [0, 0, 0]],
    [[0, 0], [0, 0]],
    [[], []],
  ])("%j becomes %j", (raw, expected) => {
    expect(projectCounts(raw)).toEqual(expected);
  });
});
