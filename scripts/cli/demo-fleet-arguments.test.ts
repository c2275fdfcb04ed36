import { expect, test } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { readDemoFleetArguments } from "@/scripts/cli/demo-fleet-arguments";

test("without arguments one fleet of 73 drives in the pilot's open epoch, another one each time", () => {
  const first = readDemoFleetArguments([]);
  expect(first).toMatchObject({ vehicles: 73, fleets: 1, region: "loop-pilot", epoch: "open", isSingle: false, out: undefined });
  const seeds = new Set(Array.from({ length: 20 }, () => readDemoFleetArguments([]).seed));
  expect(seeds.size).toBeGreaterThan(15);
});

test("what is asked for is what is done", () => {
  const given = ["--vehicles", "5", "--fleets", "3", "--seed", "0", "--region", "study", "--epoch", "2026-06-10T17:00:00-05:00", "--single", "--out", "a.csv"];
  expect(readDemoFleetArguments(given)).toEqual({ vehicles: 5, fleets: 3, seed: 0, region: "study", epoch: Date.UTC(2026, 5, 10, 22) / 1000, isSingle: true, isDirect: false, out: "a.csv" });
});

test.each([
  ["no vehicles", ["--vehicles", "0"]],
  ["half a vehicle", ["--vehicles", "1.5"]],
  ["a number with a unit", ["--vehicles", "73cars"]],
  ["more vehicles than a fleet has", ["--vehicles", "1001"]],
  ["no fleets", ["--fleets", "0"]],
  ["a negative seed", ["--seed=-1"]],
  ["a time without its zone", ["--epoch", "2026-06-10T17:00:00"]],
  ["a word for a time", ["--epoch", "now"]],
  ["an option that does not exist", ["--vehicle", "3"]],
  ["an option without its value", ["--region"]],
  ["a stray word", ["fleet"]],
])("%s is refused with the usage", (_, args) => {
  expect(() => readDemoFleetArguments(args)).toThrow(expect.toSatisfy((error) => isAppError(error, "usage.invalid") && error.message.includes("Usage: npm run demo-fleet")));
});
