/** A thing done again and again until closed; one run at a time, woken early when there is news. */

import type { Clock } from './ports/index.ts';

/** A running loop. */
export interface Loop {
  /** Runs again at once (after the run under way). */
  wake(): void;
  /** Ends it; resolves when the run under way is over. */
  close(): Promise<void>;
}

/**
 * Starts a loop. A run that fails is reported and the loop goes on: its next run may well succeed.
 * @param intervalMs pause between two runs, with a tenth of jitter so that processes drift apart
 * @param report called with the error of a failed run, with `undefined` after a good one
 */
export function loop(
  clock: Pick<Clock, 'after' | 'random'>,
  intervalMs: number,
  report: (error: unknown) => void,
  run: () => Promise<void>,
): Loop {
  let closed = false;
  let woken = false;
  let wakeUp: (() => void) | undefined;

  const ended = (async () => {
    while (!closed) {
      woken = false;
      try {
        await run();
        report(undefined);
      } catch (error) {
        report(error ?? new Error('failed without an error'));
      }
      if (closed) return;
      if (!woken) {
        await new Promise<void>((resolve) => {
          const cancel = clock.after(intervalMs * (0.9 + clock.random() * 0.2), resolve);
          wakeUp = () => {
            cancel();
            resolve();
          };
        });
      }
      wakeUp = undefined;
    }
  })();

  return {
    wake() {
      woken = true;
      wakeUp?.();
    },
    close() {
      closed = true;
      wakeUp?.();
      return ended;
    },
  };
}
