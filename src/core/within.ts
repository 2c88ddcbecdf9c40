/** An end to waiting: what takes longer goes on by itself, and nobody waits for it. */

/** Nothing came in the time that was given. */
export class LateError extends Error {
  readonly ms: number;
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
    this.name = 'LateError';
    this.ms = ms;
  }
}

/** Resolves as `work` does; throws a {@link LateError} where it takes longer than `ms`. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateError(ms)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
