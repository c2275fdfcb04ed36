import "server-only";
import { createHash } from "node:crypto";
import type { TrackPoint } from "@/lib/geo/model/track";

/**
 * What a recording is known by on this device: a hash over the vehicle's id and every fix of it, in the file's order.
 * The same file gives the same hash under whatever path; it stays on the device.
 */
export function hashVehicle(vehicle: string, points: readonly TrackPoint[]): string {
  const hash = createHash("sha256").update(vehicle).update("\0");
  const fix = new Float64Array(3);
  const bytes = new Uint8Array(fix.buffer);
  for (const { timeMs, latitude, longitude } of points) {
    fix.set([timeMs, latitude, longitude]);
    hash.update(bytes);
  }
  return hash.digest("hex");
}
