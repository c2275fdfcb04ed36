import type { AppError } from "@/lib/kernel/errors";
import { createCsvParser } from "@/lib/geo/model/read-csv";
import { createGpxParser } from "@/lib/geo/model/read-gpx";
import { openTimeZone } from "@/lib/geo/model/time-zone";
import type { TrackPoint } from "@/lib/geo/model/track";
import { refuseFile, type TrackParser, type TrackSource } from "@/lib/geo/model/track-source";

export type TrackFormat = "gpx" | "csv";

export type ReadTrackOptions = {
  /** The file's name: named in errors, and the vehicle's id where the file has none. */
  readonly name: string;
  /** Stated format; by default `<` at the beginning means GPX, anything else CSV. */
  readonly format?: TrackFormat;
  /** IANA name or offset for times that name no zone. Without it such times are refused. */
  readonly timeZone?: string;
  /** Told about what is in the file and not used, such as a speed column. */
  readonly onNotice?: (notice: string) => void;
};

/** Bytes decoded at a time: what bounds the memory, whatever the size of the chunks given. */
const PIECE_BYTES = 65_536;
/** So many points at the beginning, all with impossible latitudes that would do as longitudes, mean swapped columns; a lone one is a glitch. */
const SWAPPED_POINTS = 20;

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

function decoderFor(first: Uint8Array): TextDecoder {
  if (first[0] === 0xff && first[1] === 0xfe) return new TextDecoder("utf-16le");
  if (first[0] === 0xfe && first[1] === 0xff) return new TextDecoder("utf-16be");
  return new TextDecoder("utf-8");
}

/** Text in pieces; byte order marks are understood and removed. Throws `file.unreadable` on binary data. */
async function* decode(chunks: Chunks, source: TrackSource): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      decoder ??= decoderFor(piece);
      const text = decoder.decode(piece, { stream: true });
      if (text.includes("\0")) throw refuseFile("file.unreadable", source, "it is not a text file. Export the drive as GPX or CSV.");
      yield text;
    }
  }
  yield decoder?.decode() ?? "";
}

function chooseParser(start: string, format: TrackFormat | undefined, source: TrackSource): TrackParser {
  const isXml = start.startsWith("<");
  const isNamedGpx = format === "gpx" || (format === undefined && /\.gpx$/i.test(source.name));
  if (isNamedGpx && !isXml) throw refuseFile("file.unreadable", source, "it is not GPX: GPX begins with <.");
  if (format === "csv" && isXml) throw refuseFile("file.unreadable", source, "it is XML, not CSV.");
  return isXml ? createGpxParser(source) : createCsvParser(source);
}

/** The points as they come out of the file, a piece at a time. */
async function* parse(chunks: Chunks, format: TrackFormat | undefined, source: TrackSource): AsyncGenerator<TrackPoint[]> {
  let parser: TrackParser | undefined;
  for await (const text of decode(chunks, source)) {
    const start = parser === undefined ? text.trimStart() : text;
    if (start === "") continue;
    parser ??= chooseParser(start, format, source);
    yield parser.push(start);
  }
  if (parser === undefined) throw refuseFile("file.empty", source, "it is empty.");
  yield parser.finish();
}

function looksSwapped({ latitude, longitude }: TrackPoint): boolean {
  return Math.abs(latitude) > 90 && Math.abs(latitude) <= 180 && Math.abs(longitude) <= 90;
}

function refuseSwapped(source: TrackSource): AppError {
  return refuseFile("file.coordinates-swapped", source, "latitudes and longitudes are swapped: the latitudes lie beyond 90 degrees. Swap the two columns.");
}

/**
 * Reads a recorded drive from a file's bytes, GPX 1.0/1.1 or CSV with a header line, in memory that does not grow with the file.
 * Coordinates are WGS84 decimal degrees. Speeds in the file are never used, so that their unit does not matter.
 * A file that turns out broken throws when its broken place is reached: nothing of it should be used then.
 *
 * Throws `file.empty`, `file.unreadable` (binary, broken XML, no GPX or CSV), `file.too-large` (an element or line over 1 MB),
 * `file.column-missing`, `file.no-times`, `file.time-zone-missing`, `file.value-invalid` (with the line), `file.coordinates-swapped`,
 * and `usage.invalid` for an unknown time zone. No message holds a value of the file.
 */
export async function* readTrack(chunks: Chunks, options: ReadTrackOptions): AsyncGenerator<TrackPoint> {
  const { name, format, timeZone, onNotice = () => undefined } = options;
  const source: TrackSource = { name, timeZone: timeZone === undefined ? undefined : openTimeZone(timeZone), onNotice };
  const held: TrackPoint[] = [];
  let isBeginning = true;
  for await (const points of parse(chunks, format, source)) {
    for (const point of points) {
      if (isBeginning && looksSwapped(point)) {
        held.push(point);
        if (held.length === SWAPPED_POINTS) throw refuseSwapped(source);
        continue;
      }
      isBeginning = false;
      if (held.length > 0) yield* held.splice(0);
      yield point;
    }
  }
  if (held.length > 0) throw refuseSwapped(source);
}
