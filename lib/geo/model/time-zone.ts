import { AppError } from "@/lib/kernel/errors";
import { fail, ok, type Result } from "@/lib/kernel/result";

/** A place's clock: how far it is ahead of UTC at any time. */
export type TimeZone = {
  readonly name: string;
  /** Milliseconds ahead of UTC at a UTC time in milliseconds. */
  offsetAt(utcMs: number): number;
};

/** Zones change their offset on quarter hours of UTC (all have since 1972), so one answer serves a whole quarter. */
const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const OFFSET_CACHE_MAX = 8_192;

const fixedOffset = /^(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?$/;

/** Milliseconds ahead of UTC that a text such as Z, +02:00, -0530 or +02 stands for; undefined for any other text. */
export function readOffset(text: string): number | undefined {
  if (/^(?:Z|UTC|GMT)$/i.test(text)) return 0;
  const match = fixedOffset.exec(text);
  if (match === null) return undefined;
  const [, sign, hours, minutes = "0"] = match;
  const total = Number(hours) * 60 + Number(minutes);
  return Number(hours) <= 18 && Number(minutes) <= 59 ? (sign === "-" ? -1 : 1) * total * 60_000 : undefined;
}

function openFormat(name: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (cause) {
    throw new AppError("usage.invalid", `There is no time zone ${name}. Give an IANA name such as America/Chicago, an offset such as -05:00, or UTC.`, { cause });
  }
}

function measureOffset(format: Intl.DateTimeFormat, utcMs: number): number {
  const parts = new Map(format.formatToParts(utcMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return local - Math.floor(utcMs / 1_000) * 1_000;
}

/** The zone of an IANA name or a fixed offset. Throws `usage.invalid` for any other text. */
export function openTimeZone(name: string): TimeZone {
  const fixed = readOffset(name);
  if (fixed !== undefined) return { name, offsetAt: () => fixed };
  const format = openFormat(name);
  const offsets = new Map<number, number>();
  return {
    name,
    offsetAt(utcMs) {
      const quarter = Math.floor(utcMs / QUARTER_MS);
      const known = offsets.get(quarter);
      if (known !== undefined) return known;
      const offset = measureOffset(format, quarter * QUARTER_MS);
      if (offsets.size >= OFFSET_CACHE_MAX) offsets.clear();
      offsets.set(quarter, offset);
      return offset;
    },
  };
}

/**
 * UTC milliseconds of what a zone's clock showed, given as if the clock were UTC's. Where clocks were put back a time comes twice:
 * the earlier is taken (the later then runs backwards and is dropped by the cleaning). A time that clocks jumped over is refused.
 */
export function localToUtc(localMs: number, zone: TimeZone): Result<number, "skipped"> {
  const candidates = [localMs - zone.offsetAt(localMs - DAY_MS), localMs - zone.offsetAt(localMs + DAY_MS)];
  const times = candidates.filter((utcMs) => utcMs + zone.offsetAt(utcMs) === localMs);
  return times.length === 0 ? fail("skipped") : ok(Math.min(...times));
}

/** The calendar day, YYYY-MM-DD, on a zone's clock. */
export function dayOf(utcMs: number, zone: TimeZone): string {
  return new Date(utcMs + zone.offsetAt(utcMs)).toISOString().slice(0, 10);
}
