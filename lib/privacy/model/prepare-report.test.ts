import { describe, expect, it } from "vitest";
import { emptyReport, summarize, sumReports } from "@/lib/privacy/model/prepare-report";

describe("the report of a drive", () => {
  it("reads as one line that a person understands", () => {
    const report = { ...emptyReport, vehicles: 1, points: 2_114, impossible: 31, cutMetres: 842.4, cells: 57, sampled: 9, kept: 8, counted: 8 };
    expect(summarize(report)).toBe("2,114 points; 31 impossible dropped; ends cut 842 m; 57 cells; 9 sampled; 8 kept by your budget");
  });

  it("names every step at which something was dropped", () => {
    const report = {
      ...emptyReport, vehicles: 127, vehiclesOutside: 1, points: 17_517, impossible: 1, backwards: 2, duplicates: 3, outsideWorld: 4, gaps: 1,
      cutMetres: 1_234, cells: 1, cellsOutside: 473, cellsClosed: 5, cellsRepeated: 6, sampled: 1, kept: 1, otherCover: 7,
    };
    expect(summarize(report)).toBe(
      "127 vehicles; 1 vehicle outside the region; 17,517 points; 1 impossible dropped; 2 running backwards dropped; 3 repeated dropped; 4 off the globe dropped; 1 gap; " +
        "ends cut 1,234 m; 1 cell; 473 cells outside the region; 5 in closed epochs; 6 contributed before; 1 sampled; 1 kept by your budget; 7 outside the epoch's cover",
    );
  });

  it("of nothing says so", () => {
    expect(summarize(emptyReport)).toBe("0 points; 0 cells; 0 sampled; 0 kept by your budget");
  });

  it("of many vehicles is the sum of theirs, discs those known in the end", () => {
    const one = { ...emptyReport, vehicles: 1, points: 10, cells: 3, metres: 1.5, discs: 2 };
    const other = { ...emptyReport, vehicles: 1, points: 5, impossible: 1, cells: 4, metres: 2.5, discs: 4 };
    expect(sumReports([one, other])).toEqual({ ...emptyReport, vehicles: 2, points: 15, impossible: 1, cells: 7, metres: 4, discs: 4 });
    expect(sumReports([])).toEqual(emptyReport);
    const keys = Object.fromEntries(Object.keys(emptyReport).map((key) => [key, 1]));
    expect(sumReports([{ ...emptyReport, ...keys }, { ...emptyReport, ...keys }])).toEqual({ ...Object.fromEntries(Object.keys(emptyReport).map((key) => [key, 2])), discs: 1 });
  });
});
