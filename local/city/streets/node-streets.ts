import { type GridPoint, samePoint } from "@/local/city/basemap/grid";
import { addTo } from "@/local/city/collect";
import type { StreetSegment } from "@/local/city/streets/street-segments";

/** Streets that come closer than this meet: the source's grid and its simplification move corners by a unit or two. */
const MEETING_UNITS = 2;
const BUCKET_UNITS = 64;

/** A piece of a street between two neighbouring nodes. */
export type StreetPiece = Pick<StreetSegment, "roadClass" | "oneWay"> & { readonly from: number; readonly to: number };

export type NodedStreets = { readonly nodes: readonly GridPoint[]; readonly pieces: readonly StreetPiece[] };

/**
 * Finds where streets meet (ends that touch, crossings on the same level) and cuts them there. Bridges and tunnels
 * meet other streets only where their line begins or ends; motorways cross nothing without a ramp.
 */
export function nodeStreets(segments: readonly StreetSegment[]): NodedStreets {
  const cuts = findCuts(segments);
  const nodes = new NodeSet();
  const seen = new Set<string>();
  const pieces = segments.flatMap((segment): StreetPiece[] => {
    const shares = [0, ...(cuts.get(segment) ?? []).sort((one, other) => one - other), 1];
    const ids = shares.map((share) => nodes.idOf(pointAt(segment, share)));
    return ids.slice(1).flatMap((to, index) => {
      const from = ids[index] ?? to;
      const { roadClass, oneWay } = segment;
      const key = oneWay ? `${from}>${to}` : `${Math.min(from, to)}-${Math.max(from, to)}`;
      if (from === to || seen.has(key)) return [];
      seen.add(key);
      return [{ from, to, roadClass, oneWay }];
    });
  });
  return { nodes: nodes.points, pieces };
}

function pointAt({ from, to }: StreetSegment, share: number): GridPoint {
  return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
}

/** Where each segment must be cut, as shares of its length between 0 and 1. */
function findCuts(segments: readonly StreetSegment[]): Map<StreetSegment, number[]> {
  const cuts = new Map<StreetSegment, number[]>();
  for (const bucket of bucketsOf(segments).values()) {
    bucket.forEach((one, index) => {
      for (const other of bucket.slice(index + 1)) {
        for (const share of touches(one, other)) addTo(cuts, one, share);
        for (const share of touches(other, one)) addTo(cuts, other, share);
        const shares = crossing(one, other);
        if (shares === null) continue;
        addTo(cuts, one, shares[0]);
        addTo(cuts, other, shares[1]);
      }
    });
  }
  return cuts;
}

/** The segments by the squares of the plane that they may touch. */
function bucketsOf(segments: readonly StreetSegment[]): Map<number, StreetSegment[]> {
  const buckets = new Map<number, StreetSegment[]>();
  const bucketOf = (units: number) => Math.floor(units / BUCKET_UNITS);
  for (const segment of segments) {
    const { from, to } = segment;
    const [west, east] = [Math.min(from.x, to.x) - MEETING_UNITS, Math.max(from.x, to.x) + MEETING_UNITS];
    const [north, south] = [Math.min(from.y, to.y) - MEETING_UNITS, Math.max(from.y, to.y) + MEETING_UNITS];
    for (let x = bucketOf(west); x <= bucketOf(east); x += 1) {
      for (let y = bucketOf(north); y <= bucketOf(south); y += 1) {
        const center = { x: (x + 0.5) * BUCKET_UNITS, y: (y + 0.5) * BUCKET_UNITS };
        if (projectOn(segment, center).distance <= BUCKET_UNITS) addTo(buckets, x * 2 ** 20 + y, segment);
      }
    }
  }
  return buckets;
}

/** Where the ends of `other` touch the inside of `segment`. */
function touches(segment: StreetSegment, other: StreetSegment): number[] {
  const ends = [
    { point: other.from, isEnd: other.isLineStart },
    { point: other.to, isEnd: other.isLineEnd },
  ];
  return ends.flatMap(({ point, isEnd }) => {
    if (segment.level !== other.level && !isEnd) return [];
    const { share, distance, length } = projectOn(segment, point);
    const isInside = share * length > 1 && (1 - share) * length > 1;
    return distance <= MEETING_UNITS && isInside ? [share] : [];
  });
}

function projectOn({ from, to }: StreetSegment, point: GridPoint): { share: number; distance: number; length: number } {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const share = length === 0 ? 0 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / length ** 2;
  return { share, distance: Math.hypot(point.x - from.x - share * dx, point.y - from.y - share * dy), length };
}

/** The shares of both segments at which they cross, when they cross and traffic can turn there. */
function crossing(one: StreetSegment, other: StreetSegment): readonly [number, number] | null {
  if (one.level !== other.level || isMotorwayOverStreet(one, other) || samePoint(one.to, other.from)) return null;
  const [ax, ay] = [one.to.x - one.from.x, one.to.y - one.from.y];
  const [bx, by] = [other.to.x - other.from.x, other.to.y - other.from.y];
  const determinant = ax * by - ay * bx;
  if (determinant === 0) return null;
  const [cx, cy] = [other.from.x - one.from.x, other.from.y - one.from.y];
  const shares = [(cx * by - cy * bx) / determinant, (cx * ay - cy * ax) / determinant] as const;
  return shares.every((share) => share > 0 && share < 1) ? shares : null;
}

function isMotorwayOverStreet(one: StreetSegment, other: StreetSegment): boolean {
  const isLink = ({ roadClass }: StreetSegment) => roadClass === "motorway_link" || roadClass === "link";
  return (one.roadClass === "motorway") !== (other.roadClass === "motorway") && !isLink(one) && !isLink(other);
}

/** Points that are closer than streets need to be to meet are one node. */
class NodeSet {
  readonly points: GridPoint[] = [];
  private readonly buckets = new Map<number, number[]>();

  idOf(point: GridPoint): number {
    const [x, y] = [Math.floor(point.x / 4), Math.floor(point.y / 4)];
    for (const dx of [-1, 0, 1]) {
      for (const dy of [-1, 0, 1]) {
        const near = this.buckets.get((x + dx) * 2 ** 25 + y + dy)?.find((id) => this.distance(id, point) <= MEETING_UNITS);
        if (near !== undefined) return near;
      }
    }
    const id = this.points.push(point) - 1;
    addTo(this.buckets, x * 2 ** 25 + y, id);
    return id;
  }

  private distance(id: number, point: GridPoint): number {
    const known = this.points[id];
    return known === undefined ? Infinity : Math.hypot(known.x - point.x, known.y - point.y);
  }
}
