import { shapeAt, type CellShape } from "@/lib/geo/model/cell-shape";
import type { Fix } from "@/lib/geo/model/clean-track";
import type { Region } from "@/lib/geo/model/region";
import { metresApart } from "@/lib/geo/model/sphere";
import { speedKmh } from "@/lib/geo/model/speed-class";
import { CELL_DEPTH } from "@/lib/geo/model/tile";
import { walkCells } from "@/lib/geo/model/walk-cells";

/** All that one vehicle did in one cell during one epoch. */
export type Visit = {
  readonly cell: string;
  readonly tile: string;
  /** Counted from the region's start; negative before it. */
  readonly epoch: number;
  metres: number;
  /** Includes standing. */
  seconds: number;
  /** Fixes in the cell. */
  points: number;
  firstMs: number;
  lastMs: number;
};

/** What of a region the walk needs. */
export type Lattice = Pick<Region, "tileResolution" | "start" | "epochSeconds">;

/** Overall speed of a visit, km/h. */
export function visitSpeed({ metres, seconds }: Visit): number {
  return speedKmh(metres, seconds);
}

/** Sums stretches by epoch and cell. */
class VisitBook {
  private readonly byEpoch = new Map<number, Map<string, Visit>>();
  private readonly startMs: number;
  private readonly lengthMs: number;
  private current: Visit | undefined;
  private epoch = Number.NaN;
  private epochFromMs = 0;
  private epochToMs = 0;

  constructor({ start, epochSeconds }: Lattice) {
    this.startMs = start * 1_000;
    this.lengthMs = epochSeconds * 1_000;
  }

  /** Adds a stretch inside one cell, cut where an epoch ends; metres are shared out by time. */
  add(shape: CellShape, fromMs: number, toMs: number, metres: number): void {
    let from = fromMs;
    while (from < toMs) {
      this.turnTo(from);
      const to = Math.min(toMs, this.epochToMs);
      const visit = this.visitOf(shape, from);
      visit.metres += metres * ((to - from) / (toMs - fromMs));
      visit.seconds += (to - from) / 1_000;
      visit.firstMs = Math.min(visit.firstMs, from);
      visit.lastMs = Math.max(visit.lastMs, to);
      from = to;
    }
  }

  countPoint(shape: CellShape, timeMs: number): void {
    this.turnTo(timeMs);
    this.visitOf(shape, timeMs).points += 1;
  }

  visits(): Visit[] {
    return [...this.byEpoch.values()].flatMap((cells) => [...cells.values()]).filter(({ seconds }) => seconds > 0);
  }

  private turnTo(timeMs: number): void {
    if (timeMs >= this.epochFromMs && timeMs < this.epochToMs) return;
    this.epoch = Math.floor((timeMs - this.startMs) / this.lengthMs);
    this.epochFromMs = this.startMs + this.epoch * this.lengthMs;
    this.epochToMs = this.epochFromMs + this.lengthMs;
  }

  private visitOf({ cell, tile }: CellShape, timeMs: number): Visit {
    if (this.current !== undefined && this.current.cell === cell && this.current.epoch === this.epoch) return this.current;
    const cells = this.byEpoch.get(this.epoch) ?? new Map<string, Visit>();
    if (cells.size === 0) this.byEpoch.set(this.epoch, cells);
    const visit = cells.get(cell) ?? { cell, tile, epoch: this.epoch, metres: 0, seconds: 0, points: 0, firstMs: timeMs, lastMs: timeMs };
    if (visit.seconds === 0) cells.set(cell, visit);
    this.current = visit;
    return visit;
  }
}

function crossSegment(segment: readonly Fix[], resolution: number, book: VisitBook): void {
  let shape: CellShape | undefined;
  let start: Fix | undefined;
  for (const end of segment) {
    if (start === undefined || shape === undefined) {
      shape = shapeAt(end, resolution);
    } else {
      const { timeMs } = start;
      const elapsed = end.timeMs - timeMs;
      const metres = metresApart(start, end);
      shape = walkCells({ start, end, metres, resolution }, shape, (crossed, from, to) => {
        book.add(crossed, timeMs + elapsed * from, to === 1 ? end.timeMs : timeMs + elapsed * to, metres * (to - from));
      });
    }
    book.countPoint(shape, end.timeMs);
    start = end;
  }
}

/**
 * Walks every segment through the grid: all cells crossed, each with its metres and seconds, by epoch. Fixes that are far apart don't
 * skip cells, gaps between segments are not bridged, and the metres and seconds of the visits add up to those of the segments.
 * Speed is taken to be constant between two fixes.
 */
export function crossCells(segments: readonly (readonly Fix[])[], lattice: Lattice): Visit[] {
  const book = new VisitBook(lattice);
  for (const segment of segments) if (segment.length > 1) crossSegment(segment, lattice.tileResolution + CELL_DEPTH, book);
  return book.visits();
}
