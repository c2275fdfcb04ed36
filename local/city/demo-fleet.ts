import { epochAt, epochClosesAt, epochEnd, epochStart, type Region, regionTiles } from "@/lib/geo/model/region";
import { AppError } from "@/lib/kernel/errors";
import type { Streets } from "@/local/city/streets";
import { type SimulatedVehicle, simulateFleet } from "@/local/city/traffic";

/** Longer epochs (studies) are driven in for this long only. */
const WINDOW_SECONDS_MAX = 7200;

export type FleetOptions = {
  readonly streets: Streets;
  readonly epoch: number;
  readonly vehicles: number;
  readonly seed: number;
};

/**
 * The epoch that simulated vehicles drive in: the one that `now` (the chain's time, unix seconds) lies in, or the one
 * around a given time. Throws `epoch.closed` when it has not begun or takes no contributions any more.
 */
export function chooseEpoch(region: Region, now: number, wanted: number | "open"): number {
  const epoch = epochAt(region, wanted === "open" ? now : wanted);
  if (epoch === null || epochStart(region, epoch) > now) {
    throw new AppError("epoch.closed", `Region ${region.slug} has no epoch at that time yet. Use --epoch open.`);
  }
  if (epochClosesAt(region, epoch) <= now) {
    throw new AppError("epoch.closed", `Epoch ${epoch} of region ${region.slug} takes no contributions any more. Use --epoch open.`);
  }
  return epoch;
}

/** The part of an epoch that simulated vehicles drive in, milliseconds since 1970: all of it, or its first two hours. */
export function drivingWindow(region: Region, epoch: number): { readonly fromMs: number; readonly toMs: number } {
  const start = epochStart(region, epoch);
  const end = Math.min(epochEnd(region, epoch), start + WINDOW_SECONDS_MAX);
  return { fromMs: start * 1000, toMs: end * 1000 };
}

/**
 * Vehicles that drive through the region's tiles during the whole epoch, as if it was over already.
 * Throws `region.outside` when the region is not on the street map.
 */
export function simulateEpoch(region: Region, { streets, epoch, vehicles, seed }: FleetOptions): SimulatedVehicle[] {
  return simulateFleet({ streets, vehicles, seed, ...drivingWindow(region, epoch), area: regionTiles(region) });
}

/** The positions as CSV lines, in the columns that `upload-data` reads. */
export function* toCsv(fleet: readonly SimulatedVehicle[]): Generator<string> {
  yield "vehicle,time,latitude,longitude\n";
  for (const { points } of fleet) {
    for (const { vehicle, timeMs, latitude, longitude } of points) {
      yield `${vehicle},${new Date(timeMs).toISOString()},${latitude},${longitude}\n`;
    }
  }
}
