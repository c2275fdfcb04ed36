import { type GridLine, type GridPoint, pointKey, samePoint } from "@/local/city/basemap/grid";

export type JoinOptions = {
  /** Whether a line may be turned around to join another; not for one-way streets. */
  readonly mayReverse: boolean;
};

/**
 * Joins lines that meet end to end, where exactly two ends meet: across seams, and where the source cuts a street
 * into pieces. Lines that should not join (another class, another name) belong into another call.
 */
export function joinLines(pieces: readonly GridLine[], options: JoinOptions): GridLine[] {
  const lines = withoutDoubles(pieces);
  const ends = countEnds(lines);
  const waiting = new Set(lines);
  const joined: GridLine[] = [];
  for (const line of lines) {
    if (!waiting.delete(line)) continue;
    let grown = extend(line, { ends, waiting, mayReverse: options.mayReverse });
    if (options.mayReverse) grown = extend([...grown].reverse(), { ends, waiting, mayReverse: true });
    joined.push(grown);
  }
  return options.mayReverse ? joined : joinHeads(joined);
}

type Search = {
  readonly ends: ReadonlyMap<number, readonly GridLine[]>;
  readonly waiting: Set<GridLine>;
  readonly mayReverse: boolean;
};

function extend(line: GridLine, search: Search): GridLine {
  let grown = line;
  for (;;) {
    const tail = grown.at(-1);
    if (tail === undefined) return grown;
    const meeting = search.ends.get(pointKey(tail)) ?? [];
    const next = meeting.find((candidate) => search.waiting.has(candidate));
    if (meeting.length !== 2 || next === undefined) return grown;
    const follows = next[0] !== undefined && samePoint(next[0], tail);
    if (!follows && !search.mayReverse) return grown;
    search.waiting.delete(next);
    grown = [...grown, ...(follows ? next : [...next].reverse()).slice(1)];
  }
}

/** One-way lines only grow at their tail; what was begun in the middle is put behind what leads to it. */
function joinHeads(lines: readonly GridLine[]): GridLine[] {
  const ends = countEnds(lines);
  const waiting = new Set(lines);
  const isLedTo = (line: GridLine) => {
    const head = line[0];
    const meeting = head === undefined ? [] : (ends.get(pointKey(head)) ?? []);
    return meeting.length === 2 && meeting.some((other) => other !== line && other.at(-1) === lastOf(other, head));
  };
  const starts = [...lines.filter((line) => !isLedTo(line)), ...lines.filter(isLedTo)];
  return starts.flatMap((line) => (waiting.delete(line) ? [extend(line, { ends, waiting, mayReverse: false })] : []));
}

function lastOf(line: GridLine, point: GridPoint | undefined): GridPoint | null {
  const last = line.at(-1);
  return last !== undefined && point !== undefined && samePoint(last, point) ? last : null;
}

function countEnds(lines: readonly GridLine[]): Map<number, GridLine[]> {
  const ends = new Map<number, GridLine[]>();
  for (const line of lines) {
    for (const point of [line[0], line.at(-1)]) {
      if (point === undefined) continue;
      const key = pointKey(point);
      const known = ends.get(key);
      if (known === undefined) ends.set(key, [line]);
      else known.push(line);
    }
  }
  return ends;
}

function withoutDoubles(lines: readonly GridLine[]): GridLine[] {
  const seen = new Set<string>();
  return lines.filter((line) => {
    const key = line.map(pointKey).join();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
