import type { Fix } from "@/lib/geo/model/clean-track";
import { between, chordOf, metresAlong, metresApart, toVector, type Vector } from "@/lib/geo/model/sphere";
import type { ZoneBook } from "@/lib/privacy/model/zones";

/** Drives without what lies in any disc. */
export type CutDrives = {
  readonly segments: Fix[][];
  /** Metres driven inside the discs. */
  readonly cutMetres: number;
  /** Fixes inside the discs. */
  readonly cutPoints: number;
};

type Disc = { readonly centre: Vector; readonly chord: number; readonly radiusMetres: number };
/** Shares 0..1 of a step between two fixes. */
type Span = readonly [from: number, to: number];

/** The part of a straight step that lies in the disc: where the distance to the centre, a quadratic in the share, is below the radius. */
function spanInside({ centre, chord }: Disc, start: Vector, end: Vector): Span | undefined {
  const step = { x: end.x - start.x, y: end.y - start.y, z: end.z - start.z };
  const away = { x: start.x - centre.x, y: start.y - centre.y, z: start.z - centre.z };
  const square = step.x ** 2 + step.y ** 2 + step.z ** 2;
  const slope = step.x * away.x + step.y * away.y + step.z * away.z;
  const excess = away.x ** 2 + away.y ** 2 + away.z ** 2 - chord ** 2;
  if (square === 0) return excess <= 0 ? [0, 1] : undefined;
  const discriminant = slope ** 2 - square * excess;
  if (discriminant < 0) return undefined;
  const root = Math.sqrt(discriminant);
  const [from, to] = [Math.max(0, (-slope - root) / square), Math.min(1, (-slope + root) / square)];
  return from < to ? [from, to] : undefined;
}

/** What is left of a step when the spans are taken out, in order. */
function spansOutside(spans: readonly Span[]): Span[] {
  const left: Span[] = [];
  let at = 0;
  for (const [from, to] of spans.toSorted((one, other) => one[0] - other[0])) {
    if (from > at) left.push([at, from]);
    at = Math.max(at, to);
  }
  if (at < 1) left.push([at, 1]);
  return left;
}

function fixAt(start: Fix, end: Fix, share: number): Fix {
  if (share === 0) return start;
  if (share === 1) return end;
  return { timeMs: start.timeMs + (end.timeMs - start.timeMs) * share, ...between(start, end, share) };
}

function isInside({ centre, chord }: Disc, { x, y, z }: Vector): boolean {
  return (x - centre.x) ** 2 + (y - centre.y) ** 2 + (z - centre.z) ** 2 <= chord ** 2;
}

/** Puts what is left of each step together into segments. */
class Cutter {
  readonly segments: Fix[][] = [];
  cutMetres = 0;
  cutPoints = 0;
  private current: Fix[] = [];

  cut(segment: readonly Fix[], discs: readonly Disc[]): void {
    let start: Fix | undefined;
    for (const end of segment) {
      const isCut = discs.some((disc) => isInside(disc, end));
      if (isCut) this.cutPoints += 1;
      if (start !== undefined) this.cutStep(start, end, discs);
      else if (!isCut) this.current.push(end);
      start = end;
    }
    this.close();
  }

  private cutStep(start: Fix, end: Fix, discs: readonly Disc[]): void {
    const spans: Span[] = [];
    for (const disc of discs) {
      const span = spanInside(disc, start, end);
      if (span !== undefined) spans.push(span);
    }
    if (spans.length === 0) this.keepStep(start, end);
    else this.cutSpans(start, end, spans);
  }

  private keepStep(start: Fix, end: Fix): void {
    if (this.current.length === 0) this.current.push(start);
    this.current.push(end);
  }

  private cutSpans(start: Fix, end: Fix, spans: readonly Span[]): void {
    const left = spansOutside(spans);
    this.cutMetres += metresApart(start, end) * (1 - left.reduce((sum, [from, to]) => sum + to - from, 0));
    if (left.length === 0) this.close();
    for (const [from, to] of left) {
      if (from > 0) this.close();
      if (this.current.length === 0) this.current.push(fixAt(start, end, from));
      this.current.push(fixAt(start, end, to));
    }
  }

  private close(): void {
    if (this.current.length > 0) this.segments.push(this.current);
    this.current = [];
  }
}

/**
 * Cuts every disc out of every drive, passing ones too: where a drive enters a disc it ends, where it leaves it begins anew, at the
 * disc's border to the millimetre. Times at the border follow from an even speed between two fixes.
 */
export function cutDiscs(segments: readonly Fix[][], book: ZoneBook): CutDrives {
  const discs = book.map(({ centre, radiusMetres }): Disc => ({ centre: toVector(centre), chord: chordOf(radiusMetres), radiusMetres }));
  const cutter = new Cutter();
  for (const segment of segments) {
    const [first] = segment;
    if (first === undefined) continue;
    const reach = discs.length === 0 ? 0 : metresAlong(segment);
    const near = discs.filter(({ centre, radiusMetres }) => metresApart(centre, first) <= radiusMetres + reach);
    if (near.length === 0) cutter.segments.push(segment);
    else cutter.cut(segment, near);
  }
  return { segments: cutter.segments, cutMetres: cutter.cutMetres, cutPoints: cutter.cutPoints };
}
