/** Maps items by an asynchronous function, at most `limit` at a time, keeping their order. The first failure is thrown. */
export async function mapLimited<Item, Value>(items: readonly Item[], limit: number, task: (item: Item, index: number) => Promise<Value>): Promise<Value[]> {
  const values = new Array<Value>(items.length);
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) values[index] = await task(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return values;
}
