import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { groupVehicles } from "@/lib/geo/model/group-vehicles";
import { readTrack, type ReadTrackOptions } from "@/lib/geo/model/read-track";
import type { TrackPoint } from "@/lib/geo/model/track";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The text in chunks of so many bytes, so that every boundary falls somewhere inconvenient. */
function inChunks(text: string, size: number): Uint8Array[] {
  const all = bytes(text);
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.subarray(index * size, (index + 1) * size));
}

async function read(text: string | Iterable<Uint8Array>, options: Partial<ReadTrackOptions> = {}): Promise<TrackPoint[]> {
  const points: TrackPoint[] = [];
  for await (const point of readTrack(typeof text === "string" ? [bytes(text)] : text, { name: "drive", ...options })) points.push(point);
  return points;
}

async function problemOf(text: string | Iterable<Uint8Array>, options: Partial<ReadTrackOptions> = {}): Promise<string> {
  try {
    await read(text, options);
  } catch (error) {
    return isAppError(error) ? `${error.code}: ${error.message}` : String(error);
  }
  return "nothing was wrong";
}

const csv = "trip_id,time,lat,lon\n7,2011-04-03T04:50:55Z,41.879176,-87.649627\n7,2011-04-03T04:50:59Z,41.879172,-87.649875\n8,2011-04-03T04:51:02Z,41.8,-87.6\n";
const expected: TrackPoint[] = [
  { vehicle: "7", timeMs: Date.parse("2011-04-03T04:50:55Z"), latitude: 41.879176, longitude: -87.649627 },
  { vehicle: "7", timeMs: Date.parse("2011-04-03T04:50:59Z"), latitude: 41.879172, longitude: -87.649875 },
  { vehicle: "8", timeMs: Date.parse("2011-04-03T04:51:02Z"), latitude: 41.8, longitude: -87.6 },
];
const gpx = `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="a recorder" xmlns="http://www.topografix.com/GPX/1/1">
  <metadata><time>2001-01-01T00:00:00Z</time></metadata>
  <wpt lat="1" lon="2"><time>2001-01-01T00:00:00Z</time></wpt>
  <trk><name>Über</name><trkseg>
    <trkpt lat="41.879176" lon="-87.649627"><ele>180</ele><time>2011-04-03T04:50:55Z</time><extensions><x:a xmlns:x="y"><time>no time at all</time></x:a></extensions></trkpt>
    <trkpt lat="41.879172" lon="-87.649875"><time><![CDATA[2011-04-03T04:50:59Z]]></time></trkpt>
  </trkseg><trkseg><trkpt lon="-87.6" lat="41.8"><time>
    2011-04-03T04:51:02Z</time></trkpt></trkseg></trk>
</gpx>`;

describe("files of recorded drives", () => {
  it.each([1, 2, 3, 7, 64, 100_000])("are read the same whatever the chunks are (%d bytes)", async (size) => {
    expect(await read(inChunks(csv, size))).toEqual(expected);
    expect(await read(inChunks(csv.replaceAll("\n", "\r\n"), size))).toEqual(expected);
    expect(await read(inChunks(gpx, size), { name: "drive.gpx" })).toEqual(expected.map((point) => ({ ...point, vehicle: "drive.gpx" })));
  });

  it("are taken from asynchronous sources too", async () => {
    async function* source(): AsyncGenerator<Uint8Array> {
      for (const chunk of inChunks(csv, 10)) yield await Promise.resolve(chunk);
    }
    const vehicles = await groupVehicles(readTrack(source(), { name: "drive.csv" }));
    expect([...vehicles].map(([vehicle, points]) => [vehicle, points.length])).toEqual([["7", 2], ["8", 1]]);
  });

  it("may begin with a byte order mark, blank lines, or be UTF-16 from a spreadsheet", async () => {
    expect(await read(`\uFEFF${csv}`)).toEqual(expected);
    expect(await read(`\n\n  ${csv}`)).toEqual(expected);
    expect(await read(` \n${gpx}`)).toHaveLength(3);
    const utf16 = new Uint8Array(2 + 2 * csv.length);
    utf16.set([0xff, 0xfe]);
    [...csv].forEach((character, index) => { utf16[2 + 2 * index] = character.charCodeAt(0); });
    expect(await read([utf16])).toEqual(expected);
  });

  it.each([
    ["an empty file", "", "file.empty"],
    ["white space", " \n\n\t", "file.empty"],
    ["binary data", "PK\u0003\u0004\0\0\0", "file.unreadable"],
    ["a GPX file that is none", "time,lat,lon\n", "file.unreadable", { name: "drive.gpx" }],
    ["XML said to be CSV", gpx, "file.unreadable", { format: "csv" as const }],
    ["prose", "Dear driver,\nthank you for\nyour letter.\n", "file.unreadable"],
    ["JSON", '{"type":"FeatureCollection","features":[]}', "file.unreadable"],
    ["HTML", "<!DOCTYPE html><html><body>404</body></html>", "file.unreadable"],
    ["KML", '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"></kml>', "file.unreadable"],
  ])("that are %s are refused by name", async (_, text, code, options: Partial<ReadTrackOptions> = {}) => {
    const problem = await problemOf(text, options);
    expect(problem).toContain(`${code}: ${options.name ?? "drive"}`);
  });

  it("with latitudes and longitudes swapped are refused when no latitude can be one", async () => {
    const swapped = "time,lat,lon\n" + Array.from({ length: 30 }, (_, index) => `${1_301_806_255 + index},139.7,35.6\n`).join("");
    expect(await problemOf(swapped)).toContain("file.coordinates-swapped");
    expect(await problemOf(swapped.split("\n").slice(0, 3).join("\n"))).toContain("file.coordinates-swapped");
  });

  it("with a glitch at the beginning are read, the glitch left to the cleaning", async () => {
    const points = await read("time,lat,lon\n1301806255,139.7,35.6\n1301806256,35.6,139.7\n1301806257,139.7,35.6\n");
    expect(points.map(({ latitude }) => latitude)).toEqual([139.7, 35.6, 139.7]);
  });

  it("refuse an unknown time zone before anything is read", async () => {
    expect(await problemOf(csv, { timeZone: "Mars/Olympus" })).toContain("usage.invalid");
  });

  it("stream a million points in memory that does not grow with them", async () => {
    const rows = 1_000_000;
    let produced = 0;
    let consumed = 0;
    let ahead = 0;
    function* source(): Generator<Uint8Array> {
      yield bytes("vehicle,time,lat,lon\n");
      while (produced < rows) {
        let text = "";
        for (let row = 0; row < 5_000; row += 1) text += `v${row % 10},${1_301_806_255_000 + produced + row},41.879176,-87.649627\n`;
        produced += 5_000;
        yield bytes(text);
      }
    }
    for await (const point of readTrack(source(), { name: "big.csv" })) {
      consumed += point.latitude > 0 ? 1 : 0;
      ahead = Math.max(ahead, produced - consumed);
    }
    expect(consumed).toBe(rows);
    // Never more than the chunk at hand is read ahead of its use.
    expect(ahead).toBeLessThanOrEqual(10_000);
  }, 60_000);
});
