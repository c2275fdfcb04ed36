import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classMiddles, meanSpeed, percentileSpeed, percentilesOf } from "@/lib/privacy/model/speed-summary";

const edges = [10, 20, 30, 45] as const;
const middles = classMiddles(edges);
const seed = 20_260_413;
const counts = fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 5, maxLength: 5 });

describe("speeds from class counts", () => {
  it("take each class at its middle, the fastest as wide as the one below", () => {
    expect(middles).toEqual([5, 15, 25, 37.5, 52.5]);
  });

  it.each([
    [[7, 0, 0, 0, 0], 5],
    [[0, 0, 0, 0, 7], 52.5],
    [[1, 1, 0, 0, 0], 10],
    [[0, 3, 1, 0, 0], 17.5],
    [[0, 0, 0, 0, 0], null],
    [[], null],
  ])("the mean of %j is %d", (one, expected) => {
    expect(meanSpeed(one, middles)).toBe(expected);
  });

  it.each([
    [[10, 0, 0, 0, 0], 0.5, 5],
    [[10, 10, 0, 0, 0], 0.5, 10],
    [[10, 0, 0, 10, 0], 0.5, 10],
    [[10, 0, 0, 10, 0], 0.75, 37.5],
    [[0, 0, 0, 0, 10], 0.5, 52.5],
    [[0, 0, 0, 0, 10], 1, 60],
    [[0, 5, 0, 0, 0], 0, 10],
    [[0, 0, 0, 0, 0], 0.5, null],
  ])("of %j the share %d drives at most %d", (one, share, expected) => {
    expect(percentileSpeed(one, edges, share)).toBe(expected);
  });

  it("percentiles ascend and lie within the classes' bounds", () => {
    fc.assert(
      fc.property(counts, (one) => {
        const percentiles = percentilesOf(one, edges);
        if (one.every((count) => count === 0)) return expect(percentiles).toBeNull();
        if (percentiles === null) throw new Error("percentiles of something");
        const { p15, p50, p85 } = percentiles;
        expect(p15).toBeGreaterThanOrEqual(0);
        expect(p50).toBeGreaterThanOrEqual(p15);
        expect(p85).toBeGreaterThanOrEqual(p50);
        expect(p85).toBeLessThanOrEqual(60);
      }),
      { seed },
    );
  });

  it("do not depend on how many vehicles there are, only on their shares", () => {
    const shares = [1, 4, 2, 2, 1];
    const many = shares.map((share) => 30 * share);
    expect(meanSpeed(many, middles)).toBeCloseTo(meanSpeed(shares, middles) ?? 0, 9);
    expect(percentileSpeed(many, edges, 0.85)).toBeCloseTo(percentileSpeed(shares, edges, 0.85) ?? 0, 9);
  });
});
