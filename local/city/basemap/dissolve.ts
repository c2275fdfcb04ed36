import { clipRing } from "@/local/city/basemap/clip";
import {
  boxContains,
  boxOf,
  doubleArea,
  type GridBox,
  type GridLine,
  type GridPoint,
  type GridPolygon,
  pointKey,
  ringContains,
  samePoint,
  segmentsOf,
  TILE_EXTENT,
} from "@/local/city/basemap/grid";
import { addTo, groupBy } from "@/local/city/collect";

type Edge = { readonly from: GridPoint; readonly to: GridPoint };
/** A stretch of a seam; +1 when an edge runs along it in growing coordinates, -1 against. */
type Stretch = { readonly from: number; readonly to: number; readonly direction: 1 | -1 };

/** A polygon as one tile shows it: cut off somewhere in the tile's buffer, to be clipped to `box`. */
export type PolygonPiece = { readonly polygon: GridPolygon; readonly box: GridBox };

/**
 * Joins the pieces in which tiles hand out polygons: clips each to its tile, cancels the edges that two neighbours
 * share along a seam (they run in opposite directions) and links what is left to rings. Where neighbours disagree by
 * a unit, the difference stays as an edge of that length, so the area is always exactly that of the clipped pieces.
 */
export function dissolveSeams(pieces: readonly PolygonPiece[]): GridPolygon[] {
  const whole: GridPolygon[] = [];
  const cut: GridLine[] = [];
  for (const { polygon, box } of pieces) {
    const rings = polygon.map((ring) => clipRing(ring, box)).filter((ring) => ring.length > 0);
    if (rings.some((ring) => ring.some(isOnSeam))) cut.push(...rings);
    else if (rings.length > 0) whole.push(rings);
  }
  return [...whole, ...groupRings(linkRings(cancelSeams(cut)))];
}

function isOnSeam(point: GridPoint): boolean {
  return point.x % TILE_EXTENT === 0 || point.y % TILE_EXTENT === 0;
}

function cancelSeams(rings: readonly GridLine[]): Edge[] {
  const edges: Edge[] = [];
  const vertical = new Map<number, Stretch[]>();
  const horizontal = new Map<number, Stretch[]>();
  for (const ring of rings) {
    for (const [from, to] of segmentsOf(ring, true)) {
      if (from.x === to.x && from.x % TILE_EXTENT === 0) addTo(vertical, from.x, stretchOf(from.y, to.y));
      else if (from.y === to.y && from.y % TILE_EXTENT === 0) addTo(horizontal, from.y, stretchOf(from.x, to.x));
      else edges.push({ from, to });
    }
  }
  for (const [x, stretches] of vertical) {
    for (const [from, to] of netStretches(stretches)) edges.push({ from: { x, y: from }, to: { x, y: to } });
  }
  for (const [y, stretches] of horizontal) {
    for (const [from, to] of netStretches(stretches)) edges.push({ from: { x: from, y }, to: { x: to, y } });
  }
  return edges;
}

function stretchOf(from: number, to: number): Stretch {
  return from < to ? { from, to, direction: 1 } : { from: to, to: from, direction: -1 };
}

/** What is left of a seam's stretches when opposite ones cancel, in their direction; no stretch passes over another's end. */
function netStretches(stretches: readonly Stretch[]): (readonly [number, number])[] {
  const changes = new Map<number, number>();
  const change = (at: number, by: number) => changes.set(at, (changes.get(at) ?? 0) + by);
  for (const { from, to, direction } of stretches) {
    change(from, direction);
    change(to, -direction);
  }
  const left: (readonly [number, number])[] = [];
  let net = 0;
  let start = 0;
  for (const [at, by] of [...changes].sort(([one], [other]) => one - other)) {
    for (let copy = 0; copy < Math.abs(net); copy += 1) left.push(net > 0 ? [start, at] : [at, start]);
    net += by;
    start = at;
  }
  return left;
}

/** Follows edges to closed rings, turning as sharply as possible towards the inside, so that rings that touch stay apart. */
function linkRings(edges: readonly Edge[]): GridLine[] {
  const leaving = groupBy(edges, ({ from }) => pointKey(from));
  const rings: GridLine[] = [];
  for (const first of edges) {
    if (leaving.get(pointKey(first.from))?.includes(first) !== true) continue;
    const ring: GridPoint[] = [];
    let edge: Edge | undefined = takeEdge(leaving, first.from, null, first);
    while (edge !== undefined) {
      ring.push(edge.from);
      edge = samePoint(edge.to, first.from) ? undefined : takeEdge(leaving, edge.to, edge);
    }
    const simple = withoutStraightCorners(ring);
    if (simple.length >= 3 && doubleArea(simple) !== 0) rings.push(simple);
  }
  return rings;
}

function takeEdge(leaving: Map<number, Edge[]>, at: GridPoint, arriving: Edge | null, wanted?: Edge): Edge | undefined {
  const candidates = leaving.get(pointKey(at)) ?? [];
  let best = wanted ?? candidates[0];
  if (wanted === undefined && arriving !== null && candidates.length > 1) {
    best = candidates.reduce((one, other) => (turnOf(arriving, other) > turnOf(arriving, one) ? other : one));
  }
  if (best !== undefined) candidates.splice(candidates.indexOf(best), 1);
  return best;
}

/** The angle by which a way turns towards the inside (to the right: outer rings run clockwise), -pi to pi. */
function turnOf(arriving: Edge, leaving: Edge): number {
  const [ax, ay] = [arriving.to.x - arriving.from.x, arriving.to.y - arriving.from.y];
  const [bx, by] = [leaving.to.x - leaving.from.x, leaving.to.y - leaving.from.y];
  const cross = ax * by - ay * bx;
  const dot = ax * bx + ay * by;
  return cross === 0 && dot < 0 ? -Math.PI : Math.atan2(cross, dot);
}

/** Seam crossings leave corners on straight edges; they would survive every simplification. */
function withoutStraightCorners(ring: GridLine): GridLine {
  return ring.filter((point, index) => {
    const before = ring.at(index - 1) ?? point;
    const after = ring[(index + 1) % ring.length] ?? point;
    return (point.x - before.x) * (after.y - point.y) !== (point.y - before.y) * (after.x - point.x);
  });
}

/** Puts each hole under the smallest outer ring around it. */
function groupRings(rings: readonly GridLine[]): GridPolygon[] {
  const outer = rings.filter((ring) => doubleArea(ring) > 0).sort((one, other) => doubleArea(one) - doubleArea(other));
  const polygons = outer.map((ring) => ({ ring, box: boxOf(ring), holes: new Array<GridLine>() }));
  for (const hole of rings.filter((ring) => doubleArea(ring) < 0)) {
    const holeBox = boxOf(hole);
    const corner = hole[0];
    if (corner === undefined) continue;
    const owner = polygons.find(({ ring, box }) => boxContains(box, holeBox) && hole.some((point) => ringContains(ring, point)));
    owner?.holes.push(hole);
  }
  return polygons.map(({ ring, holes }) => [ring, ...holes]);
}
