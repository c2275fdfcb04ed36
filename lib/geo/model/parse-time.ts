import { fail, ok, type Result } from "@/lib/kernel/result";
import { localToUtc, readOffset, type TimeZone } from "@/lib/geo/model/time-zone";

export type TimeRefusal = "invalid" | "zone-missing" | "skipped";

const isoTime = /^(\d{4})([-/])(\d{2})\2(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?$/i;
const unixTime = /^\d{9,14}(?:\.\d{1,9})?$/;

/** Below this a number is seconds (until the year 5138), from it on milliseconds (from March 1973). The two never overlap in practice. */
const MILLISECONDS_FROM = 1e11;

function readUnix(text: string): Result<number, TimeRefusal> {
  const value = Number(text);
  return ok(Math.round(value < MILLISECONDS_FROM ? value * 1_000 : value));
}

/**
 * UTC milliseconds of a time as files write it: ISO 8601 / RFC 3339 (date and time, T or a space between them, seconds and fractions
 * optional, year first), or unix seconds or milliseconds. A time without a zone needs the one that was stated; it is never guessed.
 */
export function parseTime(text: string, stated: TimeZone | undefined): Result<number, TimeRefusal> {
  if (unixTime.test(text)) return readUnix(text);
  const match = isoTime.exec(text);
  if (match === null) return fail("invalid");
  const [, year, , month, day, hour, minute, second = "0", fraction = "", zone] = match;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const date = new Date(midnight);
  const isCalendarDay = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  // A leap second (60) is read as the next minute's first.
  if (!isCalendarDay || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return fail("invalid");
  const milliseconds = Math.floor(Number(`0.${fraction === "" ? "0" : fraction}`) * 1_000 + 1e-6);
  const localMs = midnight + Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1_000 + milliseconds;
  if (zone === undefined) return stated === undefined ? fail("zone-missing") : localToUtc(localMs, stated);
  const offset = readOffset(zone.toUpperCase());
  return offset === undefined ? fail("invalid") : ok(localMs - offset);
}
