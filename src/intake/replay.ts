/**
 * A source that can be read once, whose beginning is wanted twice: a list's columns decide which template fits,
 * and the template how the lines are read. What the first reading took is kept for the second.
 */

/** A source whose beginning may be looked at. */
export interface Replay<T> {
  /** From the beginning, as far as it is read; the rest stays. */
  head(): AsyncGenerator<T, void>;
  /** From the beginning to the end; leaving early closes the source. */
  all(): AsyncGenerator<T, void>;
  /** Closes the source, wherever it is. */
  close(): Promise<void>;
}

/** Makes one. Nothing is read before somebody asks. */
export function replay<T>(source: Iterable<T> | AsyncIterable<T>): Replay<T> {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const kept: T[] = [];
  let ended = false;

  async function next(): Promise<IteratorResult<T>> {
    if (ended) return { done: true, value: undefined };
    try {
      const step = await iterator.next();
      if (step.done) ended = true;
      return step;
    } catch (error) {
      ended = true;
      throw error;
    }
  }

  async function close(): Promise<void> {
    kept.length = 0;
    if (ended) return;
    ended = true;
    await iterator.return?.();
  }

  return {
    async *head() {
      yield* kept;
      for (let step = await next(); !step.done; step = await next()) {
        kept.push(step.value);
        yield step.value;
      }
    },
    async *all() {
      try {
        // Let go one by one: a list is not held, and neither is its beginning.
        while (kept.length > 0) yield kept.shift() as T;
        for (let step = await next(); !step.done; step = await next()) yield step.value;
      } finally {
        await close();
      }
    },
    close,
  };
}
