/** The clocks of one process, driven by the timeline. */
import type { Clock } from '../../src/core/ports/index.ts';
import type { Chance } from './chance.ts';
import type { Life, Timeline } from './timeline.ts';

/** Where every run begins, ms since the epoch. */
export const BEGAN_MS = Date.UTC(2026, 10, 27, 9);

/**
 * Makes the clock of a process.
 * @param p.skewMs how far its wall clock is ahead of the others
 */
export function clockOf(
  timeline: Timeline,
  life: Life,
  p: { readonly skewMs: number; readonly chance: Chance },
): Clock {
  // A monotonic clock begins anywhere.
  const began = 1_000 + p.chance.below(1_000_000);
  const clock: Clock = {
    now: () => began + timeline.now() - life.lagMs,
    wall: () => BEGAN_MS + p.skewMs + timeline.now(),
    after(ms, run) {
      const one = timeline.schedule({
        inMs: ms,
        what: 'timer',
        owner: life,
        isTimer: true,
        run,
      });
      return () => {
        one.cancelled = true;
      };
    },
    sleep: (ms) => new Promise((resolve) => clock.after(ms, resolve)),
    random: p.chance.next,
  };
  return clock;
}
