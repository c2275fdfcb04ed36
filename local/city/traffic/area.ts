import { cellToBoundary, getResolution, latLngToCell } from "h3-js";
import { AppError } from "@/lib/kernel/errors";
import { boxContains, boxOf, type GridPoint, gridToLonLat, lonLatToGrid } from "@/local/city/basemap/grid";
import type { Streets } from "@/local/city/streets";
import { type TripEnds, tripEnds } from "@/local/city/traffic/places";

/** The tiles that simulated traffic is wanted in, and the places around it that traffic comes from. */
export type Area = {
  readonly center: GridPoint;
  readonly radiusUnits: number;
  /** Whether a place lies in one of the tiles; for nodes of the network the answer is known beforehand. */
  readonly contains: (place: GridPoint) => boolean;
  readonly isInside: (node: number) => boolean;
  readonly insideEnds: TripEnds;
  /** The nodes within reach of a trip of average length, the inside included. */
  readonly nearEnds: TripEnds;
};

const REACH_METRES = 6_000;

/**
 * The area of some H3 tiles of one resolution.
 * Throws `region.outside` when one of them is not wholly on the map.
 */
export function areaOf(streets: Streets, tiles: readonly string[]): Area {
  const corners = tiles.flatMap((tile) => cellToBoundary(tile).map(([latitude, longitude]) => lonLatToGrid(longitude, latitude)));
  const [first] = tiles;
  if (first === undefined || !boxContains(streets.box, boxOf(corners))) {
    throw new AppError("region.outside", "The region is not on the street map of Chicago, so nothing can be simulated there.");
  }
  const box = boxOf(corners);
  const center = { x: (box.west + box.east) / 2, y: (box.north + box.south) / 2 };
  const radiusUnits = Math.max(...corners.map((corner) => distance(corner, center)));
  const contains = containment(new Set(tiles), getResolution(first));
  const inside = new Set(streets.nodes.flatMap((place, node) => (contains(place) ? [node] : [])));
  const reach = radiusUnits + REACH_METRES / streets.metresPerUnit;
  const isNear = (node: number) => distance(streets.nodes[node] ?? center, center) < reach;
  return {
    center,
    radiusUnits,
    contains,
    isInside: (node) => inside.has(node),
    insideEnds: tripEnds(streets, (node) => inside.has(node)),
    nearEnds: tripEnds(streets, isNear),
  };
}

function distance(one: GridPoint, other: GridPoint): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function containment(tiles: ReadonlySet<string>, resolution: number): Area["contains"] {
  return (place) => {
    const [longitude, latitude] = gridToLonLat(place);
    return tiles.has(latLngToCell(latitude, longitude, resolution));
  };
}
