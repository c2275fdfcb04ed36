import { shapeAt } from "@/lib/geo/model/cell-shape";
import { coverByTile, type Region } from "@/lib/geo/model/region";
import { metresApart, toVector } from "@/lib/geo/model/sphere";
import { CELL_DEPTH, CELLS_PER_TILE, cellIndex } from "@/lib/geo/model/tile";
import { walkCells } from "@/lib/geo/model/walk-cells";
import { type GridPoint, gridToLonLat, segmentsOf } from "@/local/city/basemap/grid";
import { groupBy } from "@/local/city/collect";
import type { StreetEdge, Streets } from "@/local/city/streets";
import { areaOf } from "@/local/city/traffic/area";
import { chooseTrip } from "@/local/city/traffic/choose-trip";
import { type Slowdown, slowdownAt } from "@/local/city/traffic/congestion";
import { importanceOf } from "@/local/city/streets/road-classes";
import { waitRuleAt, type WaitRule } from "@/local/city/traffic/junctions";
import { seededRandom } from "@/local/city/traffic/seeded-random";

/** All that a trip does in one cell of a region. */
export type RouteVisit = {
  readonly tile: string;
  readonly cover: number;
  /** One number for each cell of the region. */
  readonly place: number;
  /** The cell's place in its tile. */
  readonly cell: number;
  readonly metres: number;
  readonly stretches: readonly { readonly edge: StreetEdge; readonly metres: number }[];
  readonly junctions: readonly WaitRule[];
};

/** A trip's way through the region, in the order of its first entry into each cell. */
export type CityRoute = readonly RouteVisit[];

/** Trips of one direction: all of them, and those that are mostly in one cover of the region. */
export type Trips = { readonly all: readonly CityRoute[]; readonly byCover: ReadonlyMap<number, readonly CityRoute[]> };

/** Trips from homes to work places, and the other way round. */
export type CityRoutes = { readonly outbound: Trips; readonly inbound: Trips };

export type RoutesWish = {
  readonly streets: Streets;
  readonly region: Pick<Region, "covers" | "tileResolution">;
  /** How many of each direction. */
  readonly count: number;
  readonly seed: number;
};

/** A usual load of the streets, by which drivers have learnt their ways. */
const USUAL = { level: 0.7 };

/** How much longer than it is a way seems on side streets, and on motorways. */
const SIDE_STREETS = 1.7;
const MOTORWAYS = 1.3;
/** So many habits there are: drivers of one habit take the same ways. */
const HABITS = 4;

type Stretch = { readonly cell: string; readonly tile: string; readonly metres: number };
type OpenVisit = { cell: string; tile: string; metres: number; stretches: { edge: StreetEdge; metres: number }[]; junctions: WaitRule[] };

/**
 * Chooses trips on the streets that drive through the region, and cuts their ways at its cells: once, since choosing
 * a way is what takes long. Any number of vehicles can then be drawn from them. Some 5 ms a trip.
 */
export function drawRoutes(wish: RoutesWish): CityRoutes {
  return { outbound: drawDirection(wish, 1), inbound: drawDirection(wish, 0) };
}

/** The cover that most of a route is in; -1 for a route outside of the region. */
export function mainCover(route: CityRoute): number {
  const metres = new Map<number, number>();
  for (const visit of route) metres.set(visit.cover, (metres.get(visit.cover) ?? 0) + visit.metres);
  return [...metres].reduce((best, one) => (one[1] > best[1] ? one : best), [-1, 0])[0];
}

function drawDirection({ streets, region, count, seed }: RoutesWish, outboundShare: 0 | 1): Trips {
  const area = areaOf(streets, region.covers.flat());
  const slowdown = asBelieved(slowdownAt(streets, { ...USUAL, outboundShare }));
  const random = seededRandom(`routes/${seed}/${outboundShare}`);
  const cutter = new RouteCutter(streets, region);
  const all = Array.from({ length: count }, (_, driver) => cutter.cut(chooseTrip({ streets, area, slowdown, outboundShare, from: null, driver: driver % HABITS, random })));
  return { all, byCover: groupBy(all, mainCover) };
}

/** What drivers who do not know every street go by: main streets are made for driving, motorways jam, side streets are for the ends. */
function asBelieved(slowdown: Slowdown): Slowdown {
  return (edge) => slowdown(edge) * (importanceOf(edge.roadClass) > importanceOf("tertiary") ? SIDE_STREETS : edge.roadClass === "motorway" ? MOTORWAYS : 1);
}

/** Cuts routes at cells; what it has learnt of an edge it keeps. */
class RouteCutter {
  private readonly stretches = new Map<number, readonly Stretch[]>();
  private readonly covers: ReadonlyMap<string, number>;
  private readonly tiles: readonly string[];

  constructor(private readonly streets: Streets, private readonly region: RoutesWish["region"]) {
    this.covers = coverByTile(region);
    this.tiles = region.covers.flat();
  }

  cut(route: readonly StreetEdge[]): CityRoute {
    const visits = new Map<string, OpenVisit>();
    route.forEach((edge, index) => {
      let last: OpenVisit | undefined;
      for (const { cell, tile, metres } of this.stretchesOf(edge)) {
        last = visits.get(cell) ?? { cell, tile, metres: 0, stretches: [], junctions: [] };
        visits.set(cell, last);
        last.metres += metres;
        last.stretches.push({ edge, metres });
      }
      const next = route[index + 1];
      const rule = next === undefined ? null : waitRuleAt(this.streets, [edge, next]);
      if (rule !== null) last?.junctions.push(rule);
    });
    return [...visits.values()].flatMap(({ cell, tile, ...visit }) => {
      const cover = this.covers.get(tile);
      if (cover === undefined) return [];
      const index = cellIndex(tile, cell);
      return [{ tile, cover, place: this.tiles.indexOf(tile) * CELLS_PER_TILE + index, cell: index, ...visit }];
    });
  }

  private stretchesOf(edge: StreetEdge): readonly Stretch[] {
    const known = this.stretches.get(edge.id) ?? this.walk(edge);
    this.stretches.set(edge.id, known);
    return known;
  }

  private walk({ shape }: StreetEdge): Stretch[] {
    const stretches: Stretch[] = [];
    const resolution = this.region.tileResolution + CELL_DEPTH;
    for (const [from, to] of segmentsOf(shape)) {
      const [start, end] = [vectorOf(from), vectorOf(to)];
      const metres = metresApart(start, end);
      walkCells({ start, end, metres, resolution }, shapeAt(start, resolution), ({ cell, tile }, first, last) => {
        if (last > first) stretches.push({ cell, tile, metres: metres * (last - first) });
      });
    }
    return stretches;
  }
}

function vectorOf(point: GridPoint) {
  const [longitude, latitude] = gridToLonLat(point);
  return toVector({ latitude, longitude });
}
