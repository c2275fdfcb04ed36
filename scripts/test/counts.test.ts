import { expect, test } from "vitest";
import { addCounts, countOutcome } from "@/scripts/test/counts";

test("each runner's closing lines are read", () => {
  expect(countOutcome("vitest", " Test Files  2 passed (2)\n      Tests  1 failed | 8 passed (9)\n", 1)).toEqual({ passed: 8, failed: 1 });
  expect(countOutcome("mocha", "  12 passing (3s)\n  2 failing\n", 2)).toEqual({ passed: 12, failed: 2 });
  expect(countOutcome("cargo", "test result: ok. 4 passed; 0 failed; 0 ignored\ntest result: FAILED. 1 passed; 2 failed; 0 ignored\n", 101)).toEqual({ passed: 5, failed: 2 });
  expect(countOutcome("playwright", "  1 failed\n  3 passed (12s)\n", 1)).toEqual({ passed: 3, failed: 1 });
  expect(countOutcome("check", "", 0)).toEqual({ passed: 1, failed: 0 });
});

test("colours do not hide counts", () => {
  const escape = String.fromCharCode(27);
  expect(countOutcome("vitest", `${escape}[2m      Tests ${escape}[22m ${escape}[1m${escape}[32m8 passed${escape}[39m${escape}[22m`, 0)).toEqual({ passed: 8, failed: 0 });
});

test("a suite that crashed or ran nothing is a failure", () => {
  expect(countOutcome("vitest", "Error: no such file", 1)).toEqual({ passed: 0, failed: 1 });
  expect(countOutcome("mocha", "", 0)).toEqual({ passed: 0, failed: 1 });
  expect(countOutcome("cargo", "test result: ok. 3 passed; 0 failed", 101)).toEqual({ passed: 3, failed: 1 });
});

test("counts add up", () => {
  expect(addCounts([{ passed: 1, failed: 2 }, { passed: 3, failed: 0 }])).toEqual({ passed: 4, failed: 2 });
});
