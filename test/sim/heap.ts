/** What is to happen, the next first: a binary heap, since a run puts in and takes out thousands. */
import type { Happening } from './timeline.ts';

/** Makes an empty heap, ordered by time and then by the order of putting in. */
export function createHeap() {
  let items: Happening[] = [];
  const before = (a: Happening, b: Happening) =>
    a.at < b.at || (a.at === b.at && a.order < b.order);
  const at = (i: number) => items[i] as Happening;

  function swap(i: number, j: number): void {
    const held = at(i);
    items[i] = at(j);
    items[j] = held;
  }

  function sink(from: number): void {
    for (let i = from; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2])
        if (child < items.length && before(at(child), at(least))) least = child;
      if (least === i) return;
      swap(i, least);
      i = least;
    }
  }

  return {
    all: () => items,
    push(one: Happening) {
      items.push(one);
      for (let i = items.length - 1; i > 0; ) {
        const parent = (i - 1) >> 1;
        if (!before(at(i), at(parent))) return;
        swap(i, parent);
        i = parent;
      }
    },
    pop(): Happening | undefined {
      const first = items[0];
      const last = items.pop();
      if (first === undefined || last === undefined || items.length === 0) return first;
      items[0] = last;
      sink(0);
      return first;
    },
    rebuild() {
      items = items.filter((one) => !one.cancelled);
      for (let i = items.length >> 1; i >= 0; i -= 1) if (i < items.length) sink(i);
    },
  };
}
