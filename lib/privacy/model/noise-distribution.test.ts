import { describe, expect, it } from "vitest";
import { profileNames } from "@/lib/geo/model/region";
import { convolve, convolvePower, halfWidth, meanOf, noiseDistribution, spreadOf, tailFrom, type Distribution } from "@/lib/privacy/model/noise-distribution";
import { profileByName } from "@/lib/privacy/model/noise-law";
import { drawNormal, sampler, seededRandom, seededUniform } from "@/lib/privacy/model/seeded-random";

const coin: Distribution = { least: 0, chances: Float64Array.of(0.5, 0.5) };

function chanceOf({ least, chances }: Distribution, value: number): number {
  return chances[value - least] ?? 0;
}

describe("the law of the noise", () => {
  it.each(profileNames)("%s: chances add up to one and are symmetric about -1/2", (name) => {
    const law = noiseDistribution(profileByName(name));
    expect(law.chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
    expect(meanOf(law)).toBeCloseTo(-0.5, 12);
    for (let value = 0; value < 2 ** profileByName(name).digits.length; value += 1) expect(chanceOf(law, value)).toBe(chanceOf(law, -1 - value));
  });

  it.each([["standard", 5.66, 0.005], ["careful", 11.3, 0.05], ["demo", 2.8, 0.1]])("%s has the design's spread", (name, spread, tolerance) => {
    expect(Math.abs(spreadOf(noiseDistribution(profileByName(name))) - spread)).toBeLessThan(tolerance);
  });

  it.each(profileNames)("%s is close to the geometric law it stands for", (name) => {
    const { epsilonPerVisit, precisionBits } = profileByName(name);
    const law = noiseDistribution(profileByName(name));
    const ratio = Math.exp(-epsilonPerVisit);
    for (const value of [0, 1, 2, 5, 9]) {
      const expected = ((1 - ratio) * ratio ** value) / 2;
      expect(Math.abs(chanceOf(law, value) / expected - 1)).toBeLessThan(32 * 2 ** -precisionBits);
    }
  });

  it("gives the digits' chances bit by bit", () => {
    const tiny = noiseDistribution({ digits: [1, 3], precisionBits: 2, threshold: 1 });
    const expected = [0.75 * 0.25, 0.25 * 0.25, 0.75 * 0.75, 0.25 * 0.75].map((chance) => chance / 2);
    expect([0, 1, 2, 3].map((value) => chanceOf(tiny, value))).toEqual(expected);
    expect(tiny.least).toBe(-4);
  });

  it("is what simulated bits and signs give, by chi-square", () => {
    const law = profileByName("standard");
    const uniform = seededUniform(7n);
    const draws = 200_000;
    const seen = new Map<number, number>();
    for (let draw = 0; draw < draws; draw += 1) {
      const value = law.digits.reduce((sum, numerator, digit) => sum + (Math.floor(uniform() * 65_536) < numerator ? 2 ** digit : 0), 0);
      const signed = uniform() < 0.5 ? value : -1 - value;
      seen.set(signed, (seen.get(signed) ?? 0) + 1);
    }
    const expected = noiseDistribution(law);
    let [square, classes] = [0, 0];
    expected.chances.forEach((chance, index) => {
      if (draws * chance < 10) return;
      square += ((seen.get(expected.least + index) ?? 0) - draws * chance) ** 2 / (draws * chance);
      classes += 1;
    });
    // Mean of chi-square is classes - 1, its spread sqrt(2 (classes - 1)).
    expect(Math.abs(square - classes + 1)).toBeLessThan(4 * Math.sqrt(2 * classes));
  });
});

describe("distributions", () => {
  it("of sums are those of the plain counting", () => {
    expect([...convolve(coin, coin).chances]).toEqual([0.25, 0.5, 0.25]);
    expect([...convolvePower(coin, 3).chances]).toEqual([0.125, 0.375, 0.375, 0.125]);
    expect(convolvePower(coin, 1)).toBe(coin);
    expect(spreadOf(convolvePower(coin, 16))).toBeCloseTo(2, 12);
    expect(convolve({ least: -3, chances: Float64Array.of(1) }, { least: 5, chances: Float64Array.of(1) }).least).toBe(2);
  });

  it("have tails", () => {
    expect(tailFrom(convolvePower(coin, 3), 2)).toBeCloseTo(0.5, 12);
    expect(tailFrom(coin, 2)).toBe(0);
  });

  it("have a smallest interval with the given chance", () => {
    const law = convolvePower(coin, 4);
    expect(halfWidth(law, 0.3)).toBe(0);
    expect(halfWidth(law, 0.8)).toBe(1);
    expect(halfWidth(law, 0.9)).toBe(2);
    const odd = convolvePower(coin, 3);
    expect(halfWidth(odd, 0.75)).toBe(0.5);
    expect(halfWidth(odd, 0.76)).toBe(1.5);
  });

  it("of five draws have an interval that holds at least 95 %, and one step less does not", () => {
    for (const name of profileNames) {
      const law = convolvePower(noiseDistribution(profileByName(name)), 5);
      const half = halfWidth(law, 0.95);
      const inside = (width: number): number => law.chances.reduce((sum, chance, index) => sum + (Math.abs(law.least + index + 2.5) <= width ? chance : 0), 0);
      expect(inside(half)).toBeGreaterThanOrEqual(0.95);
      expect(inside(half - 1)).toBeLessThan(0.95);
    }
  });
});

describe("simulated draws", () => {
  it("repeat with their seed and differ with another", () => {
    const row = (...seed: bigint[]): number[] => Array.from({ length: 5 }, seededUniform(...seed));
    expect(row(1n, 2n)).toEqual(row(1n, 2n));
    expect(row(1n, 2n)).not.toEqual(row(2n, 1n));
    expect(row(1n << 200n)).not.toEqual(row(1n << 201n));
    expect([...seededRandom(3n).bytes(4)]).toEqual([...seededRandom(3n).bytes(4)]);
  });

  it("are uniform, normal, and by the given law", () => {
    const uniform = seededUniform(11n);
    const many = Array.from({ length: 100_000 }, uniform);
    expect(many.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(Math.abs(many.reduce((sum, value) => sum + value, 0) / 100_000 - 0.5)).toBeLessThan(0.004);
    const normal = Array.from({ length: 100_000 }, () => drawNormal(uniform));
    expect(Math.abs(normal.reduce((sum, value) => sum + value, 0) / 100_000)).toBeLessThan(0.013);
    expect(Math.abs(normal.reduce((sum, value) => sum + value ** 2, 0) / 100_000 - 1)).toBeLessThan(0.02);
    const law = noiseDistribution(profileByName("demo"));
    const draw = sampler(law);
    const drawn = Array.from({ length: 100_000 }, () => draw(uniform));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(law.least);
    for (const value of [-3, -1, 0, 2]) {
      const chance = chanceOf(law, value);
      const share = drawn.filter((one) => one === value).length / 100_000;
      expect(Math.abs(share - chance)).toBeLessThan(4 * Math.sqrt(chance / 100_000));
    }
  });
});
