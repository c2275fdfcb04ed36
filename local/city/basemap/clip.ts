import { type GridBox, type GridLine, type GridPoint, samePoint, segmentsOf } from "@/local/city/basemap/grid";

type Side = { readonly axis: "x" | "y"; readonly limit: number; readonly keepsAbove: boolean };

function sidesOf(box: GridBox): readonly Side[] {
  return [
    { axis: "x", limit: box.west, keepsAbove: true },
    { axis: "x", limit: box.east, keepsAbove: false },
    { axis: "y", limit: box.north, keepsAbove: true },
    { axis: "y", limit: box.south, keepsAbove: false },
  ];
}

/**
 * Where a segment meets a side, rounded to the grid. The result does not depend on the segment's direction, so that
 * the tiles on both sides of a seam agree about the place.
 */
function crossing(one: GridPoint, other: GridPoint, side: Side): GridPoint {
  const [low, high] = one[side.axis] < other[side.axis] ? [one, other] : [other, one];
  const share = (side.limit - low[side.axis]) / (high[side.axis] - low[side.axis]);
  if (side.axis === "x") return { x: side.limit, y: Math.round(low.y + share * (high.y - low.y)) };
  return { x: Math.round(low.x + share * (high.x - low.x)), y: side.limit };
}

function isInside(point: GridPoint, side: Side): boolean {
  return side.keepsAbove ? point[side.axis] >= side.limit : point[side.axis] <= side.limit;
}

/**
 * The part of a ring inside of a box (Sutherland and Hodgman). Parts that touch only along the box's border stay
 * joined by edges along it; the seams' dissolution cancels those.
 */
export function clipRing(ring: GridLine, box: GridBox): GridLine {
  let clipped = ring;
  for (const side of sidesOf(box)) {
    const kept: GridPoint[] = [];
    for (const [from, to] of segmentsOf(clipped, true)) {
      const enters = isInside(to, side);
      if (isInside(from, side) !== enters) kept.push(crossing(from, to, side));
      if (enters) kept.push(to);
    }
    clipped = withoutRepeats(kept);
  }
  const [first, last] = [clipped[0], clipped.at(-1)];
  if (first !== undefined && last !== undefined && clipped.length > 1 && samePoint(first, last)) clipped = clipped.slice(0, -1);
  return clipped.length < 3 ? [] : clipped;
}

/** The parts of a line inside of a box, in the line's direction. */
export function clipLine(line: GridLine, box: GridBox): GridLine[] {
  let parts: GridLine[] = [line];
  for (const side of sidesOf(box)) parts = parts.flatMap((part) => clipLineAtSide(part, side));
  return parts;
}

function clipLineAtSide(line: GridLine, side: Side): GridLine[] {
  const parts: GridLine[] = [];
  let part: GridPoint[] = line[0] !== undefined && isInside(line[0], side) ? [line[0]] : [];
  for (const [from, to] of segmentsOf(line)) {
    const [leaves, enters] = [isInside(from, side), isInside(to, side)];
    if (leaves !== enters) part.push(crossing(from, to, side));
    if (enters) part.push(to);
    else if (leaves) {
      parts.push(part);
      part = [];
    }
  }
  parts.push(part);
  return parts.map(withoutRepeats).filter((kept) => kept.length > 1);
}

function withoutRepeats(line: readonly GridPoint[]): GridPoint[] {
  return line.filter((point, index) => {
    const before = line[index - 1];
    return before === undefined || !samePoint(before, point);
  });
}
