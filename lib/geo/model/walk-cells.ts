import { exitShare, isInside, shapeAt, type CellShape } from "@/lib/geo/model/cell-shape";
import { between, type Vector } from "@/lib/geo/model/sphere";

/** Told for each stretch of a segment: the cell, and the shares 0..1 of the segment between which it lies in the cell. */
export type StretchVisitor = (shape: CellShape, from: number, to: number) => void;

export type Segment = {
  readonly start: Vector;
  readonly end: Vector;
  readonly metres: number;
  /** H3 resolution of the cells, 2 to 15. */
  readonly resolution: number;
};

/** How far behind an edge the next cell is looked up; corners cut by less than this are not seen. */
const PROBE_METRES = 1e-4;
/** Longest step while looking for the true border of a cell with a kink. */
const SEARCH_STEP_METRES = 1;

/**
 * The share at which the segment truly leaves the cell, given that it is still inside at `inside`; 1 when it doesn't.
 * Asks H3 itself, step by step and then by halving: needed only where a cell straddles an edge of the icosahedron.
 */
function searchExit({ start, end, metres, resolution }: Segment, cell: string, inside: number): number {
  const isHere = (share: number): boolean => shapeAt(between(start, end, share), resolution).cell === cell;
  const precision = PROBE_METRES / metres;
  let low = inside;
  let high = inside;
  for (let step = precision; isHere(high); step = Math.min(2 * step, SEARCH_STEP_METRES / metres)) {
    if (high >= 1) return 1;
    low = high;
    high = Math.min(1, high + step);
  }
  while (high - low > precision) {
    const middle = (low + high) / 2;
    if (isHere(middle)) low = middle;
    else high = middle;
  }
  return high;
}

type Step = { readonly exit: number; readonly beyond: number; readonly next: CellShape };

/** Where the segment leaves the cell behind the share `seen`, and the cell just beyond that border. */
function leaveCell(segment: Segment, shape: CellShape, seen: number): Step {
  const { start, end, metres, resolution } = segment;
  const probe = PROBE_METRES / metres;
  const stepAt = (exit: number): Step => {
    const beyond = Math.min(1, exit + probe);
    return { exit, beyond, next: shapeAt(between(start, end, beyond), resolution) };
  };
  let step = stepAt(Math.max(seen, exitShare(shape, start, end)));
  if (step.next.cell === shape.cell && step.beyond < 1) step = stepAt(searchExit(segment, shape.cell, step.beyond));
  return step.next.cell === shape.cell && step.beyond >= 1 ? { ...step, exit: 1 } : step;
}

/**
 * Walks the great circle from one fix to the next through the grid and tells every stretch in order; their shares add up to 1.
 * `first` is the cell of the start. Returns the cell of the end, for the next segment.
 * Cells are H3's own at every border; a corner cut by less than 0.1 mm may be counted to its neighbour.
 */
export function walkCells(segment: Segment, first: CellShape, visit: StretchVisitor): CellShape {
  if (isInside(first, segment.end)) {
    visit(first, 0, 1);
    return first;
  }
  if (segment.metres <= PROBE_METRES) {
    visit(first, 0, 1);
    return shapeAt(segment.end, segment.resolution);
  }
  let shape = first;
  let from = 0;
  let seen = 0;
  for (;;) {
    const { exit, beyond, next } = leaveCell(segment, shape, seen);
    if (exit > from) visit(shape, from, exit);
    if (beyond >= 1) {
      if (exit < 1) visit(next, exit, 1);
      return next;
    }
    from = exit;
    seen = beyond;
    shape = next;
  }
}
