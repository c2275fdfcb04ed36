/** One direction of a street, as far as reachability is concerned. */
export type Arc = { readonly from: number; readonly to: number };

/**
 * The nodes of the largest set in which each node can be reached from each other (Kosaraju's algorithm without
 * recursion: the graph is deeper than the stack).
 */
export function largestComponent(nodeCount: number, arcs: readonly Arc[]): ReadonlySet<number> {
  const order = finishingOrder(nodeCount, neighbours(nodeCount, arcs));
  const backwards = neighbours(nodeCount, arcs.map(({ from, to }) => ({ from: to, to: from })));
  const seen = new Set<number>();
  let largest = new Set<number>();
  for (const node of order.reverse()) {
    if (seen.has(node)) continue;
    const component = reach(node, backwards, seen);
    if (component.size > largest.size) largest = component;
  }
  return largest;
}

function neighbours(nodeCount: number, arcs: readonly Arc[]): readonly (readonly number[])[] {
  const lists = Array.from({ length: nodeCount }, () => new Array<number>());
  for (const { from, to } of arcs) lists[from]?.push(to);
  return lists;
}

/** The nodes in the order in which a depth-first search leaves them. */
function finishingOrder(nodeCount: number, next: readonly (readonly number[])[]): number[] {
  const seen = new Set<number>();
  const order: number[] = [];
  for (let root = 0; root < nodeCount; root += 1) {
    if (seen.has(root)) continue;
    seen.add(root);
    const path = [{ node: root, tried: 0 }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const child = next[top.node]?.[top.tried];
      top.tried += 1;
      if (child === undefined) {
        order.push(top.node);
        path.pop();
      } else if (!seen.has(child)) {
        seen.add(child);
        path.push({ node: child, tried: 0 });
      }
    }
  }
  return order;
}

function reach(start: number, next: readonly (readonly number[])[], seen: Set<number>): Set<number> {
  const component = new Set([start]);
  seen.add(start);
  for (const node of component) {
    for (const child of next[node] ?? []) {
      if (seen.has(child)) continue;
      seen.add(child);
      component.add(child);
    }
  }
  return component;
}
