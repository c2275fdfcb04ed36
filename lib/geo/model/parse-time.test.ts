import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTime } from "@/lib/geo/model/parse-time";
import { openTimeZone } from "@/lib/geo/model/time-zone";

const at = Date.parse("2011-04-03T04:50:55Z");

describe("times in files", () => {
  it.each([
    ["2011-04-03T04:50:55Z", at],
    ["2011-04-03 04:50:55z", at],
    ["2011-04-03T04:50:55.123Z", at + 123],
    ["2011-04-03T04:50:55,5Z", at + 500],
    ["2011-04-03T04:50:55.123456789Z", at + 123],
    ["2011-04-03T04:50Z", at - 55_000],
    ["2011-04-02T23:50:55-05:00", at],
    ["2011-04-02 23:50:55-0500", at],
    ["2011-04-02T23:50:55 -05", at],
    ["2011/04/03 04:50:55 UTC", at],
    ["2011-04-03T04:50:55+00:00", at],
    ["2016-12-31T23:59:60Z", Date.parse("2017-01-01T00:00:00Z")],
    ["1301806255", at],
    ["1301806255.25", at + 250],
    ["1301806255123", at + 123],
  ])("%s is read", (text, expected) => {
    expect(parseTime(text, undefined)).toEqual({ ok: true, value: expected });
  });

  it.each([
    "04:50:55", "2011-04-03", "03.04.2011 04:50:55", "04/03/2011 04:50:55", "2011-13-01T00:00:00Z", "2011-02-29T00:00:00Z", "2011-04-31T00:00:00Z",
    "2011-04-03T24:00:00Z", "2011-04-03T04:60:00Z", "2011-04-03T04:50:61Z", "2011-04-03T04:50:55+19:00", "2011-04/03T04:50:55Z", "17", "-1301806255", "1301806255123456", "noon", "",
  ])("%j is refused, never guessed", (text) => {
    expect(parseTime(text, openTimeZone("UTC"))).toEqual({ ok: false, reason: "invalid" });
  });

  it("without a zone need the stated one", () => {
    expect(parseTime("2011-04-02T23:50:55", undefined)).toEqual({ ok: false, reason: "zone-missing" });
    expect(parseTime("2011-04-02T23:50:55", openTimeZone("America/Chicago"))).toEqual({ ok: true, value: at });
    expect(parseTime("2011-04-02 23:50:55", openTimeZone("-05:00"))).toEqual({ ok: true, value: at });
    expect(parseTime("2011-03-13 02:30:00", openTimeZone("America/Chicago"))).toEqual({ ok: false, reason: "skipped" });
  });

  it("with a zone of their own ignore the stated one", () => {
    expect(parseTime("2011-04-03T04:50:55Z", openTimeZone("Asia/Tokyo"))).toEqual({ ok: true, value: at });
    expect(parseTime("1301806255", openTimeZone("Asia/Tokyo"))).toEqual({ ok: true, value: at });
  });

  it("written by JavaScript are read back exactly", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (milliseconds) => {
        expect(parseTime(new Date(milliseconds).toISOString(), undefined)).toEqual({ ok: true, value: milliseconds });
      }),
      { seed: 20_260_408 },
    );
  });
});
