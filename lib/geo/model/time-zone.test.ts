import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { dayOf, localToUtc, openTimeZone, readOffset } from "@/lib/geo/model/time-zone";

const utc = (text: string): number => Date.parse(text);

describe("time zones", () => {
  it.each([
    ["Z", 0],
    ["UTC", 0],
    ["+02:00", 7_200_000],
    ["-0530", -19_800_000],
    ["+09", 32_400_000],
    ["UTC+5:30", undefined],
    ["+19:00", undefined],
    ["+02:75", undefined],
    ["Chicago", undefined],
  ])("offset %s", (text, milliseconds) => {
    expect(readOffset(text)).toBe(milliseconds);
  });

  it("know summer and winter", () => {
    const chicago = openTimeZone("America/Chicago");
    expect(chicago.offsetAt(utc("2011-01-15T12:00:00Z"))).toBe(-6 * 3_600_000);
    expect(chicago.offsetAt(utc("2011-07-15T12:00:00Z"))).toBe(-5 * 3_600_000);
    expect(chicago.offsetAt(utc("2011-03-13T07:59:59.999Z"))).toBe(-6 * 3_600_000);
    expect(chicago.offsetAt(utc("2011-03-13T08:00:00Z"))).toBe(-5 * 3_600_000);
    expect(openTimeZone("Asia/Kathmandu").offsetAt(0)).toBe(19_800_000);
    expect(openTimeZone("-03:30").offsetAt(0)).toBe(-12_600_000);
  });

  it.each(["Chicago/Illinois", "", "CEST+1", "+25:00"])("refuse %j, saying what to give", (name) => {
    let thrown: unknown;
    try {
      openTimeZone(name);
    } catch (error) {
      thrown = error;
    }
    expect(isAppError(thrown, "usage.invalid")).toBe(true);
    expect(String(thrown)).toContain("America/Chicago");
  });

  it.each([
    ["in winter", "2011-01-15T12:00:00Z", "2011-01-15T18:00:00Z"],
    ["in summer", "2011-07-15T12:00:00Z", "2011-07-15T17:00:00Z"],
    ["just before clocks go forward", "2011-03-13T01:59:59Z", "2011-03-13T07:59:59Z"],
    ["just after", "2011-03-13T03:00:00Z", "2011-03-13T08:00:00Z"],
    ["twice on the clock: the earlier", "2011-11-06T01:30:00Z", "2011-11-06T06:30:00Z"],
    ["after the second of them", "2011-11-06T02:00:00Z", "2011-11-06T08:00:00Z"],
  ])("turn clock time into UTC %s", (_, local, expected) => {
    const result = localToUtc(utc(local), openTimeZone("America/Chicago"));
    expect(result.ok && new Date(result.value).toISOString()).toBe(new Date(utc(expected)).toISOString());
  });

  it("know that a clock jumped over a time", () => {
    expect(localToUtc(utc("2011-03-13T02:30:00Z"), openTimeZone("America/Chicago"))).toEqual({ ok: false, reason: "skipped" });
  });

  it("begin days at their own midnight", () => {
    const chicago = openTimeZone("America/Chicago");
    expect(dayOf(utc("2011-04-03T04:59:59.999Z"), chicago)).toBe("2011-04-02");
    expect(dayOf(utc("2011-04-03T05:00:00Z"), chicago)).toBe("2011-04-03");
    expect(dayOf(utc("2011-04-03T23:00:00Z"), openTimeZone("UTC"))).toBe("2011-04-03");
    expect(dayOf(utc("2011-04-03T23:00:00Z"), openTimeZone("Pacific/Kiritimati"))).toBe("2011-04-04");
  });
});
