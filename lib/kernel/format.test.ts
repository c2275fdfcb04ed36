import { describe, expect, test } from "vitest";
import { formatDay, formatDuration, formatEstimate, formatMoney, formatPower, formatShort, formatSpan, formatTime, formatWhole, isSameTime, isTooFewToTell } from "@/lib/kernel/format";

describe("numbers", () => {
  test.each([
    [{ value: 2400, low: 2080, high: 2720 }, "vehicles", "2,400 ± 320 vehicles"],
    [{ value: 28, low: 24, high: 33 }, "km/h", "28 km/h (24–33)"],
    [{ value: 100, low: 90, high: 110 }, undefined, "100 ± 10"],
    [{ value: 100, low: 90, high: 130 }, undefined, "100 (90–130)"],
  ])("an estimate is written with its interval: %o", (estimate, unit, words) => {
    expect(formatEstimate(estimate, unit)).toBe(words);
  });

  test.each([
    [{ value: 5, low: -2, high: 12 }],
    [{ value: 5, low: 0, high: 10 }],
    [{ value: 100, low: -1, high: 110 }],
    [{ value: 10, low: 1, high: 25 }],
    [{ value: -3, low: -10, high: 4 }],
  ])("an interval that swallows its number says so: %o", (estimate) => {
    expect(isTooFewToTell(estimate)).toBe(true);
    expect(formatEstimate(estimate, "vehicles")).toBe("too few to tell");
  });

  test("a number whose interval stays clear of zero is told", () => {
    expect(isTooFewToTell({ value: 20, low: 7, high: 33 })).toBe(false);
  });

  test.each([[0, "0"], [-0.4, "0"], [99.6, "100"], [222.1, "222"], [1234, "1.2k"], [1_000_000, "1M"]])("%d is %s on the map", (value, words) => {
    expect(formatShort(value)).toBe(words);
  });

  test.each([[0.00097, "9.7 × 10⁻⁴"], [3.1e-7, "3.1 × 10⁻⁷"], [0, "0"], [1.5e12, "1.5 × 10¹²"]])("%d is written %s", (value, words) => {
    expect(formatPower(value)).toBe(words);
  });

  test("tables show whole numbers, never minus zero", () => {
    expect([formatWhole(1234.5), formatWhole(-0.2)]).toEqual(["1,235", "0"]);
  });
});

describe("money", () => {
  const dollar = { decimals: 6, symbol: "tUSD" };
  test.each([
    [5_000_000n, "5.00 tUSD"],
    [500_000n, "0.50 tUSD"],
    [1n, "0.000001 tUSD"],
    [1_234_567_890_000n, "1,234,567.89 tUSD"],
    [-500_000n, "-0.50 tUSD"],
    [0n, "0.00 tUSD"],
  ])("%d units are %s", (amount, words) => {
    expect(formatMoney(amount, dollar)).toBe(words);
  });

  test("a token without decimals still has two", () => {
    expect(formatMoney(7n, { decimals: 0, symbol: "X" })).toBe("7.00 X");
  });
});

describe("time", () => {
  const start = Date.UTC(2026, 10, 24, 20, 0) / 1000;

  test.each([[-5, "0 s"], [0.2, "1 s"], [59, "59 s"], [60, "1 min"], [61, "2 min"], [3600, "1 h"], [4801, "1 h 21 min"], [172_799, "2 days"], [2_592_000, "30 days"]])("%d seconds are %s", (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words);
  });

  test("a span within a day names the day once", () => {
    expect(formatSpan(start, start + 1800, "UTC")).toBe("Tue 24 Nov, 20:00–20:30");
  });

  test("a span over midnight names both days", () => {
    expect(formatSpan(start + 3.5 * 3600, start + 4.5 * 3600, "UTC")).toBe("Tue 24 Nov, 23:30–Wed 25 Nov, 00:30");
  });

  test("a span of days names days and years, the last day being the last one inside", () => {
    expect(formatSpan(Date.UTC(2011, 3, 1) / 1000, Date.UTC(2011, 4, 1) / 1000, "UTC")).toBe("Fri 1 Apr 2011 – Sat 30 Apr 2011");
  });

  test("the same moment has another hour elsewhere", () => {
    expect([formatTime(start, "America/Chicago"), formatDay(start, "Asia/Tokyo")]).toEqual(["14:00", "Wed 25 Nov"]);
    expect(isSameTime(start, "UTC", "America/Chicago")).toBe(false);
    expect(isSameTime(start, "America/Chicago", "America/Winnipeg")).toBe(true);
  });
});
