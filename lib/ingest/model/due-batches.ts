import { planBatches } from "@/lib/ingest/model/batch-plan";

/** A contribution that waits to be sent. */
export type WaitingItem = {
  id: string;
  /** Contributions to the same cover and epoch share a group: together they cost less gas. */
  group: string;
  words: number;
  /** Unix second from which the chain refuses it: its epoch has closed, or its ticket has run out. */
  deadline: number;
};

export type BatchRules = {
  /** So many of a group make a batch at once. */
  itemsMin: number;
  /** A group that has waited so long is sent however few it has. */
  ageSeconds: number;
  /** So long before its deadline an item's group is sent, whatever else. */
  lastCallSeconds: number;
};

/** Time for a transaction to be made, to wait for its block, and to be sent once more. */
export const lastCallSeconds = 120;

type Group = { name: string; items: WaitingItem[]; deadline: number };

function groupItems(items: readonly WaitingItem[]): Group[] {
  const groups = new Map<string, Group>();
  for (const item of items) {
    const group = groups.get(item.group) ?? { name: item.group, items: [], deadline: Infinity };
    group.items.push(item);
    group.deadline = Math.min(group.deadline, item.deadline);
    groups.set(item.group, group);
  }
  return [...groups.values()];
}

/**
 * Which of the waiting items are to be sent now, cut into batches that are expected to fit a transaction each.
 * A group goes when it is large enough, old enough, or near its deadline; the group that closes first goes first, and
 * what belongs to one group stays together. `agesSeconds` tells how long each group has been waiting.
 */
export function dueBatches(
  items: readonly WaitingItem[],
  { rules, now, agesSeconds }: { rules: BatchRules; now: number; agesSeconds: ReadonlyMap<string, number> },
): WaitingItem[][] {
  const due = groupItems(items).filter(
    ({ name, items: members, deadline }) =>
      members.length >= rules.itemsMin || (agesSeconds.get(name) ?? 0) >= rules.ageSeconds || deadline - now <= rules.lastCallSeconds,
  );
  due.sort((left, right) => left.deadline - right.deadline || (left.name < right.name ? -1 : 1));
  return planBatches(due.flatMap((group) => group.items), (item) => item.words);
}

/** How long each group has been waiting. Kept in memory only: no time finer than the hour stands beside a contribution. */
export class GroupAges {
  readonly #sinceMs = new Map<string, number>();

  /** Ages in seconds of the groups that wait now; a group that is not there any more begins anew when it comes back. */
  update(groups: ReadonlySet<string>, nowMs: number): Map<string, number> {
    for (const known of this.#sinceMs.keys()) if (!groups.has(known)) this.#sinceMs.delete(known);
    return new Map(
      [...groups].map((group) => {
        const since = this.#sinceMs.get(group) ?? nowMs;
        this.#sinceMs.set(group, since);
        return [group, (nowMs - since) / 1_000];
      }),
    );
  }

  /** The group was sent: what comes later waits its own time. */
  restart(groups: Iterable<string>): void {
    for (const group of groups) this.#sinceMs.delete(group);
  }

  /** Seconds that the longest waiting group has been waiting; 0 when none does. */
  oldestSeconds(nowMs: number): number {
    return Math.round(Math.max(0, ...[...this.#sinceMs.values()].map((since) => nowMs - since)) / 1_000);
  }
}
