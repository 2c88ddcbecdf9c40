/** Calls that are ended by whoever made them. */

/** What a call gives, or a rejection with the reason of its signal, whichever comes first. */
export async function unlessAborted<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (signal === undefined) return work();
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The items until the signal ends it, which is thrown with its reason. */
export async function* eachUnlessAborted<T>(
  signal: AbortSignal | undefined,
  items: Iterable<T> | AsyncIterable<T>,
): AsyncGenerator<T, void> {
  signal?.throwIfAborted();
  for await (const item of items) {
    yield item;
    signal?.throwIfAborted();
  }
}
