import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { createCsvParser } from "@/lib/geo/model/read-csv";
import { openTimeZone } from "@/lib/geo/model/time-zone";
import type { TrackPoint } from "@/lib/geo/model/track";
import type { TrackSource } from "@/lib/geo/model/track-source";

function parse(text: string, change: Partial<TrackSource> = {}): TrackPoint[] {
  const parser = createCsvParser({ name: "drive.csv", timeZone: undefined, onNotice: () => undefined, ...change });
  return [...parser.push(text), ...parser.finish()];
}

function problemOf(text: string, change: Partial<TrackSource> = {}): string {
  try {
    parse(text, change);
  } catch (error) {
    return isAppError(error) ? `${error.code}: ${error.message}` : String(error);
  }
  return "nothing was wrong";
}

const row = "2011-04-03T04:50:55Z,41.5,-87.5";
const point = { vehicle: "drive.csv", timeMs: Date.parse("2011-04-03T04:50:55Z"), latitude: 41.5, longitude: -87.5 };

describe("CSV files", () => {
  it.each([
    ["time,lat,lon", row],
    ["Timestamp,Latitude,Longitude", row],
    ["date_time,gps_lat,gps_lng", row],
    ["longitude,latitude,recorded at", "-87.5,41.5,2011-04-03T04:50:55Z"],
    ["time;lat;lon", "2011-04-03T04:50:55Z;41.5;-87.5"],
    ["time;lat;lon", "2011-04-03T04:50:55Z;41,5;-87,5"],
    ["time\tlat\tlon", "2011-04-03T04:50:55Z\t41.5\t-87.5"],
    ["time|lat|lon", "2011-04-03T04:50:55Z|41.5|-87.5"],
    ['"time","lat","lon"', '"2011-04-03T04:50:55Z","41.5","-87.5"'],
    ["time,lat,lon,note", `${row},"two\nlines, and ""quotes"""`],
    [" time , lat , lon ", " 2011-04-03T04:50:55Z , 41.5 , -87.5 "],
    ["unix_time,lat,lon", "1301806255,4.15e1,-87.5"],
    ["time (UTC),lat (deg),lon (deg)", row],
  ])("with the header %j are read", (header, line) => {
    expect(parse(`${header}\n${line}\n`)).toEqual([point]);
    expect(parse(`${header}\n${line}`)).toEqual([point]);
  });

  it.each([
    ["vehicle_id,trip_id,time,lat,lon", "bus 9,4", "bus 9"],
    ["trip_id,id,time,lat,lon", "4,77", "4"],
    ["id,Vehicle,time,lat,lon", "77,bus 9", "bus 9"],
  ])("with the header %j know the vehicle by its best name", (header, ids, vehicle) => {
    expect(parse(`${header}\n${ids},${row}`)).toEqual([{ ...point, vehicle }]);
  });

  it("know vehicles by any number of ids, of any length", () => {
    const ids = Array.from({ length: 25_000 }, (_, index) => `vehicle ${index % 12_000} with a long name`);
    const points = parse(`id,time,lat,lon\n${ids.map((id) => `${id},${row}`).join("\n")}`);
    expect(points.map(({ vehicle }) => vehicle)).toEqual(ids);
  });

  it("say what they hold that is not used", () => {
    const notices: string[] = [];
    parse(`time,lat,lon,Speed (mph)\n${row},31`, { onNotice: (notice) => notices.push(notice) });
    expect(notices).toEqual([
      "drive.csv: the speed column is not used; speeds are computed from positions and times.",
      "drive.csv: there is no vehicle or trip column, so the whole file is taken as one vehicle.",
    ]);
  });

  it("skip blank lines and count them", () => {
    expect(parse(`time,lat,lon\n\n${row}\n,,\n${row}\n\n`)).toHaveLength(2);
    expect(problemOf(`time,lat,lon\n\n${row}\n,,\nx,1,2`)).toContain("line 5");
  });

  it("count the lines inside quotes", () => {
    expect(problemOf(`time,lat,lon,note\n${row},"a\nb\nc"\nx,1,2,`)).toContain("line 5");
  });

  it("take the stated zone for times that name none", () => {
    const local = "time,lat,lon\n2011-04-02 23:50:55,41.5,-87.5";
    expect(parse(local, { timeZone: openTimeZone("America/Chicago") })).toEqual([point]);
    expect(problemOf(local)).toMatch(/^file\.time-zone-missing: drive\.csv, line 2: .*State the zone/);
  });

  it.each([
    ["a header line only", "time,lat,lon\n", "file.empty", "no points"],
    ["no time column", "lat,lon\n1,2\n", "file.no-times", "line 1"],
    ["an empty time", "time,lat,lon\n,1,2\n", "file.no-times", "line 2"],
    ["no longitude", "time,lat,x\n1,2,3\n", "file.column-missing", "longitude"],
    ["no coordinates", "time,x,y\n1,2,3\n", "file.column-missing", "latitude and longitude"],
    ["a time of day only", `time,lat,lon\n${row}\n04:50:55,1,2\n`, "file.value-invalid", "line 3"],
    ["a date that could be two", "time,lat,lon\n03/04/2011 04:50:55,1,2\n", "file.value-invalid", "ISO 8601"],
    ["a latitude in words", "time,lat,lon\n1301806255,north,2\n", "file.value-invalid", "latitude"],
    ["a latitude in degrees and minutes", "time,lat,lon\n1301806255,41°52'N,2\n", "file.value-invalid", "decimal degrees"],
    ["no longitude in a line", "time,lat,lon\n1301806255,1,\n", "file.value-invalid", "longitude is empty"],
    ["a line cut short", `time,lat,lon\n${row}\n1301806255,1\n`, "file.value-invalid", "line 3: the line has 2 values"],
    ["a line with too many values", "time,lat,lon\n1301806255,41,5,-87,5\n", "file.value-invalid", "5 values"],
    ["quotes that don't match", `time,lat,lon,note\n${row},"a" b"\n${row},"c"\n`, "file.value-invalid", "line 2"],
    ["a clock time that never was", "time,lat,lon\n2011-03-13 02:30:00,1,2\n", "file.value-invalid", "put forward"],
  ])("with %s are refused", (_, text, code, words) => {
    const problem = problemOf(text, { timeZone: openTimeZone("America/Chicago") });
    expect(problem).toContain(`${code}: drive.csv`);
    expect(problem).toContain(words);
  });

  it("without a header line are refused without showing what the line says", () => {
    const problem = problemOf("7,2011-04-03T04:50:55Z,41.879176,-87.649627\n");
    expect(problem).toContain("file.unreadable");
    expect(problem).not.toMatch(/41\.8|87\.6/);
  });

  it("never show a value of the file", () => {
    for (const text of ["time,lat,lon\n1301806255,41.879176x,2", "time,lat,lon\n1301806255,41.879176,2,3", "time,lat,lon\n2011-04-03x,41.879176,2"]) {
      expect(problemOf(text)).not.toMatch(/41\.87|2011/);
    }
  });

  it("with a line over a megabyte are refused before it is read to its end", () => {
    const parser = createCsvParser({ name: "drive.csv", timeZone: undefined, onNotice: () => undefined });
    parser.push(`time,lat,lon,note\n${row},`);
    let pieces = 0;
    expect(() => {
      for (; pieces < 1_000; pieces += 1) parser.push("x".repeat(65_536));
    }).toThrow(/file\.too-large|line 2: the line is longer/);
    expect(pieces).toBeLessThan(20);
    expect(problemOf(`time,lat,lon,note\n${row},"${"open\n".repeat(300_000)}`)).toContain("Is a quote left open?");
  });
});
