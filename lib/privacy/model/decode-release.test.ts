import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { tileCells } from "@/lib/geo/model/tile";
import { decodeRelease, NEAR_THRESHOLD, type CellEstimate, type ShownCell } from "@/lib/privacy/model/decode-release";
import { noiseDistribution } from "@/lib/privacy/model/noise-distribution";
import { profileByName } from "@/lib/privacy/model/noise-law";
import { sampler, seededUniform, type Uniform } from "@/lib/privacy/model/seeded-random";
import { classMiddles, meanSpeed } from "@/lib/privacy/model/speed-summary";

const tile = "872664ca9ffffff";
const edges = [10, 20, 30, 45] as const;
const study = { profile: "demo", samplingRate: 1, speedEdges: edges } as const;
const standard = { profile: "standard", samplingRate: 1 / 8, speedEdges: edges } as const;

/** The chain in the clear: noise on every counter, cells below the threshold zeroed, two's complement planes. */
function publish(truth: readonly (readonly number[])[], profile: "standard" | "demo", uniform: Uniform): { planes: bigint[]; noised: number[][] } {
  const law = profileByName(profile);
  const draw = sampler(noiseDistribution(law));
  const noised = truth.map((counts) => counts.map((count) => count + draw(uniform)));
  const shown = noised.map((counts) => (Math.max(...counts) >= law.threshold ? counts : counts.map(() => 0)));
  const planes = Array.from({ length: 13 }, (_, level) =>
    shown.reduce((plane, counts, cell) => counts.reduce((part, count, speedClass) => part | (((BigInt(count) >> BigInt(level)) & 1n) << BigInt(49 * speedClass + cell)), plane), 0n),
  );
  return { planes, noised };
}

function shownOnly(cells: readonly CellEstimate[]): ShownCell[] {
  return cells.filter((cell) => cell.shown);
}

/** Like this in every cell. */
function everywhere(counts: readonly number[]): number[][] {
  return Array.from({ length: 49 }, () => [...counts]);
}

function binomial(total: number, chance: number, uniform: Uniform): number {
  let hits = 0;
  for (let one = 0; one < total; one += 1) if (uniform() < chance) hits += 1;
  return hits;
}

describe("decoding a release", { timeout: 60_000 }, () => {
  it("gives back every cell's noised counts less the noise's bias, in the tile's order, hidden cells as hidden", () => {
    const truth = Array.from({ length: 49 }, (_, cell) => (cell % 3 === 0 ? [0, 0, 0, 0, 0] : [cell, 30 + cell, 5, 0, 2]));
    const { planes, noised } = publish(truth, "demo", seededUniform(1n));
    const cells = decodeRelease({ planes, tile, region: study });
    expect(cells.map(({ cell }) => cell)).toEqual(tileCells(tile));
    cells.forEach((cell, index) => {
      expect(cell.shown).toBe(Math.max(...(noised[index] ?? [])) >= 20);
      if (!cell.shown) return;
      expect(cell.classes).toEqual(noised[index]?.map((count) => count + 0.5));
      expect(cell.count.value).toBeCloseTo((noised[index] ?? []).reduce((sum, count) => sum + count + 0.5, 0), 9);
      expect(cell.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(Math.min(...cell.shares)).toBeGreaterThanOrEqual(0);
    });
    expect(shownOnly(cells)).toHaveLength(32);
  });

  it("is repeatable, and simulates anew for another release", () => {
    const one = publish(everywhere([10, 60, 40, 20, 5]), "standard", seededUniform(2n)).planes;
    expect(decodeRelease({ planes: one, tile, region: standard })).toEqual(decodeRelease({ planes: one, tile, region: standard }));
    const other = [(one[0] ?? 0n) ^ 1n, ...one.slice(1)];
    const [left, right] = [one, other].map((planes) => shownOnly(decodeRelease({ planes, tile, region: standard }))[20]);
    expect(left?.classes).toEqual(right?.classes);
    expect(left?.speed?.low).not.toBe(right?.speed?.low);
  });

  it("never clamps a count: over many releases the mean of the counts is the truth", () => {
    const uniform = seededUniform(3n);
    const counts = Array.from({ length: 40 }, () => decodeRelease({ planes: publish(everywhere([0, 90, 0, 0, 0]), "standard", uniform).planes, tile, region: standard })).flatMap(shownOnly);
    const mean = counts.reduce((sum, { count }) => sum + count.value, 0) / counts.length;
    expect(counts).toHaveLength(40 * 49);
    expect(Math.abs(mean - 90)).toBeLessThan((4 * 12.7) / Math.sqrt(counts.length));
    expect(counts.some(({ classes }) => Math.min(...classes) < 0)).toBe(true);
  });

  it("flags cells whose best class only just reached the threshold", () => {
    const planes = (best: number): bigint[] => Array.from({ length: 13 }, (_, level) => ((BigInt(best) >> BigInt(level)) & 1n) << 49n);
    const flag = (best: number): boolean | undefined => shownOnly(decodeRelease({ planes: planes(best), tile, region: standard }))[0]?.nearThreshold;
    expect([40, 40 + NEAR_THRESHOLD - 1, 40 + NEAR_THRESHOLD].map(flag)).toEqual([true, true, false]);
  });

  it("scales sampled visits to vehicles by the sampling rate, and widens their interval by the sampling", () => {
    const { planes } = publish(everywhere([0, 200, 0, 0, 0]), "standard", seededUniform(4n));
    const [cell] = shownOnly(decodeRelease({ planes, tile, region: standard }));
    const [all] = shownOnly(decodeRelease({ planes, tile, region: { ...standard, samplingRate: 1 } }));
    expect(cell?.vehicles.value).toBeCloseTo(8 * (cell?.count.value ?? 0), 9);
    expect((cell?.count.high ?? 0) - (cell?.count.value ?? 0)).toBe(25.5);
    expect((cell?.vehicles.high ?? 0) - (cell?.vehicles.value ?? 0)).toBeGreaterThan(8 * 25.5 * 1.2);
    expect(all?.vehicles).toEqual(all?.count);
  });

  it("says that it cannot tell a speed when the other classes' noise outweighs the one that is shown", () => {
    const low = [40, -30, -30, -30, -30];
    const planes = Array.from({ length: 13 }, (_, level) => low.reduce((plane, count, speedClass) => plane | (((BigInt(count) >> BigInt(level)) & 1n) << BigInt(49 * speedClass)), 0n));
    const [cell] = shownOnly(decodeRelease({ planes, tile, region: standard }));
    expect(cell).toMatchObject({ speed: null, percentiles: null, shares: [0, 0, 0, 0, 0] });
    expect(cell?.count.value).toBe(-77.5);
  });

  it("refuses malformed planes, unknown profiles and tiles that are none", () => {
    const codeOf = (run: () => unknown): string | undefined => {
      try {
        run();
      } catch (error) {
        return isAppError(error) ? error.code : String(error);
      }
      return undefined;
    };
    expect(codeOf(() => decodeRelease({ planes: [1n], tile, region: standard }))).toBe("privacy.invalid-release");
    expect(codeOf(() => decodeRelease({ planes: new Array<bigint>(13).fill(0n), tile: "nowhere", region: standard }))).toBe("tile.invalid");
  });
});

describe("95 % intervals", { timeout: 60_000 }, () => {
  /** How often, over simulated releases of one truth, the intervals of shown cells hold the truth. */
  function coverage(shares: readonly number[], visits: number, options: { samplingRate: number; profile: "standard" | "demo"; releases: number }): { count: number; vehicles: number; speed: number; bias: number; cells: number } {
    const { samplingRate, profile, releases } = options;
    const uniform = seededUniform(BigInt(visits), BigInt(Math.round(1_000 * (shares[0] ?? 0))), BigInt(Math.round(1_000 * samplingRate)));
    const vehicles = shares.map((share) => Math.round((share * visits) / samplingRate));
    const speed = meanSpeed(vehicles, classMiddles(edges)) ?? 0;
    const total = vehicles.reduce((sum, one) => sum + one, 0);
    const hits = { count: 0, vehicles: 0, speed: 0, bias: 0, cells: 0 };
    for (let release = 0; release < releases; release += 1) {
      const truth = Array.from({ length: 49 }, () => vehicles.map((all) => binomial(all, samplingRate, uniform)));
      const cells = decodeRelease({ planes: publish(truth, profile, uniform).planes, tile, region: { profile, samplingRate, speedEdges: edges } });
      cells.forEach((cell, index) => {
        if (!cell.shown || cell.nearThreshold || cell.speed === null) return;
        const sampled = (truth[index] ?? []).reduce((sum, one) => sum + one, 0);
        hits.cells += 1;
        if (cell.count.low <= sampled && sampled <= cell.count.high) hits.count += 1;
        if (cell.vehicles.low <= total && total <= cell.vehicles.high) hits.vehicles += 1;
        if (cell.speed.low <= speed && speed <= cell.speed.high) hits.speed += 1;
        hits.bias += cell.speed.mean - speed;
      });
    }
    const { cells } = hits;
    return { count: hits.count / cells, vehicles: hits.vehicles / cells, speed: hits.speed / cells, bias: hits.bias / cells, cells };
  }

  it.each<[string, readonly number[], number, number, "standard" | "demo"]>([
    ["an arterial, 100 sampled visits", [0.1, 0.3, 0.4, 0.2, 0], 100, 1 / 8, "standard"],
    ["an arterial, 200 sampled visits", [0.1, 0.3, 0.4, 0.2, 0], 200, 1 / 8, "standard"],
    ["a motorway, 200 sampled visits", [0, 0, 0, 0.1, 0.9], 200, 1 / 8, "standard"],
    ["a motorway, 400 sampled visits", [0, 0, 0.02, 0.08, 0.9], 400, 1 / 8, "standard"],
    ["a jam, 150 visits, none sampled out", [0.9, 0.1, 0, 0, 0], 150, 1, "standard"],
    ["the pilot, 60 visits", [0.2, 0.5, 0.2, 0.1, 0], 60, 1, "demo"],
    ["the pilot, 200 visits", [0.2, 0.5, 0.2, 0.1, 0], 200, 1, "demo"],
  ])("hold the truth: %s", (_, shares, visits, samplingRate, profile) => {
    const { count, vehicles, speed, bias, cells } = coverage(shares, visits, { samplingRate, profile, releases: 20 });
    // Three standard errors of 980 cells are two points.
    expect(count).toBeGreaterThan(0.93);
    expect(vehicles).toBeGreaterThan(0.92);
    expect(speed).toBeGreaterThan(0.94);
    for (const share of [count, vehicles, speed]) expect(share).toBeLessThan(0.995);
    expect(Math.abs(bias)).toBeLessThan(1);
    expect(cells).toBeGreaterThan(150);
  });

  it("are as narrow as promised: speeds within 4 km/h from 150 visits on an arterial and 250 on a motorway", () => {
    const half = (counts: readonly number[], profile: "standard" | "demo"): number => {
      const { planes } = publish(everywhere(counts), profile, seededUniform(8n));
      const cells = shownOnly(decodeRelease({ planes, tile, region: { ...study, profile } }));
      return cells.reduce((sum, { speed }) => sum + ((speed?.high ?? 0) - (speed?.low ?? 0)) / 2, 0) / cells.length;
    };
    expect(half([15, 45, 60, 30, 0], "standard")).toBeLessThan(4);
    expect(half([0, 0, 5, 20, 225], "standard")).toBeLessThan(4);
    expect(half([15, 45, 60, 30, 0], "demo")).toBeLessThan(half([15, 45, 60, 30, 0], "standard"));
  });

  it("cover too little near the threshold, where a cell is shown because the noise was high: hence the flag", () => {
    const truth = 34;
    const uniform = seededUniform(9n);
    const cells = Array.from({ length: 40 }, () => decodeRelease({ planes: publish(everywhere([0, truth, 0, 0, 0]), "standard", uniform).planes, tile, region: standard })).flatMap(shownOnly);
    const flagged = cells.filter(({ nearThreshold }) => nearThreshold);
    const excess = flagged.reduce((sum, { classes }) => sum + (classes[1] ?? 0) - truth, 0) / flagged.length;
    expect(flagged.length / cells.length).toBeGreaterThan(0.7);
    expect(excess).toBeGreaterThan(5);
  });
});
