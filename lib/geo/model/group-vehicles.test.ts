import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { groupVehicles } from "@/lib/geo/model/group-vehicles";
import type { TrackPoint } from "@/lib/geo/model/track";

async function* points(...vehicles: string[]): AsyncGenerator<TrackPoint> {
  for (const [index, vehicle] of vehicles.entries()) yield await Promise.resolve({ vehicle, timeMs: index, latitude: 1, longitude: 2 });
}

describe("a file's vehicles", () => {
  it("keep their points in the file's order, however they are mixed", async () => {
    const vehicles = await groupVehicles(points("a", "b", "a", "c", "b", "a"));
    expect([...vehicles].map(([id, own]) => [id, own.map(({ timeMs }) => timeMs)])).toEqual([["a", [0, 2, 5]], ["b", [1, 4]], ["c", [3]]]);
  });

  it("of no points are none", async () => {
    expect((await groupVehicles(points())).size).toBe(0);
  });

  it("with more points than memory should hold are refused at once, not after reading them all", async () => {
    const refusal = await groupVehicles(points("a", "a", "b", "a"), 3).catch((error: unknown) => error);
    expect(isAppError(refusal, "file.too-large")).toBe(true);
    expect((await groupVehicles(points("a", "a", "b"), 3)).size).toBe(2);
  });
});
