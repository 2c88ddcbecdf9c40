/** Waiting that ends. */
import type { Clock } from '../core/ports/index.ts';

/**
 * Waits for work, and no longer than that; what takes longer goes on by itself. Until then the process stays: work that
 * hangs on a connection that is gone keeps nothing alive, and Node would end in the middle (exit code 13).
 * @param ms at most so long
 */
export async function atMost(
  clock: Pick<Clock, 'after'>,
  ms: number,
  work: Promise<unknown>,
): Promise<void> {
  let stopWaiting: (() => void) | undefined;
  const late = new Promise<void>((resolve) => {
    stopWaiting = clock.after(ms, resolve);
  });
  await Promise.race([work, late]).finally(() => stopWaiting?.());
}
