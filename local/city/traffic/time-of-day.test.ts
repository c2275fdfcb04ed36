import { expect, test } from "vitest";
import { trafficAt } from "@/local/city/traffic/time-of-day";

const hour = 3_600_000;
/** Midnight in Chicago at the beginning of a Wednesday in summer, and of a Sunday. */
const wednesday = Date.UTC(2026, 5, 10, 5);
const sunday = Date.UTC(2026, 5, 14, 5);

test("the evening's rush hour is the fullest, before dawn is the emptiest", () => {
  const levels = Array.from({ length: 24 }, (_, at) => trafficAt(wednesday + (at + 0.5) * hour).level);
  expect(Math.max(...levels)).toBe(1);
  expect(levels.indexOf(Math.min(...levels))).toBe(2);
  expect(trafficAt(wednesday + 17 * hour).level).toBe(1);
});

test("mornings lead to work, evenings home, Sundays nowhere in particular", () => {
  expect(trafficAt(wednesday + 7.5 * hour).outboundShare).toBeGreaterThan(0.75);
  expect(trafficAt(wednesday + 17.5 * hour).outboundShare).toBeLessThan(0.3);
  expect(trafficAt(sunday + 8 * hour).outboundShare).toBe(0.5);
});

test("the clock is Chicago's, also in winter", () => {
  const winterMorning = Date.UTC(2026, 0, 14, 14, 30); // 8:30
  expect(trafficAt(winterMorning).level).toBe(1);
});

test("levels change without jumps over midnight", () => {
  const steps = Array.from({ length: 24 * 60 }, (_, minute) => trafficAt(wednesday + minute * 60_000).level);
  steps.slice(1).forEach((level, index) => expect(Math.abs(level - (steps[index] ?? 0))).toBeLessThan(0.01));
});
