import { SaxesParser, type SaxesTagPlain } from "saxes";
import type { TrackPoint } from "@/lib/geo/model/track";
import { LINE_LENGTH_MAX, readDegrees, readTime, refuseFile, type TrackParser, type TrackSource } from "@/lib/geo/model/track-source";

/** Deepest nesting of elements that is read; GPX with extensions needs about eight. */
const DEPTH_MAX = 64;

const versions = new Set(["1.0", "1.1"]);

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

type OpenPoint = { readonly latitude: number; readonly longitude: number; readonly line: number; time: string };

/** Track points (`trk/trkseg/trkpt`) of GPX 1.0 and 1.1; routes and waypoints are plans, not drives, and are left out. */
class GpxParser implements TrackParser {
  private readonly parser = new SaxesParser();
  private readonly path: string[] = [];
  private points: TrackPoint[] = [];
  private open: OpenPoint | undefined;
  private lastTagAt = 0;
  private found = 0;
  private hasPlans = false;

  constructor(private readonly source: TrackSource) {
    this.parser.on("error", (cause) => {
      const reason = cause.message.replace(/^\d+:\d+: /, "");
      throw refuseFile("file.unreadable", source, `the XML is broken (${reason.slice(0, 80)}). Export the file again.`, this.parser.line);
    });
    this.parser.on("opentag", (tag) => { this.enter(tag); });
    this.parser.on("text", (text) => { this.takeText(text); });
    this.parser.on("cdata", (text) => { this.takeText(text); });
    this.parser.on("closetag", () => { this.leave(); });
  }

  push(text: string): TrackPoint[] {
    this.parser.write(text);
    if (this.parser.position - this.lastTagAt > LINE_LENGTH_MAX) {
      throw refuseFile("file.too-large", this.source, `an element goes on for more than ${LINE_LENGTH_MAX} characters; no recorder writes such a file.`, this.parser.line);
    }
    return this.takePoints();
  }

  finish(): TrackPoint[] {
    this.parser.close();
    if (this.found === 0) {
      const problem = this.hasPlans ? "it holds only routes or waypoints, which are plans; a recorded track (trk) is needed." : "it holds no track points.";
      throw refuseFile("file.empty", this.source, problem);
    }
    return this.takePoints();
  }

  private takePoints(): TrackPoint[] {
    const taken = this.points;
    this.points = [];
    return taken;
  }

  private enter({ name, attributes }: SaxesTagPlain): void {
    const element = localName(name);
    this.lastTagAt = this.parser.position;
    if (this.path.length === 0) this.checkRoot(element, attributes["version"]);
    if (this.path.length >= DEPTH_MAX) throw refuseFile("file.unreadable", this.source, `elements are nested more than ${DEPTH_MAX} deep.`, this.parser.line);
    this.path.push(element);
    if (element === "rtept" || element === "wpt") this.hasPlans = true;
    if (element === "trkpt") this.openPoint(attributes["lat"] ?? "", attributes["lon"] ?? "");
  }

  private checkRoot(element: string, version: string | undefined): void {
    if (element !== "gpx") throw refuseFile("file.unreadable", this.source, `it is XML of another kind (<${element.slice(0, 40)}>), not GPX.`);
    if (version !== undefined && !versions.has(version)) {
      throw refuseFile("file.unreadable", this.source, "only GPX versions 1.0 and 1.1 are known.", this.parser.line);
    }
  }

  private openPoint(latitude: string, longitude: string): void {
    const line = this.parser.line;
    this.found += 1;
    this.open = {
      latitude: readDegrees(latitude, "latitude", this.source, line),
      longitude: readDegrees(longitude, "longitude", this.source, line),
      line,
      time: "",
    };
  }

  private takeText(text: string): void {
    if (this.open !== undefined && this.path.at(-1) === "time" && this.path.at(-2) === "trkpt") this.open.time += text;
  }

  private leave(): void {
    this.lastTagAt = this.parser.position;
    if (this.path.pop() !== "trkpt" || this.open === undefined) return;
    const { latitude, longitude, line, time } = this.open;
    this.open = undefined;
    this.points.push({ vehicle: this.source.name, timeMs: readTime(time, this.source, line), latitude, longitude });
  }
}

/** A parser for one GPX file: one vehicle, named as the file. Its errors are those of `readTrack`. */
export function createGpxParser(source: TrackSource): TrackParser {
  return new GpxParser(source);
}
