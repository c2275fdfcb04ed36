import Papa from "papaparse";
import { findColumns, type CsvColumns } from "@/lib/geo/model/csv-columns";
import type { TrackPoint } from "@/lib/geo/model/track";
import { LINE_LENGTH_MAX, readDegrees, readTime, refuseFile, type TrackParser, type TrackSource } from "@/lib/geo/model/track-source";

const delimiters = [",", ";", "\t", "|"];

/** Position behind the last line end that is not inside quotes, or 0. */
function endOfLines(text: string): number {
  if (!text.includes('"')) return text.lastIndexOf("\n") + 1;
  let end = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted;
    else if (character === "\n" && !isQuoted) end = at + 1;
  }
  return end;
}

/** The delimiter of the header line; a comma when there is only one column. */
function guessDelimiter(block: string): string {
  const [header = ""] = block.trimStart().split("\n", 1);
  return Papa.parse(header, { delimitersToGuess: delimiters }).meta.delimiter;
}

/** Ids remembered at a time. */
const IDS_MAX = 10_000;

/**
 * One text for each id, however many rows have it. A cut from a row would keep the whole piece of the file that it was cut from;
 * joining and cutting again makes a text of its own.
 */
class VehicleIds {
  private readonly known = new Map<string, string>();

  get(id: string): string {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const own = ` ${id}`.slice(1);
    if (this.known.size >= IDS_MAX) this.known.clear();
    this.known.set(own, own);
    return own;
  }
}

/** Rows of a CSV file with a header line; delimiter comma, semicolon, tab or bar, found from the header. */
class CsvParser implements TrackParser {
  private rest = "";
  private line = 1;
  private delimiter: string | undefined;
  private columns: CsvColumns | undefined;
  private found = 0;
  private readonly ids = new VehicleIds();

  constructor(private readonly source: TrackSource) {}

  push(text: string): TrackPoint[] {
    // A carriage return at the end waits for its line feed.
    const joined = this.rest + text;
    const isSplitPair = joined.endsWith("\r");
    const whole = (isSplitPair ? joined.slice(0, -1) : joined).replace(/\r\n?/g, "\n");
    const end = endOfLines(whole);
    this.rest = whole.slice(end) + (isSplitPair ? "\r" : "");
    const points = end === 0 ? [] : this.readLines(whole.slice(0, end));
    if (this.rest.length > LINE_LENGTH_MAX) {
      throw refuseFile("file.too-large", this.source, `the line is longer than ${LINE_LENGTH_MAX} characters. Is a quote left open?`, this.line);
    }
    return points;
  }

  finish(): TrackPoint[] {
    const last = this.rest.replace(/\r$/, "");
    this.rest = "";
    const points = last === "" ? [] : this.readLines(`${last}\n`);
    if (this.found === 0) throw refuseFile("file.empty", this.source, this.columns === undefined ? "it is empty." : "it has a header line but no points.");
    return points;
  }

  /** `block` is whole lines and ends with a line feed. */
  private readLines(block: string): TrackPoint[] {
    this.delimiter ??= guessDelimiter(block);
    const { data, errors } = Papa.parse<string[]>(block.slice(0, -1), { delimiter: this.delimiter, newline: "\n" });
    const isQuoted = block.includes('"');
    const broken = new Set(errors.map(({ row }) => row ?? 0));
    const points: TrackPoint[] = [];
    data.forEach((row, index) => {
      if (this.columns !== undefined && broken.has(index)) throw refuseFile("file.value-invalid", this.source, "the quotes don't match.", this.line);
      const point = this.readRow(row);
      if (point !== undefined) points.push(point);
      this.line += 1 + (isQuoted ? row.join("").split("\n").length - 1 : 0);
    });
    return points;
  }

  private readRow(row: readonly string[]): TrackPoint | undefined {
    if (row.every((value) => value.trim() === "")) return undefined;
    if (this.columns === undefined) {
      this.columns = findColumns(row.map((header) => header.trim()), this.source);
      return undefined;
    }
    return this.readPoint(row, this.columns);
  }

  private readPoint(row: readonly string[], { vehicle, time, latitude, longitude, count }: CsvColumns): TrackPoint {
    const isTooLong = row.length > count && row.slice(count).some((value) => value.trim() !== "");
    if (row.length < count || isTooLong) {
      throw refuseFile("file.value-invalid", this.source, `the line has ${row.length} values, the header line has ${count}.`, this.line);
    }
    this.found += 1;
    const valueAt = (index: number): string => row[index] ?? "";
    return {
      vehicle: vehicle === undefined ? this.source.name : this.ids.get(valueAt(vehicle).trim()),
      timeMs: readTime(valueAt(time), this.source, this.line),
      latitude: readDegrees(this.toPoint(valueAt(latitude)), "latitude", this.source, this.line),
      longitude: readDegrees(this.toPoint(valueAt(longitude)), "longitude", this.source, this.line),
    };
  }

  /** Decimal commas, where the comma does not separate values. */
  private toPoint(value: string): string {
    return this.delimiter === "," ? value : value.replace(",", ".");
  }
}

/** A parser for one CSV file. Its errors are those of `readTrack`. */
export function createCsvParser(source: TrackSource): TrackParser {
  return new CsvParser(source);
}
