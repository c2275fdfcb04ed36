import { cellToParent, greatCircleDistance, latLngToCell } from "h3-js";
import { expect, test, vi } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { boxOf, type GridPoint, lonLatToGrid, segmentsOf } from "@/local/city/basemap/grid";
import { addTo } from "@/local/city/collect";
import { readStreets } from "@/local/city/streets";
import { type SimulatedVehicle, simulateFleet } from "@/local/city/traffic";

vi.setConfig({ testTimeout: 120_000 });

const streets = await readStreets();
const tile = "872664ca9ffffff";
/** Wednesday, 10 June 2026, 17:00 in Chicago. */
const rushHour = Date.UTC(2026, 5, 10, 22);
const night = Date.UTC(2026, 5, 10, 8);

function simulate(fromMs: number, wish: { vehicles?: number; seed?: number } = {}): SimulatedVehicle[] {
  return simulateFleet({ streets, vehicles: wish.vehicles ?? 40, seed: wish.seed ?? 7, fromMs, toMs: fromMs + 1_800_000, area: [tile] });
}

/** Kilometres an hour over all drives, stops at lights included and parking left out. */
function meanSpeed(fleet: readonly SimulatedVehicle[]): number {
  let [kilometres, hours] = [0, 0];
  for (const { points } of fleet) {
    points.forEach((point, index) => {
      const before = points[index - 1];
      if (before === undefined || point.timeMs - before.timeMs > 20_000) return;
      kilometres += greatCircleDistance([before.latitude, before.longitude], [point.latitude, point.longitude], "km");
      hours += (point.timeMs - before.timeMs) / 3_600_000;
    });
  }
  return kilometres / hours;
}

test("the same seed drives the same ways, another seed others", () => {
  const fleet = simulate(rushHour, { vehicles: 5 });
  expect(simulate(rushHour, { vehicles: 5 })).toEqual(fleet);
  expect(simulate(rushHour, { vehicles: 5, seed: 8 })[0]?.points).not.toEqual(fleet[0]?.points);
});

test("a vehicle drives the same way, however many others there are", () => {
  expect(simulate(rushHour, { vehicles: 2 })).toEqual(simulate(rushHour, { vehicles: 5 }).slice(0, 2));
});

test("fixes come every 5 or 6 seconds while driving, in order, inside of the window", () => {
  for (const { vehicle, points } of simulate(rushHour)) {
    expect(points.length).toBeGreaterThan(60);
    points.forEach((point, index) => {
      expect(point.vehicle).toBe(vehicle);
      expect(point.timeMs >= rushHour && point.timeMs < rushHour + 1_800_000).toBe(true);
      const pause = point.timeMs - (points[index - 1]?.timeMs ?? point.timeMs - 5000);
      expect(pause === 5000 || pause === 6000 || pause >= 55_000, `${pause} ms`).toBe(true);
    });
  }
});

test("vehicles stay on the streets: no fix is further from one than its receiver's error", () => {
  const index = segmentIndex();
  for (const { points } of simulate(rushHour, { vehicles: 10 })) {
    for (const { longitude, latitude } of points) {
      const place = lonLatToGrid(longitude, latitude);
      const near = index.get(bucketOf(place.x, place.y)) ?? [];
      const distance = Math.min(...near.map(([from, to]) => distanceTo(place, from, to)));
      expect(distance * streets.metresPerUnit).toBeLessThan(15);
    }
  }
});

const BUCKET_UNITS = 256;

function bucketOf(x: number, y: number): string {
  return `${Math.floor(x / BUCKET_UNITS)}/${Math.floor(y / BUCKET_UNITS)}`;
}

/** Every straight piece of a street by the squares of the plane around its box. */
function segmentIndex(): Map<string, (readonly [GridPoint, GridPoint])[]> {
  const index = new Map<string, (readonly [GridPoint, GridPoint])[]>();
  for (const [from, to] of streets.edges.flatMap(({ shape }) => [...segmentsOf(shape)])) {
    const box = boxOf([from, to]);
    const buckets = new Set<string>();
    for (let x = box.west - BUCKET_UNITS; x <= box.east + BUCKET_UNITS; x += BUCKET_UNITS / 2) {
      for (let y = box.north - BUCKET_UNITS; y <= box.south + BUCKET_UNITS; y += BUCKET_UNITS / 2) buckets.add(bucketOf(x, y));
    }
    for (const bucket of buckets) addTo(index, bucket, [from, to] as const);
  }
  return index;
}

function distanceTo(place: GridPoint, from: GridPoint, to: GridPoint): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const share = Math.max(0, Math.min(1, ((place.x - from.x) * dx + (place.y - from.y) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(from.x + share * dx - place.x, from.y + share * dy - place.y);
}

test("nobody jumps: between two fixes of a drive no vehicle is faster than 120 km/h", () => {
  for (const { points } of simulate(night)) {
    points.forEach((point, index) => {
      const before = points[index - 1];
      if (before === undefined) return;
      const metres = greatCircleDistance([before.latitude, before.longitude], [point.latitude, point.longitude], "m");
      expect((3600 * metres) / (point.timeMs - before.timeMs)).toBeLessThan(120);
    });
  }
});

test("every vehicle drives through the tile within the window, and most of the tile's cells see vehicles", () => {
  const cells = new Map<string, Set<string>>();
  const fleet = simulate(rushHour, { vehicles: 73 });
  for (const { vehicle, points } of fleet) {
    for (const { latitude, longitude } of points) {
      const cell = latLngToCell(latitude, longitude, 9);
      if (cellToParent(cell, 7) === tile) cells.set(cell, (cells.get(cell) ?? new Set()).add(vehicle));
    }
  }
  expect(new Set([...cells.values()].flatMap((vehicles) => [...vehicles])).size).toBe(73);
  expect(cells.size).toBeGreaterThan(40);
});

test("traffic is slow in the rush hour and quick at night, and neither is absurd", () => {
  const [slow, quick] = [meanSpeed(simulate(rushHour)), meanSpeed(simulate(night))];
  expect(slow).toBeGreaterThan(18);
  expect(quick).toBeGreaterThan(slow * 1.2);
  expect(quick).toBeLessThan(55);
});

test("a region that is not on the map is refused", () => {
  const elsewhere = latLngToCell(52.52, 13.405, 7);
  const run = () => simulateFleet({ streets, vehicles: 1, seed: 1, fromMs: 0, toMs: 1, area: [elsewhere] });
  expect(run).toThrow(expect.toSatisfy((error) => isAppError(error, "region.outside")));
});
