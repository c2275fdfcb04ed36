import { clipLine } from "@/local/city/basemap/clip";
import { type GridBox, type GridLine, type GridPoint, TILE_EXTENT } from "@/local/city/basemap/grid";
import { groupBy } from "@/local/city/collect";

/** A line as one tile shows it, to be clipped to `box`. */
export type LinePiece = { readonly line: GridLine; readonly box: GridBox };

/**
 * How far apart two neighbouring tiles may put the place where one street crosses their seam: the source simplifies
 * each tile by itself. 5 units are 4.5 m; the carriageways of one avenue are further apart.
 */
const TOLERANCE_UNITS = 5;

type SeamEnd = {
  readonly piece: number;
  readonly isHead: boolean;
  readonly seam: string;
  readonly along: number;
  /** Whether the line's tile is the one to the west or north of the seam. */
  readonly isBefore: boolean;
};

/** Clips lines to their tiles and lets the two halves of a line that a seam cuts end in the same point. */
export function clipAndAlign(pieces: readonly LinePiece[]): GridLine[] {
  const clipped = pieces.flatMap(({ line, box }) => clipLine(line, box).map((part) => ({ line: part, box })));
  const lines = clipped.map(({ line }) => [...line]);
  for (const [before, after] of pairEnds(clipped.flatMap(seamEndsOf))) {
    const target = endOf(lines[before.piece], before.isHead);
    const moved = lines[after.piece];
    if (target !== undefined && moved !== undefined) moved[after.isHead ? 0 : moved.length - 1] = target;
  }
  return lines;
}

function endOf(line: GridLine | undefined, isHead: boolean): GridPoint | undefined {
  return isHead ? line?.[0] : line?.at(-1);
}

function seamEndsOf({ line, box }: LinePiece, piece: number): SeamEnd[] {
  return [true, false].flatMap((isHead) => {
    const point = endOf(line, isHead);
    if (point === undefined) return [];
    const { x, y } = point;
    if (x % TILE_EXTENT === 0) return [{ piece, isHead, seam: `x${x}`, along: y, isBefore: x === box.east }];
    if (y % TILE_EXTENT === 0) return [{ piece, isHead, seam: `y${y}`, along: x, isBefore: y === box.south }];
    return [];
  });
}

/** Pairs of ends across a seam, the nearest first, each end at most once. */
function pairEnds(ends: readonly SeamEnd[]): (readonly [SeamEnd, SeamEnd])[] {
  const bySeam = groupBy(ends, ({ seam }) => seam);
  return [...bySeam.values()].flatMap((seamEnds) => {
    const candidates = seamEnds
      .filter(({ isBefore }) => isBefore)
      .flatMap((before) => seamEnds.filter(({ isBefore }) => !isBefore).map((after) => ({ before, after })))
      .map(({ before, after }) => ({ before, after, distance: Math.abs(before.along - after.along) }))
      .filter(({ distance }) => distance <= TOLERANCE_UNITS)
      .sort((one, other) => one.distance - other.distance);
    const taken = new Set<SeamEnd>();
    return candidates.flatMap(({ before, after }) => {
      if (taken.has(before) || taken.has(after)) return [];
      taken.add(before).add(after);
      return [[before, after] as const];
    });
  });
}
