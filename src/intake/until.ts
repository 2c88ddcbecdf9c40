/** Reading that a signal may end, also while it waits for input that never comes. */

/** Passes on what `source` gives until the signal, which throws its reason; also while waiting. */
export async function* until<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await orAborted(iterator.next(), signal);
      if (next.done) {
        ended = true;
        return;
      }
      yield next.value;
    }
  } finally {
    // Not awaited after an abort: a source that waits for standard input would never answer.
    if (!ended) void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

/**
 * Not `Promise.race` against one promise of the whole run: that one would keep what each race was
 * won with, every piece of the list, until it is settled itself.
 */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
