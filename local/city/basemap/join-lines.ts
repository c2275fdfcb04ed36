import { type GridLine, pointKey, samePoint } from "@/local/city/basemap/grid";
import { addTo } from "@/local/city/collect";

export type JoinOptions = {
  /** Whether a line may be turned around to join another; not for one-way streets. */
  readonly mayReverse: boolean;
};

type Search = JoinOptions & {
  /** The lines that begin or end at a point. */
  readonly ends: ReadonlyMap<number, readonly GridLine[]>;
  readonly waiting: Set<GridLine>;
};

/**
 * Joins lines that meet end to end, where exactly two ends meet: across seams, and where the source cuts a street
 * into pieces. Lines that should not join (another class, another name) belong into another call.
 */
export function joinLines(pieces: readonly GridLine[], { mayReverse }: JoinOptions): GridLine[] {
  const lines = withoutDoubles(pieces);
  const search: Search = { ends: endsOf(lines), waiting: new Set(lines), mayReverse };
  const joined: GridLine[] = [];
  for (const line of mayReverse ? lines : headsFirst(lines, search.ends)) {
    if (!search.waiting.delete(line)) continue;
    const grown = extend(line, search);
    joined.push(mayReverse ? extend([...grown].reverse(), search) : grown);
  }
  return joined;
}

/** Grows a line at its tail as long as exactly one other line goes on from there. */
function extend(line: GridLine, { ends, waiting, mayReverse }: Search): GridLine {
  const grown = [...line];
  for (;;) {
    const tail = grown.at(-1);
    const meeting = tail === undefined ? [] : (ends.get(pointKey(tail)) ?? []);
    const next = meeting.find((candidate) => waiting.has(candidate));
    if (tail === undefined || next === undefined || meeting.length !== 2) return grown;
    const follows = beginsAt(next, tail);
    if (!follows && !mayReverse) return grown;
    waiting.delete(next);
    grown.push(...(follows ? next : [...next].reverse()).slice(1));
  }
}

/** Lines that only grow at their tail must be begun at the head of the whole; rings have none and come last. */
function headsFirst(lines: readonly GridLine[], ends: Search["ends"]): GridLine[] {
  const isLedTo = (line: GridLine) => {
    const head = line[0];
    if (head === undefined) return false;
    const meeting = ends.get(pointKey(head)) ?? [];
    return meeting.length === 2 && meeting.some((other) => other !== line && !beginsAt(other, head));
  };
  return [...lines.filter((line) => !isLedTo(line)), ...lines.filter(isLedTo)];
}

function beginsAt(line: GridLine, point: GridLine[number]): boolean {
  const head = line[0];
  return head !== undefined && samePoint(head, point);
}

function endsOf(lines: readonly GridLine[]): Map<number, GridLine[]> {
  const ends = new Map<number, GridLine[]>();
  for (const line of lines) {
    for (const point of [line[0], line.at(-1)]) {
      if (point !== undefined) addTo(ends, pointKey(point), line);
    }
  }
  return ends;
}

function withoutDoubles(lines: readonly GridLine[]): GridLine[] {
  const seen = new Set<string>();
  return lines.filter((line) => {
    const key = line.map(pointKey).join();
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
