import { metresApart, toVector, type Vector } from "@/lib/geo/model/sphere";
import type { TrackPoint } from "@/lib/geo/model/track";

/** A fix that passed the cleaning: its time and its unit vector (`toPosition` gives degrees back). Lean, because there may be millions. */
export type Fix = Vector & { readonly timeMs: number };

/** What the cleaning met. Every point read is counted; dropped ones are counted once, by reason. */
export type CleanCounts = {
  /** Points given. */
  readonly points: number;
  /** Dropped: reached only at more than 200 km/h from the fix before. */
  readonly impossible: number;
  /** Dropped: same time as the fix before. */
  readonly duplicates: number;
  /** Dropped: earlier than the fix before. */
  readonly backwards: number;
  /** Dropped: not a WGS84 position or not a time. */
  readonly outsideWorld: number;
  /** Places at which the track was split; nothing is assumed about what lies in a gap. */
  readonly gaps: number;
};

export type CleanTrack = { readonly segments: Fix[][]; readonly counts: CleanCounts };

/** Fixes further apart than this in time or space are not joined (docs/privacy.md, section 4). */
export const GAP_MS = 90_000;
export const GAP_METRES = 2_000;
/** Fastest believable speed between two fixes, km/h. */
export const SPEED_MAX_KMH = 200;

/** So many refused fixes in a row that agree with each other outweigh the fix that refused them. */
const RESTART_FIXES = 3;
const MS_PER_METRE = 3_600 / SPEED_MAX_KMH;

type Refusal = "impossible" | "duplicates" | "backwards";
type Refused = { readonly fix: Fix; readonly reason: Refusal };

function isInWorld({ latitude, longitude, timeMs }: TrackPoint): boolean {
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && Number.isFinite(timeMs);
}

/** Builds segments fix by fix. */
class Cleaner {
  readonly segments: Fix[][] = [];
  readonly counts = { points: 0, impossible: 0, duplicates: 0, backwards: 0, outsideWorld: 0, gaps: 0 };
  private current: Fix[] = [];
  private last: Fix | undefined;
  private refused: Refused[] = [];

  add(point: TrackPoint): void {
    this.counts.points += 1;
    if (!isInWorld(point)) {
      this.counts.outsideWorld += 1;
      return;
    }
    const { x, y, z } = toVector(point);
    const fix: Fix = { timeMs: point.timeMs, x, y, z };
    const reason = this.last === undefined ? undefined : refusal(this.last, fix);
    if (reason === undefined) this.accept(fix);
    else this.refuse(fix, reason);
  }

  finish(): void {
    this.dropRefused();
    this.closeSegment();
    this.counts.gaps = Math.max(0, this.segments.length - 1);
  }

  private accept(fix: Fix): void {
    this.dropRefused();
    if (this.last !== undefined && isGap(this.last, fix)) this.closeSegment();
    this.current.push(fix);
    this.last = fix;
  }

  /**
   * Keeps a refused fix in mind: when three in a row agree with each other, it was the fix before them that was wrong
   * (then its short segment is dropped), or the recorder jumped (then the track is split there). A clock that runs back after a longer
   * segment is never believed: the vehicle would be in two places at a time.
   */
  private refuse(fix: Fix, reason: Refusal): void {
    if (reason === "duplicates") {
      this.counts.duplicates += 1;
      return;
    }
    const before = this.refused.at(-1)?.fix;
    if (before !== undefined && refusal(before, fix) !== undefined) this.dropRefused();
    this.refused.push({ fix, reason });
    if (this.refused.length < RESTART_FIXES) return;
    if (this.canRestart()) this.restart();
    else this.dropRefused(this.refused.length - RESTART_FIXES + 1);
  }

  private canRestart(): boolean {
    if (this.refused.every(({ reason }) => reason === "impossible")) return true;
    const endMs = this.segments.at(-1)?.at(-1)?.timeMs ?? Number.NEGATIVE_INFINITY;
    return this.current.length < RESTART_FIXES && this.refused.every(({ fix }) => fix.timeMs > endMs);
  }

  private restart(): void {
    if (this.current.length < RESTART_FIXES) {
      this.counts.impossible += this.current.length;
      this.current = [];
    }
    this.closeSegment();
    this.last = undefined;
    for (const { fix } of this.refused.splice(0)) this.accept(fix);
  }

  private dropRefused(count = this.refused.length): void {
    if (count === 0) return;
    for (const { reason } of this.refused.splice(0, count)) this.counts[reason] += 1;
  }

  private closeSegment(): void {
    if (this.current.length > 0) this.segments.push(this.current);
    this.current = [];
  }
}

function isGap(last: Fix, next: Fix): boolean {
  return next.timeMs - last.timeMs > GAP_MS || metresApart(last, next) > GAP_METRES;
}

function refusal(last: Fix, next: Fix): Refusal | undefined {
  const elapsed = next.timeMs - last.timeMs;
  if (elapsed < 0) return "backwards";
  if (elapsed === 0) return "duplicates";
  return elapsed < metresApart(last, next) * MS_PER_METRE ? "impossible" : undefined;
}

/**
 * Drops what cannot be true from one vehicle's fixes, given in the file's order, and splits the rest at gaps of more than 90 s or 2 km.
 * Within a segment times strictly ascend. Takes any length in one pass; never throws.
 */
export function cleanTrack(points: Iterable<TrackPoint>): CleanTrack {
  const cleaner = new Cleaner();
  for (const point of points) cleaner.add(point);
  cleaner.finish();
  return { segments: cleaner.segments, counts: cleaner.counts };
}
