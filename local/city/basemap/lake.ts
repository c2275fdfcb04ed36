import { dissolveSeams, type PolygonPiece } from "@/local/city/basemap/dissolve";
import { type GridPoint, type GridPolygon, lonLatToGrid, segmentsOf, TILE_EXTENT } from "@/local/city/basemap/grid";

/** The east edge of the source's tiles: 87.583 degrees west. */
const EAST_EDGE = 2103 * TILE_EXTENT;

/** How far the lake is carried on to the east, where the source ends and open water goes on for 90 km. */
const EXTENSION_UNITS = 4 * TILE_EXTENT;

const everywhere = { west: -Infinity, north: -Infinity, east: Infinity, south: Infinity };

/** Where Lake Michigan's name stands: on the water off the Loop. The source's tiles do not name the lake. */
export const lakeLabelPoint: GridPoint = roundedPoint(lonLatToGrid(-87.5915, 41.8995));

/**
 * Carries Lake Michigan on past the east edge of the source: the longest stretch of that edge that is water (north
 * of 41.80 degrees there is nothing but lake to the east of it), so that a wide screen does not show land there.
 */
export function extendLake(water: readonly GridPolygon[]): GridPolygon[] {
  const [shore] = water.flatMap(stretchesOfEastEdge).sort((one, other) => other.south - other.north - (one.south - one.north));
  if (shore === undefined) return [...water];
  const east = EAST_EDGE + EXTENSION_UNITS;
  const extension: GridPolygon = [
    [
      { x: EAST_EDGE, y: shore.north },
      { x: east, y: shore.north },
      { x: east, y: shore.south },
      { x: EAST_EDGE, y: shore.south },
    ],
  ];
  const pieces = [...water, extension].map((polygon): PolygonPiece => ({ polygon, box: everywhere }));
  return dissolveSeams(pieces);
}

function stretchesOfEastEdge([outer]: GridPolygon): { north: number; south: number }[] {
  if (outer === undefined) return [];
  return [...segmentsOf(outer, true)]
    .filter(([from, to]) => from.x === EAST_EDGE && to.x === EAST_EDGE)
    .map(([from, to]) => ({ north: Math.min(from.y, to.y), south: Math.max(from.y, to.y) }));
}

function roundedPoint({ x, y }: GridPoint): GridPoint {
  return { x: Math.round(x), y: Math.round(y) };
}
