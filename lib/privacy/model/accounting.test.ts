import { describe, expect, it } from "vitest";
import { accounting, deltaAt, expectedErrors } from "@/lib/privacy/model/accounting";
import { noiseDistribution } from "@/lib/privacy/model/noise-distribution";
import { profileByName, type NoiseConstants } from "@/lib/privacy/model/noise-law";

/** Delta by the definition: the sum over all outcomes of `visits` counters of what P exceeds exp(epsilon) times Q by. */
function deltaByEnumeration(law: NoiseConstants, visits: number, epsilon: number, isAdded = true): number {
  const { chances } = noiseDistribution(law);
  const outcomes = Array.from({ length: chances.length + 1 }, (_, outcome): [number, number] => {
    const [moved, still] = [chances[outcome - 1] ?? 0, chances[outcome] ?? 0];
    return isAdded ? [moved, still] : [still, moved];
  });
  let joint: [number, number][] = [[1, 1]];
  for (let visit = 0; visit < visits; visit += 1) joint = joint.flatMap(([p, q]) => outcomes.map(([one, other]): [number, number] => [p * one, q * other]));
  return joint.reduce((sum, [p, q]) => sum + Math.max(0, p - Math.exp(epsilon) * q), 0);
}

/** Delta by adding up exact losses in a table, without grid or short cuts. */
function deltaByTable(law: NoiseConstants, visits: number, epsilon: number): number {
  const { chances } = noiseDistribution(law);
  let sums = new Map<number, number>([[0, 1]]);
  for (let visit = 0; visit < visits; visit += 1) {
    const next = new Map<number, number>();
    for (const [loss, chance] of sums) {
      chances.forEach((one, index) => {
        const other = chances[index + 1];
        if (other === undefined) return;
        const sum = Math.round((loss + Math.log(one / other)) * 1e10) / 1e10;
        next.set(sum, (next.get(sum) ?? 0) + chance * one);
      });
    }
    sums = next;
  }
  const finite = [...sums.values()].reduce((sum, chance) => sum + chance, 0);
  return [...sums].reduce((sum, [loss, chance]) => sum + (loss > epsilon ? chance * -Math.expm1(epsilon - loss) : 0), 1 - finite);
}

describe("privacy accounting", { timeout: 60_000 }, () => {
  it.each([
    // Exact compositions. The design's first table gives 3.1e-7 and 2.3e-7 for the first two: losses rounded up to a coarser grid.
    ["standard", 2, 2.66e-7, 3.1e-7],
    ["careful", 1, 1.73e-7, 2.3e-7],
    ["demo", 4, 9.66e-4, 1.05e-3],
  ])("%s: a day of 8 visits spends epsilon %d, within the promised delta", (name, epsilon, delta, promised) => {
    const loss = accounting(profileByName(name), 8);
    expect(loss.epsilon).toBe(epsilon);
    expect(Math.abs(loss.delta / delta - 1)).toBeLessThan(0.01);
    expect(loss.delta).toBeLessThanOrEqual(promised);
  });

  it("agrees with the definition where all outcomes can be written down", () => {
    for (const [name, visits] of [["standard", 1], ["standard", 2], ["careful", 1], ["demo", 1], ["demo", 3]] as const) {
      const law = profileByName(name);
      for (const share of [0.5, 0.9, 1, 1.1]) {
        const epsilon = share * visits * law.epsilonPerVisit;
        const expected = deltaByEnumeration(law, visits, epsilon);
        expect(Math.abs(deltaAt(law, visits, epsilon) / expected - 1)).toBeLessThan(1e-3);
        expect(deltaByEnumeration(law, visits, epsilon, false)).toBeCloseTo(expected, 12);
      }
    }
  });

  it("is never below the exact composition and at most a thousandth above", () => {
    for (const [name, visits] of [["demo", 8], ["demo", 12], ["standard", 4]] as const) {
      const law = profileByName(name);
      const exact = deltaByTable(law, visits, visits * law.epsilonPerVisit);
      const { delta } = accounting(law, visits);
      expect(delta).toBeGreaterThanOrEqual(exact * (1 - 1e-6));
      expect(delta).toBeLessThanOrEqual(exact * (1 + 1e-3));
    }
  });

  it("of no visits spends nothing, and grows with every visit once the sums are many", () => {
    const law = profileByName("demo");
    expect(accounting(law, 0)).toEqual({ epsilon: 0, delta: 0 });
    const deltas = [8, 16, 32, 64, 128, 129, 300].map((visits) => accounting(law, visits).delta);
    expect(deltas.every((delta, index) => index === 0 || delta > (deltas[index - 1] ?? 1))).toBe(true);
  });

  it("of a study's 300 visits is bounded by what outcomes at the noise's end give away", () => {
    const { epsilon, delta } = accounting(profileByName("demo"), 300);
    const revealed = 1 - (1 - (noiseDistribution(profileByName("demo")).chances.at(-1) ?? 0)) ** 300;
    expect(epsilon).toBe(150);
    expect(delta).toBeGreaterThan(revealed - 1e-12);
    expect(delta).toBeLessThan(revealed + 1e-9);
    expect(accounting(profileByName("careful"), 65_535).delta).toBeLessThanOrEqual(1);
  });

  it("finds no delta in a law without ends beyond its epsilon", () => {
    // One fair digit: losses are 0 or infinite, the latter at the two ends only.
    const coin = { digits: [1], precisionBits: 1, threshold: 1 };
    expect(deltaAt(coin, 1, 1)).toBeCloseTo(0.25, 12);
    expect(deltaAt(coin, 2, 1)).toBeCloseTo(1 - 0.75 ** 2, 12);
  });
});

describe("expected errors", () => {
  it.each([
    ["standard", 1 / 8, 5.66, 12.7, 25.5, 204, 0.0056],
    ["careful", 1 / 8, 11.3, 25.3, 50.5, 404, 0.0056],
    ["demo", 1, 2.86, 6.4, 12.5, 12.5, 0],
  ])("%s at p = %d are the design's", (name, rate, classSpread, countSpread, count95, vehicles95, emptyShown) => {
    const errors = expectedErrors(profileByName(name), rate);
    expect(errors.classSpread).toBeCloseTo(classSpread, 1);
    expect(errors.countSpread).toBeCloseTo(countSpread, 1);
    expect(errors.count95).toBe(count95);
    expect(errors.vehicles95).toBe(vehicles95);
    expect(errors.emptyShown).toBeCloseTo(emptyShown, 4);
  });

  it("would show empty cells far too often at half the threshold", () => {
    expect(expectedErrors({ ...profileByName("standard"), threshold: 20 }, 1).emptyShown).toBeCloseTo(0.82, 1);
  });
});
