/** What is to happen, by its time: a binary heap, since a million people wait at once and in no order. */

interface Entry<T> {
  readonly due: number;
  /** Of two at one time the one put in first comes first. */
  readonly n: number;
  readonly item: T;
}

/** Items by time. */
export class TimeHeap<T> {
  readonly #entries: Entry<T>[] = [];
  #n = 0;

  get size(): number {
    return this.#entries.length;
  }

  /** When the first is due. */
  get nextDue(): number | undefined {
    return this.#entries[0]?.due;
  }

  add(due: number, item: T): void {
    this.#n += 1;
    const entry = { due, n: this.#n, item };
    let at = this.#entries.push(entry) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#entries[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      this.#entries[at] = parent;
      at = above;
    }
    this.#entries[at] = entry;
  }

  /** Takes the first if it is due at `now`. */
  take(now: number): T | undefined {
    const [first] = this.#entries;
    if (first === undefined || first.due > now) return undefined;
    const last = this.#entries.pop();
    if (last !== undefined && last !== first) this.#sink(last);
    return first.item;
  }

  clear(): void {
    this.#entries.length = 0;
  }

  #sink(entry: Entry<T>): void {
    let at = 0;
    for (;;) {
      const [left, right] = [this.#entries[2 * at + 1], this.#entries[2 * at + 2]];
      const isRight = left !== undefined && right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || !isBefore(child, entry)) break;
      this.#entries[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    this.#entries[at] = entry;
  }
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.due < b.due || (a.due === b.due && a.n < b.n);
}
