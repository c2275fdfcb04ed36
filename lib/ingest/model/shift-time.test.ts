import { expect, test } from "vitest";
import type { Region } from "@/lib/geo/model/region";
import { shiftToEpoch } from "@/lib/ingest/model/shift-time";
import { hashVehicle } from "@/lib/ingest/model/vehicle-hash";

const region: Region = {
  id: 1, slug: "try", start: 1_800_000_000, epochSeconds: 1_800, graceSeconds: 600, studyUntil: null, tileResolution: 7,
  samplingRate: 1, visitsMax: 8, ticketsMin: 1, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [["872664ca9ffffff"]],
};
const points = [5_000, 1_000, 9_000].map((timeMs) => ({ vehicle: "a", timeMs, latitude: 1, longitude: 2 }));

test("a shifted recording begins with the epoch and keeps its pace and order", () => {
  const start = (1_800_000_000 + 3 * 1_800) * 1_000;
  expect(shiftToEpoch(points, region, 3).map(({ timeMs }) => timeMs - start)).toEqual([4_000, 0, 8_000]);
  expect(shiftToEpoch([], region, 3)).toEqual([]);
});

test("a recording is known by its vehicle and every fix, in order", () => {
  const hash = hashVehicle("a", points);
  expect(hashVehicle("a", [...points])).toBe(hash);
  const [first, ...rest] = points;
  const others = [hashVehicle("b", points), hashVehicle("a", rest), hashVehicle("a", points.toReversed()), hashVehicle("a", [{ vehicle: "a", timeMs: 5_000, latitude: 1.000001, longitude: 2 }, ...rest])];
  expect(first).toBeDefined();
  expect(new Set([hash, ...others]).size).toBe(5);
});
