import { describe, expect, it } from "vitest";
import { openTimeZone } from "@/lib/geo/model/time-zone";
import { bufferRandom } from "@/lib/privacy/model/buffered-random";
import { emptyBudget, Ledger } from "@/lib/privacy/model/budget";
import { clipVisits, daysOfVisit, sampleVisits } from "@/lib/privacy/model/sample-visits";
import { seededRandom } from "@/lib/privacy/model/seeded-random";

const visits = Array.from({ length: 40 }, (_, index) => index);
const expense = { days: ["2026-04-01"], cost: 2 };

describe("sampling", () => {
  it("keeps everything at rate one without drawing anything", () => {
    expect(sampleVisits(visits, 1, { bytes: () => { throw new RangeError("no draw is needed"); } })).toEqual(visits);
  });

  it("keeps each visit with the rate's chance, independently of its neighbours", () => {
    const random = seededRandom(1n);
    const runs = 4_000;
    const kept = Array.from({ length: runs }, () => new Set(sampleVisits(visits, 1 / 8, random)));
    for (const visit of visits) {
      const share = kept.filter((set) => set.has(visit)).length / runs;
      expect(Math.abs(share - 1 / 8)).toBeLessThan(4 * Math.sqrt((1 / 8) * (7 / 8) / runs));
    }
    const both = kept.filter((set) => set.has(0) && set.has(1)).length / runs;
    expect(Math.abs(both - 1 / 64)).toBeLessThan(4 * Math.sqrt((1 / 64) * (63 / 64) / runs));
    expect(new Set(kept.map((set) => set.size)).size).toBeGreaterThan(8);
  });
});

describe("clipping", () => {
  const clip = (random = seededRandom(2n)): number[] => clipVisits(visits, () => expense, { ledger: new Ledger(emptyBudget, 16), random });

  it("keeps as many as the budget allows, in the order of the drive", () => {
    const kept = clip();
    expect(kept).toHaveLength(8);
    expect(kept).toEqual(kept.toSorted((left, right) => left - right));
  });

  it("drops each visit with the same chance, so that long drives are not cut at their end", () => {
    const random = seededRandom(3n);
    const runs = 4_000;
    const counts = new Map<number, number>();
    for (let run = 0; run < runs; run += 1) for (const visit of clip(random)) counts.set(visit, (counts.get(visit) ?? 0) + 1);
    for (const visit of visits) expect(Math.abs((counts.get(visit) ?? 0) / runs - 8 / 40)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / runs));
  });

  it("keeps all when there is budget for all", () => {
    expect(clipVisits(visits, () => expense, { ledger: new Ledger(emptyBudget, 80), random: seededRandom(4n) })).toEqual(visits);
    expect(clipVisits([], () => expense, { ledger: new Ledger(emptyBudget, 80), random: seededRandom(4n) })).toEqual([]);
  });
});

describe("the days of a visit", () => {
  const utc = openTimeZone("UTC");
  const at = (text: string): number => Date.parse(text);

  it.each([
    ["within a day", "2026-04-01T10:00:00Z", "2026-04-01T10:00:30Z", ["2026-04-01"]],
    ["that ends at midnight", "2026-04-01T23:59:00Z", "2026-04-02T00:00:00Z", ["2026-04-01"]],
    ["over midnight", "2026-04-01T23:59:00Z", "2026-04-02T00:00:01Z", ["2026-04-01", "2026-04-02"]],
    ["in a long epoch, from one day to another", "2026-04-29T20:00:00Z", "2026-05-02T03:00:00Z", ["2026-04-29", "2026-04-30", "2026-05-01", "2026-05-02"]],
    ["of a moment", "2026-04-01T00:00:00Z", "2026-04-01T00:00:00Z", ["2026-04-01"]],
  ])("%s", (_, first, last, days) => {
    expect(daysOfVisit({ firstMs: at(first), lastMs: at(last) }, utc)).toEqual(days);
  });

  it("begin at the stated zone's midnight", () => {
    const visit = { firstMs: at("2026-04-01T23:59:00Z"), lastMs: at("2026-04-02T00:01:00Z") };
    expect(daysOfVisit(visit, openTimeZone("America/Chicago"))).toEqual(["2026-04-01"]);
    expect(daysOfVisit(visit, openTimeZone("Asia/Tokyo"))).toEqual(["2026-04-02"]);
  });
});

describe("buffered randomness", () => {
  it("hands on every byte of the source once, in order, in fewer calls", () => {
    let next = 0;
    let calls = 0;
    const source = { bytes: (length: number) => { calls += 1; return Uint8Array.from({ length }, () => next++ % 251); } };
    const buffered = bufferRandom(source);
    const taken = Array.from({ length: 500 }, () => [...buffered.bytes(8)]).flat();
    expect(taken).toEqual(Array.from({ length: 4_000 }, (_, index) => index % 251));
    expect(calls).toBe(1);
    expect(buffered.bytes(8_192)).toHaveLength(8_192);
  });
});
