import { describe, expect, test } from "vitest";
import { readUploadArguments } from "@/scripts/cli/upload-arguments";

describe("the arguments of upload-data", () => {
  test("have safe defaults: ends are cut, nothing is shifted, each vehicle is alone", () => {
    expect(readUploadArguments(["a.gpx", "b.csv", "--region", "loop"])).toEqual({
      files: ["a.gpx", "b.csv"], region: "loop", isFleet: false, zones: [], trimEnds: true, shiftToNow: false, timeZone: undefined, isDryRun: false, isDirect: false, prover: "automatic",
    });
  });

  test("all of them are understood", () => {
    const args = ["--fleet", "--no-trim", "--shift-to", "now", "--dry-run", "--time-zone", "America/Chicago", "--sdk-prover", "--json"];
    expect(readUploadArguments(["a.csv", "--region", "loop", "--zone", "41.88,-87.63,300", "--zone=-1,2,50", ...args])).toMatchObject({
      isFleet: true, trimEnds: false, shiftToNow: true, isDryRun: true, isDirect: false, timeZone: "America/Chicago", prover: "sdk",
      zones: [{ latitude: 41.88, longitude: -87.63, metres: 300 }, { latitude: -1, longitude: 2, metres: 50 }],
    });
  });

  test.each([
    ["no file", ["--region", "loop"], "usage.invalid"],
    ["no region", ["a.gpx"], "usage.invalid"],
    ["an unknown option", ["a.gpx", "--region", "loop", "--fast"], "usage.invalid"],
    ["a shift to a time", ["a.gpx", "--region", "loop", "--shift-to", "2026-01-01"], "usage.invalid"],
    ["both provers", ["a.gpx", "--region", "loop", "--engine-prover", "--sdk-prover"], "usage.invalid"],
    ["a zone of two numbers", ["a.gpx", "--region", "loop", "--zone", "41.88,-87.63"], "zone.invalid"],
    ["a zone with an empty number", ["a.gpx", "--region", "loop", "--zone", "41.88,,300"], "zone.invalid"],
    ["a zone in words", ["a.gpx", "--region", "loop", "--zone", "home"], "zone.invalid"],
  ])("%s is refused", (_, args, code) => {
    expect(() => readUploadArguments(args)).toThrow(expect.objectContaining({ code }));
  });
});
