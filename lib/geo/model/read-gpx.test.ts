import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { createGpxParser } from "@/lib/geo/model/read-gpx";
import { openTimeZone } from "@/lib/geo/model/time-zone";
import type { TrackPoint } from "@/lib/geo/model/track";
import { LINE_LENGTH_MAX, type TrackSource } from "@/lib/geo/model/track-source";

function parse(text: string, change: Partial<TrackSource> = {}): TrackPoint[] {
  const parser = createGpxParser({ name: "drive.gpx", timeZone: undefined, onNotice: () => undefined, ...change });
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

const time = "<time>2011-04-03T04:50:55Z</time>";
const track = (points: string): string => `<gpx version="1.1"><trk><trkseg>\n${points}\n</trkseg></trk></gpx>`;
const point = { vehicle: "drive.gpx", timeMs: Date.parse("2011-04-03T04:50:55Z"), latitude: 41.5, longitude: -87.5 };

describe("GPX files", () => {
  it.each([
    ["1.1", track(`<trkpt lat="41.5" lon="-87.5">${time}</trkpt>`)],
    ["1.0 with speed and course", `<gpx version="1.0" creator="x" xmlns="http://www.topografix.com/GPX/1/0"><trk><trkseg><trkpt lat="41.5" lon="-87.5"><ele>1</ele>${time}<course>3</course><speed>31</speed></trkpt></trkseg></trk></gpx>`],
    ["without a version", `<gpx><trk><trkseg><trkpt lat="41.5" lon="-87.5">${time}</trkpt></trkseg></trk></gpx>`],
    ["with a prefix", `<g:gpx version="1.1" xmlns:g="http://www.topografix.com/GPX/1/1"><g:trk><g:trkseg><g:trkpt lat='41.5' lon='-87.5'><g:time>2011-04-03T04:50:55Z</g:time></g:trkpt></g:trkseg></g:trk></g:gpx>`],
    ["with comments and entities", track(`<!-- > --><trkpt lat="41&#46;5" lon="-87.5"><name>a &amp; b</name>${time}</trkpt>`)],
  ])("of version %s are read", (_, text) => {
    expect(parse(text)).toEqual([point]);
  });

  it("take the stated zone for times that name none", () => {
    const local = track('<trkpt lat="41.5" lon="-87.5"><time>2011-04-02T23:50:55</time></trkpt>');
    expect(parse(local, { timeZone: openTimeZone("-05:00") })).toEqual([point]);
    expect(problemOf(local)).toMatch(/^file\.time-zone-missing: drive\.gpx, line 2: /);
  });

  it.each([
    ["no points", track(""), "file.empty", "no track points"],
    ["routes only", '<gpx version="1.1"><rte><rtept lat="1" lon="2"/></rte></gpx>', "file.empty", "plans"],
    ["a point without a time", track(`<trkpt lat="41.5" lon="-87.5">${time}</trkpt>\n<trkpt lat="41.5" lon="-87.5"/>`), "file.no-times", "line 3"],
    ["a point without a longitude", track(`<trkpt lat="41.5">${time}</trkpt>`), "file.value-invalid", "line 2: the longitude is empty"],
    ["a latitude in words", track(`<trkpt lat="north" lon="1">${time}</trkpt>`), "file.value-invalid", "latitude"],
    ["a time in words", track('<trkpt lat="1" lon="1"><time>noon</time></trkpt>'), "file.value-invalid", "line 2"],
    ["another version", '<gpx version="2.0"></gpx>', "file.unreadable", "1.0 and 1.1"],
    ["another root", "<kml></kml>", "file.unreadable", "<kml>"],
    ["tags that don't match", "<gpx><trk></gpx>", "file.unreadable", "broken"],
    ["an end that is missing", track(`<trkpt lat="41.5" lon="-87.5">${time}</trkpt>`).slice(0, -10), "file.unreadable", "broken"],
    ["an unknown entity", track("<trkpt lat='&bomb;' lon='1'/>"), "file.unreadable", "broken"],
    ["elements without end inside each other", `<gpx>${"<a>".repeat(1_000)}`, "file.unreadable", "deep"],
  ])("with %s are refused", (_, text, code, words) => {
    const problem = problemOf(text);
    expect(problem).toContain(`${code}: drive.gpx`);
    expect(problem).toContain(words);
  });

  it.each([
    ["a text", '<gpx version="1.1"><trk><name>', "x"],
    ["a comment", '<gpx version="1.1"><!-- ', "x"],
    ["an attribute", '<gpx version="1.1"><trk name="', "x"],
    ["a list of attributes", '<gpx version="1.1"><trk ', 'a="1" '],
  ])("with %s that never ends are refused before memory fills", (_, start, filler) => {
    const parser = createGpxParser({ name: "drive.gpx", timeZone: undefined, onNotice: () => undefined });
    parser.push(start);
    const piece = filler.repeat(Math.ceil(65_536 / filler.length));
    let pushed = 0;
    expect(() => {
      for (; pushed < 100 * LINE_LENGTH_MAX; pushed += piece.length) parser.push(piece);
    }).toThrow(/drive\.gpx/);
    expect(pushed).toBeLessThan(1.2 * LINE_LENGTH_MAX);
  });

  it("never show a value of the file", () => {
    expect(problemOf(track('<trkpt lat="41.879176x" lon="-87.649627"/>'))).not.toMatch(/41\.87|87\.6/);
  });
});
