import type { Refusal } from "@/lib/chain/model/refusal";
import { regionTiles, type Region } from "@/lib/geo/model/region";

/** What of a contribution is public and must fit its region. `tile` is the H3 index as a number; 0 for a single vehicle. */
export type ContributionShape = {
  cover: number;
  tile: bigint;
  levels: readonly number[];
  handles: readonly string[];
  vehicles: number;
  maxLevel: number;
};

const fleetTiles = new WeakMap<Region, ReadonlySet<bigint>>();

/** The tiles of a region as the chain names them. Made once for each region. */
function tilesOf(region: Region): ReadonlySet<bigint> {
  const known = fleetTiles.get(region);
  if (known !== undefined) return known;
  const made = new Set(regionTiles(region).map((tile) => BigInt(`0x${tile}`)));
  fleetTiles.set(region, made);
  return made;
}

function checkVehicle({ covers }: Region, { cover, levels, handles, vehicles }: ContributionShape): Refusal | null {
  const tiles = covers[cover];
  if (tiles === undefined) return "unknown-cover";
  if (levels.length > 0) return "levels-not-increasing";
  if (handles.length !== tiles.length) return "wrong-word-count";
  return vehicles === 1 ? null : "wrong-vehicles";
}

function checkFleet(region: Region, { cover, tile, levels, handles, vehicles, maxLevel }: ContributionShape): Refusal | null {
  if (cover !== 0) return "unknown-cover";
  if (!tilesOf(region).has(tile)) return "tile-outside-region";
  if (levels.length !== handles.length) return "wrong-word-count";
  if (levels.some((level, index) => level !== index)) return "levels-not-increasing";
  if (levels.length > maxLevel + 1) return "level-above-ticket";
  return vehicles >= 1 && vehicles < 2 ** levels.length ? null : "wrong-vehicles";
}

/** Why the chain would refuse a contribution of this form, or null. The rules are those of `Contributions.sol`. */
export function checkShape(region: Region, shape: ContributionShape): Refusal | null {
  return shape.tile === 0n ? checkVehicle(region, shape) : checkFleet(region, shape);
}

/** Why no contribution could use a ticket of this form, or null. */
export function checkTicketShape({ maxLevel, vehicles }: { maxLevel: number; vehicles: number }): Refusal | null {
  return vehicles >= 1 && vehicles < 2 ** (maxLevel + 1) ? null : "wrong-vehicles";
}
