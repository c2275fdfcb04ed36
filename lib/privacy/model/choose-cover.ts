/** A kept visit's place in a region. */
export type Placed = { readonly epoch: number; readonly cover: number };

/** What one contribution of one epoch holds. */
export type CoverChoice<Item> = { readonly epoch: number; readonly cover: number; readonly visits: readonly Item[] };

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => number): Map<number, Item[]> {
  const groups = new Map<number, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/**
 * For every epoch the one cover that holds most of the kept visits (of several, the first in the region's list); visits elsewhere are
 * dropped. One cover per vehicle and epoch: two neighbouring ones would tell where the vehicle crossed their border. Ascending epochs.
 */
export function chooseCovers<Item extends Placed>(visits: readonly Item[]): CoverChoice<Item>[] {
  const epochs = [...groupBy(visits, ({ epoch }) => epoch)].toSorted(([left], [right]) => left - right);
  return epochs.flatMap(([epoch, inEpoch]) => {
    const covers = [...groupBy(inEpoch, ({ cover }) => cover)].toSorted(([left, one], [right, other]) => other.length - one.length || left - right);
    return covers.slice(0, 1).map(([cover, inCover]) => ({ epoch, cover, visits: inCover }));
  });
}
