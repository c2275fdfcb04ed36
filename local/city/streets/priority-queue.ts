type Entry = { readonly cost: number; readonly item: number };

/** Numbers by cost, the cheapest first (a binary heap). */
export class PriorityQueue {
  private readonly heap: Entry[] = [];

  get size(): number {
    return this.heap.length;
  }

  push(item: number, cost: number): void {
    const { heap } = this;
    const entry = { cost, item };
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.cost <= cost) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = entry;
  }

  /** Takes the cheapest out; undefined when there is none. */
  pop(): number | undefined {
    const { heap } = this;
    const [top] = heap;
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top?.item;
    let place = 0;
    for (;;) {
      const below = this.cheaperChild(place);
      const child = heap[below];
      if (child === undefined || child.cost >= last.cost) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
    return top.item;
  }

  private cheaperChild(place: number): number {
    const [left, right] = [this.heap[2 * place + 1], this.heap[2 * place + 2]];
    return left !== undefined && right !== undefined && right.cost < left.cost ? 2 * place + 2 : 2 * place + 1;
  }
}
