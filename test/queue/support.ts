/** Waiting for events instead of for time. */

/** A promise that is resolved from outside. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Values that come in, and who waits for so many of them. */
export class Gate<T> {
  readonly values: T[] = [];
  readonly #waiters: { readonly n: number; readonly resolve: (values: readonly T[]) => void }[] =
    [];

  push(value: T): void {
    this.values.push(value);
    for (const waiter of this.#waiters.splice(0)) {
      if (this.values.length >= waiter.n) waiter.resolve(this.values);
      else this.#waiters.push(waiter);
    }
  }

  /** Resolves once so many have come in all; jest's time limit ends the waiting. */
  until(n: number): Promise<readonly T[]> {
    return new Promise((resolve) => {
      if (this.values.length >= n) resolve(this.values);
      else this.#waiters.push({ n, resolve });
    });
  }
}
