import { expect, test } from "vitest";
import { createChainClock } from "@/local/devnet/chain-clock";

function clockAt(seconds: number): { clock: ReturnType<typeof createChainClock>; pass(seconds: number): void } {
  let nowMs = seconds * 1_000;
  return { clock: createChainClock({ nowMs: () => nowMs }), pass: (more) => (nowMs += more * 1_000) };
}

test("blocks carry the machine's time, and each is later than the one before", () => {
  const { clock, pass } = clockAt(1_000);
  expect(clock.next(900)).toBe(1_000);
  expect(clock.next(1_000)).toBe(1_001);
  pass(10);
  expect(clock.next(1_001)).toBe(1_010);
});

test("a fixed time holds for one block and later ones go on from it", () => {
  const { clock, pass } = clockAt(1_000);
  clock.fixNext(5_000);
  expect(clock.next(1_000)).toBe(5_000);
  pass(3);
  expect(clock.next(5_000)).toBe(5_003);
});

test("a chain that is ahead of the machine stays ahead after a restart, one that is behind catches up", () => {
  const ahead = clockAt(1_000);
  ahead.clock.resume(4_000);
  ahead.pass(2);
  expect(ahead.clock.next(4_000)).toBe(4_002);
  const behind = clockAt(1_000);
  behind.clock.resume(10);
  expect(behind.clock.next(10)).toBe(1_000);
});

test("moving the clock on moves later blocks on", () => {
  const { clock } = clockAt(1_000);
  clock.shift(3_600);
  expect(clock.now()).toBe(4_600);
});
