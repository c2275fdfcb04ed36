import { latLngToCell } from "h3-js";
import { CELL_DEPTH } from "@/lib/geo/model/tile";
import { readTrack } from "@/lib/geo/model/read-track";
import { defaultCovers, tilesInBox } from "@/lib/geo/model/tile";
import type { Region } from "@/lib/geo/model/region";
import { travel } from "@/lib/geo/model/sphere";
import type { Position, TrackPoint } from "@/lib/geo/model/track";
import { systemRandom } from "@/lib/kernel/random";
import { prepareVehicle } from "@/lib/privacy/model/prepare-contribution";
import { seededUniform, type Uniform } from "@/lib/privacy/model/seeded-random";
import { median, type Measurement } from "@/scripts/bench/measurement";

const VEHICLES = 60;
const POINTS_PER_VEHICLE = 2_000;
/** A fix every three seconds, as phones and shuttle trackers write them. */
const SECONDS_PER_POINT = 3;
const PAIRS = 15;
const STREAMED_POINTS = 1_000_000;

const city = { south: 41.8, west: -87.75, north: 41.95, east: -87.6 };

const region: Region = {
  id: 1,
  slug: "bench",
  start: 1_700_000_000,
  epochSeconds: 3_600,
  graceSeconds: 0,
  studyUntil: null,
  tileResolution: 7,
  samplingRate: 1 / 8,
  visitsMax: 8,
  ticketsMin: 20,
  profile: "standard",
  speedEdges: [10, 20, 30, 45],
  covers: defaultCovers(tilesInBox(city, 7)),
};

/** A drive through the city's grid of streets: straight on for a while, then a turn, at changing speeds, with stops. */
function driveThrough(vehicle: string, uniform: Uniform): TrackPoint[] {
  let position: Position = { latitude: 41.84 + 0.07 * uniform(), longitude: -87.72 + 0.09 * uniform() };
  let quarter = Math.floor(4 * uniform());
  let speed = 10;
  return Array.from({ length: POINTS_PER_VEHICLE }, (_, index) => {
    if (uniform() < 0.05) quarter += uniform() < 0.5 ? 1 : 3;
    if (position.latitude > city.north || position.latitude < city.south) quarter = position.latitude > city.north ? 2 : 0;
    if (position.longitude > city.east || position.longitude < city.west) quarter = position.longitude > city.east ? 3 : 1;
    if (uniform() < 0.1) speed = uniform() < 0.2 ? 0 : 3 + 14 * uniform();
    position = travel(position, ((quarter % 4) * Math.PI) / 2, speed * SECONDS_PER_POINT);
    return { vehicle, timeMs: (region.start + index * SECONDS_PER_POINT) * 1_000, ...position };
  });
}

/** Points per second of one pass over all drives. */
function timePass(drives: readonly TrackPoint[][], pass: (points: TrackPoint[]) => number): number {
  const began = performance.now();
  let sum = 0;
  for (const drive of drives) sum += pass(drive);
  if (!Number.isFinite(sum)) throw new RangeError("a pass must give a number");
  return (VEHICLES * POINTS_PER_VEHICLE * 1_000) / (performance.now() - began);
}

function bareLoop(points: TrackPoint[]): number {
  let length = 0;
  for (const { latitude, longitude } of points) length += latLngToCell(latitude, longitude, region.tileResolution + CELL_DEPTH).length;
  return length;
}

/** All that a device does before encrypting: clean, cut trip ends, cross cells, sample, clip, choose covers, make words. */
function pointsToWords(points: TrackPoint[]): number {
  return prepareVehicle({ points, region, random: systemRandom }).epochs.length;
}

/** Ours and the bare loop by turns, so that both meet the same machine; the first pairs warm up. */
function compare(): { ratios: number[]; speeds: number[] } {
  const drives = Array.from({ length: VEHICLES }, (_, index) => driveThrough(`bench-${index}`, seededUniform(BigInt(index))));
  const pairs = Array.from({ length: PAIRS + 3 }, () => ({ ours: timePass(drives, pointsToWords), bare: timePass(drives, bareLoop) })).slice(3);
  return { ratios: pairs.map(({ ours, bare }) => ours / bare), speeds: pairs.map(({ ours }) => ours) };
}

function* generateCsv(): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode("vehicle,time,lat,lon\n");
  const rows = 2_000;
  for (let made = 0; made < STREAMED_POINTS; made += rows) {
    let text = "";
    for (let row = made; row < made + rows; row += 1) {
      text += `bus ${row % 97},${new Date(region.start * 1_000 + row * 1_000).toISOString()},${(41.8 + (row % 1_500) * 1e-4).toFixed(6)},${(-87.7 + (row % 700) * 1e-4).toFixed(6)}\n`;
    }
    yield encoder.encode(text);
  }
}

/** Peak megabytes over the start, and points per second, while a file of a million points streams through the reader. */
async function streamPoints(): Promise<{ megabytes: number; perSecond: number }> {
  const [start, began] = [process.memoryUsage().rss, performance.now()];
  let [peak, count] = [start, 0];
  for await (const point of readTrack(generateCsv(), { name: "bench.csv" })) {
    count += point.latitude > 0 ? 1 : 0;
    if (count % 10_000 === 0) peak = Math.max(peak, process.memoryUsage().rss);
  }
  if (count !== STREAMED_POINTS) throw new RangeError(`read ${count} points`);
  return { megabytes: (peak - start) / 2 ** 20, perSecond: (count * 1_000) / (performance.now() - began) };
}

/** From parsed points to words beside a bare h3-js loop over the same points, and a million points streamed from CSV. */
export async function* benchGeo(): AsyncGenerator<Measurement> {
  const streamed = await streamPoints();
  yield { name: "geo.points.rss", value: streamed.megabytes, unit: "MB", n: STREAMED_POINTS, note: "peak over start while streaming a CSV" };
  yield { name: "geo.points.read", value: streamed.perSecond, unit: "points/s", n: STREAMED_POINTS };
  const { ratios, speeds } = compare();
  yield { name: "geo.words", value: median(speeds), unit: "points/s", n: speeds.length };
  yield { name: "geo.ratio", value: median(ratios), unit: "x", n: ratios.length, note: "points per second to words, over latLngToCell for each point; at least 0.5" };
}
