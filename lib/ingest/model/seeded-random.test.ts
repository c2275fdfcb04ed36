import { describe, expect, test } from "vitest";
import { seededRandom } from "@/lib/ingest/model/seeded-random";

const secret = new Uint8Array(32).fill(7);

describe("randomness from a secret", () => {
  test("is the same for the same secret and label, however it is drawn", () => {
    const whole = seededRandom(secret, "trip").bytes(100);
    const source = seededRandom(secret, "trip");
    expect(Buffer.concat([source.bytes(1), source.bytes(63), source.bytes(36)])).toEqual(Buffer.from(whole));
  });

  test("is another for another label or secret", () => {
    const first = Buffer.from(seededRandom(secret, "trip").bytes(32));
    expect(Buffer.from(seededRandom(secret, "trip 2").bytes(32))).not.toEqual(first);
    expect(Buffer.from(seededRandom(new Uint8Array(32).fill(8), "trip").bytes(32))).not.toEqual(first);
  });

  test("looks uniform: bits of 64 kB are balanced within five standard errors", () => {
    const bytes = seededRandom(secret, "uniform").bytes(65_536);
    let ones = 0;
    for (const byte of bytes) ones += byte.toString(2).replaceAll("0", "").length;
    expect(Math.abs(ones - 262_144)).toBeLessThan(5 * Math.sqrt(524_288 / 4));
  });

  test.each([-1, 0.5, 65_537])("%s bytes at once are refused", (length) => {
    expect(() => seededRandom(secret, "x").bytes(length)).toThrow(RangeError);
  });
});
