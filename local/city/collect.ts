/** Puts a value behind the others of its key. */
export function addTo<Key, Value>(groups: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = groups.get(key);
  if (known === undefined) groups.set(key, [value]);
  else known.push(value);
}

/** The items by key, both in the order of first appearance. */
export function groupBy<Key, Value>(items: Iterable<Value>, keyOf: (item: Value) => Key): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const item of items) addTo(groups, keyOf(item), item);
  return groups;
}
