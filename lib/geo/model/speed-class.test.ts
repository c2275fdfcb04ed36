import { describe, expect, it } from "vitest";
import { classBounds, SPEED_CLASSES, speedClass, speedKmh } from "@/lib/geo/model/speed-class";

const edges = [10, 20, 30, 45] as const;

describe("speed classes", () => {
  it.each([[0, 0], [9.999, 0], [10, 1], [19.999, 1], [20, 2], [30, 3], [44.999, 3], [45, 4], [200, 4]])("%d km/h is class %d", (kmh, expected) => {
    expect(speedClass(kmh, edges)).toBe(expected);
  });

  it("are km/h of metres and seconds", () => {
    expect(speedKmh(1_000, 60)).toBeCloseTo(60, 9);
    expect(speedKmh(0, 60)).toBe(0);
    expect(speedKmh(0, 0)).toBe(0);
  });

  it("join without a gap, the fastest as wide as the one below it", () => {
    const bounds = classBounds(edges);
    expect(bounds).toHaveLength(SPEED_CLASSES);
    expect(bounds).toEqual([[0, 10], [10, 20], [20, 30], [30, 45], [45, 60]]);
    bounds.forEach(([low, high], index) => {
      expect(speedClass(low, edges)).toBe(index);
      if (index < SPEED_CLASSES - 1) expect(speedClass(high, edges)).toBe(index + 1);
    });
  });
});
