import { expect, test } from "vitest";
import { countersOf } from "@/lib/geo/model/words";
import { followDrive, sumWithOthers } from "@/lib/privacy/model/follow-drive";
import file from "@/lib/privacy/model/sample-drive.json";
import { parseSampleDrive, sampleDriveRegion } from "@/lib/privacy/model/sample-drive";
import { seededRandom } from "@/lib/privacy/model/seeded-random";
import { isHidden } from "@/lib/privacy/model/zones";

const { points, others } = parseSampleDrive(file);
const follow = (seed: bigint, changes: { trimEnds?: boolean; samplingRate?: number } = {}) => {
  const { trimEnds = true, samplingRate = 1 } = changes;
  return followDrive({ points, region: { ...sampleDriveRegion, samplingRate }, trimEnds, random: seededRandom(seed) });
};

test("what is counted was crossed, lies in one cover, and stays within the day's limit", () => {
  for (let seed = 0n; seed < 20n; seed += 1n) {
    const { crossed, counted, sent, report } = follow(seed);
    expect(counted.size).toBeLessThanOrEqual(sampleDriveRegion.visitsMax);
    expect(counted.size).toBe(report.counted);
    for (const cell of counted) expect(crossed.map((visit) => visit.cell)).toContain(cell);
    expect(sent?.words).toHaveLength(sent?.tiles.length ?? 0);
    const bits = (sent?.words ?? []).flatMap((word) => countersOf([word])).reduce((sum, bit) => sum + bit, 0);
    expect(bits).toBe(counted.size);
  }
});

test("nothing that is kept lies in a disc, and both ends are cut", () => {
  const { kept, discs, driven } = follow(3n);
  expect(discs).toHaveLength(2);
  for (const position of kept.flat().slice(1, -1)) expect(isHidden(discs.map((disc) => ({ ...disc, radiusMetres: disc.radiusMetres - 1 })), position)).toBe(false);
  const ends = [driven.at(0)?.at(0), driven.at(-1)?.at(-1)];
  for (const end of ends) expect(end !== undefined && isHidden(discs, end)).toBe(true);
  expect(follow(3n, { trimEnds: false }).discs).toHaveLength(0);
});

test("sampling keeps fewer visits, and sometimes none", () => {
  const kept = Array.from({ length: 60 }, (_, seed) => follow(BigInt(seed), { samplingRate: 1 / 8 }));
  const mean = kept.reduce((sum, { report }) => sum + report.sampled, 0) / kept.length;
  const cells = kept.reduce((sum, { report }) => sum + report.cells, 0) / kept.length;
  expect(mean / cells).toBeGreaterThan(0.08);
  expect(mean / cells).toBeLessThan(0.17);
});

test("a buyer sees the sum of all, with intervals that hold", () => {
  const estimates = sumWithOthers({ region: sampleDriveRegion, others, sent: follow(1n).sent, random: seededRandom(5n) });
  expect(estimates).toHaveLength(12 * 49);
  const shown = estimates.filter((estimate) => estimate.shown);
  expect(shown.length).toBeGreaterThan(100);
  const again = sumWithOthers({ region: sampleDriveRegion, others, sent: null, random: seededRandom(5n) });
  expect(again.filter((estimate) => estimate.shown).length).toBeGreaterThan(100);
});
