import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError, isAppError } from "@/lib/kernel/errors";
import { bigintToHex, bytesToHex, hexToBytes, isHex } from "@/lib/kernel/hex";
import { shuffle, systemRandom, uniform, uniformInt, type RandomSource } from "@/lib/kernel/random";
import { delay } from "@/lib/kernel/time";

/** A repeatable source for tests: a counter through a mixing function. */
function seeded(seed: number): RandomSource {
  let state = seed >>> 0;
  return {
    bytes: (length) =>
      Uint8Array.from({ length }, () => {
        state = (state + 0x9e3779b9) >>> 0;
        let mixed = state;
        mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
        mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
        return (mixed ^ (mixed >>> 15)) & 0xff;
      }),
  };
}

test("bytes survive the way to hexadecimal and back", () => {
  const roundTrip = fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
    expect(hexToBytes(bytesToHex(bytes))).toEqual(bytes);
  });
  fc.assert(roundTrip, { seed: 1 });
});

test("odd or foreign digits are not hexadecimal", () => {
  for (const text of ["0x0", "0xg0", "12", "0x 1"]) expect(isHex(text)).toBe(false);
  expect(() => hexToBytes("0x123")).toThrow(RangeError);
});

test("an integer that does not fit its bytes is refused", () => {
  expect(bigintToHex(255n, 1)).toBe("0xff");
  expect(() => bigintToHex(256n, 1)).toThrow(RangeError);
  expect(() => bigintToHex(-1n, 4)).toThrow(RangeError);
});

test("uniform numbers stay in [0, 1) and centre on a half", () => {
  const random = seeded(7);
  const draws = Array.from({ length: 20_000 }, () => uniform(random));
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...draws)).toBeLessThan(1);
  expect(draws.reduce((sum, draw) => sum + draw, 0) / draws.length).toBeCloseTo(0.5, 1);
});

test("uniform integers reach every value and no other", () => {
  const random = seeded(3);
  const counts = new Map<number, number>();
  for (let draw = 0; draw < 6_000; draw += 1) {
    const value = uniformInt(random, 6);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  expect([...counts.keys()].toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  expect(() => uniformInt(random, 0)).toThrow(RangeError);
});

test("shuffling keeps every item, and the argument as it was", () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8];
  const shuffled = shuffle(systemRandom, items);
  expect(shuffled.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("an error keeps its code, its cause and its facts", () => {
  const error = new AppError("file.empty", "trip.gpx is empty.", { cause: "x", details: { file: "trip.gpx" } });
  expect(isAppError(error, "file.empty")).toBe(true);
  expect(isAppError(error, "internal")).toBe(false);
  expect(error).toMatchObject({ message: "trip.gpx is empty.", cause: "x", details: { file: "trip.gpx" } });
  expect(isAppError(new Error("x"))).toBe(false);
});

test("an aborted delay ends at once", async () => {
  await delay(3_600_000, AbortSignal.abort());
  const abort = new AbortController();
  const waiting = delay(3_600_000, abort.signal);
  abort.abort();
  await waiting;
});
