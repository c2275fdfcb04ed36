import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildScale, classesMax, findClass } from "@/lib/map/model/color-scale";
import { luminance, rampFor, ramps, sampleRamp } from "@/lib/map/model/ramps";

const ramp = ramps.light.count;
const seed = 20261124;
const values = fc.array(fc.double({ min: -500, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 200 });

describe("classes", () => {
  test("every value falls into exactly one class, whatever the values and steps", () => {
    fc.assert(fc.property(values, fc.constantFrom("quantile" as const, "even" as const), (sample, steps) => {
      const scale = buildScale(sample, { steps, ramp });
      for (const value of sample) {
        const holding = scale.filter(({ from, to }, index) => value >= from && (value < to || (index === scale.length - 1 && value <= to)));
        expect(holding).toHaveLength(1);
        expect(findClass(scale, value)).toBe(holding[0]);
      }
    }), { seed });
  });

  test("edges ascend strictly and follow each other without a gap", () => {
    fc.assert(fc.property(values, (sample) => {
      const scale = buildScale(sample, { steps: "quantile", ramp });
      expect(scale.length).toBeLessThanOrEqual(classesMax);
      scale.slice(1).forEach(({ from }, index) => {
        expect(from).toBe(scale[index]?.to);
        expect(from).toBeGreaterThan(scale[index]?.from ?? Infinity);
      });
    }), { seed });
  });

  test("quantiles put about as many cells into each class", () => {
    const sample = Array.from({ length: 600 }, (_, index) => index ** 2);
    const scale = buildScale(sample, { steps: "quantile", ramp });
    const counts = scale.map((one) => sample.filter((value) => findClass(scale, value) === one).length);
    expect(counts).toHaveLength(6);
    for (const count of counts) expect(Math.abs(count - 100)).toBeLessThanOrEqual(5);
  });

  test("even steps are equally wide but for the rounding", () => {
    const scale = buildScale([0, 13, 600], { steps: "even", ramp });
    expect(scale.map(({ from }) => from)).toEqual([0, 100, 200, 300, 400, 500]);
  });

  test("edges are easy to read", () => {
    const scale = buildScale([12.34, 57.81, 103.2, 188.77, 1234.5], { steps: "quantile", ramp });
    for (const { from } of scale.slice(1)) expect(Number(from.toPrecision(2))).toBe(from);
  });

  test("equal values need one class, no values none", () => {
    expect(buildScale([7, 7, 7], { steps: "quantile", ramp })).toEqual([{ from: 7, to: 7, color: sampleRamp(ramp, 1)[0] }]);
    expect(buildScale([], { steps: "even", ramp })).toEqual([]);
    expect(buildScale([Number.NaN], { steps: "even", ramp })).toEqual([]);
    expect(findClass([], 3)).toBeNull();
  });
});

describe("ramps", () => {
  test.each([["light", "count"], ["light", "speed"], ["dark", "count"], ["dark", "speed"]] as const)(
    "lightness runs one way through %s %s, so that it reads without colour vision",
    (theme, metric) => {
      const lightness = sampleRamp(ramps[theme][metric], 6).map(luminance);
      const steps = lightness.slice(1).map((value, index) => value - (lightness[index] ?? 0));
      const direction = theme === "light" ? -1 : 1;
      for (const step of steps) expect(direction * step).toBeGreaterThan(0.01);
    },
  );

  test("slow is the remarkable end: dark on the light map, bright on the dark one", () => {
    const [slowest] = rampFor("light", "speed");
    const fastest = rampFor("light", "speed").at(-1);
    expect(luminance(slowest ?? [0, 0, 0])).toBeLessThan(luminance(fastest ?? [0, 0, 0]));
    const [slowestDark] = rampFor("dark", "speed");
    expect(luminance(slowestDark ?? [0, 0, 0])).toBeGreaterThan(0.5);
  });

  test("few colours are spread over the whole ramp", () => {
    expect(sampleRamp(ramp, 2)).toEqual([ramp[0], ramp.at(-1)]);
    expect(sampleRamp(ramp, 1)).toHaveLength(1);
  });
});
