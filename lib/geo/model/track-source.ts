import { AppError, type ErrorCode } from "@/lib/kernel/errors";
import { parseTime } from "@/lib/geo/model/parse-time";
import type { TimeZone } from "@/lib/geo/model/time-zone";
import type { TrackPoint } from "@/lib/geo/model/track";

/** Longest line of a CSV file, and longest stretch without a tag in a GPX file, in characters. Nothing recorded comes near. */
export const LINE_LENGTH_MAX = 1_000_000;

/** What a parser knows about the file besides its text. */
export type TrackSource = {
  /** As the person knows the file; named in every error. */
  readonly name: string;
  /** Zone of times that name none. */
  readonly timeZone: TimeZone | undefined;
  /** Told what the file holds that is not used. */
  readonly onNotice: (notice: string) => void;
};

/** Takes a file's text in pieces and gives the points that are complete. */
export type TrackParser = {
  push(text: string): TrackPoint[];
  /** Call once at the end of the file. */
  finish(): TrackPoint[];
};

/** A refusal that names the file and, where there is one, the line. The message never holds a value of the file. */
export function refuseFile(code: ErrorCode, source: Pick<TrackSource, "name">, problem: string, line?: number): AppError {
  const where = line === undefined ? source.name : `${source.name}, line ${line}`;
  return new AppError(code, `${where}: ${problem}`, { details: { file: source.name, line: line ?? null } });
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A coordinate in decimal degrees; range is the cleaning's matter. Throws `file.value-invalid`. */
export function readDegrees(text: string, what: "latitude" | "longitude", source: TrackSource, line: number): number {
  const trimmed = text.trim();
  if (!decimal.test(trimmed)) {
    const problem = trimmed === "" ? "is empty" : "is not a number of decimal degrees such as 48.137";
    throw refuseFile("file.value-invalid", source, `the ${what} ${problem}.`, line);
  }
  return Number(trimmed);
}

/** A time as UTC milliseconds. Throws `file.no-times`, `file.time-zone-missing` or `file.value-invalid`. */
export function readTime(text: string, source: TrackSource, line: number): number {
  const trimmed = text.trim();
  if (trimmed === "") throw refuseFile("file.no-times", source, "the point has no time; speeds cannot be computed without.", line);
  const parsed = parseTime(trimmed, source.timeZone);
  if (parsed.ok) return parsed.value;
  switch (parsed.reason) {
    case "zone-missing":
      throw refuseFile("file.time-zone-missing", source, "the time names no time zone. State the zone it was recorded in, such as America/Chicago, -05:00 or UTC.", line);
    case "skipped":
      throw refuseFile("file.value-invalid", source, `the time does not exist in ${source.timeZone?.name ?? "its zone"}: clocks were put forward over it. Is the time zone right?`, line);
    case "invalid":
      throw refuseFile("file.value-invalid", source, "the time is neither ISO 8601 (2026-01-31T08:15:00Z) nor unix seconds or milliseconds.", line);
  }
}
