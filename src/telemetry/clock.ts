/** The machine's own clock, timers and chance. */
import type { Clock } from '../core/ports/index.ts';

/** The {@link Clock} of a real process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, run, { idle = false } = {}) {
    const timer = setTimeout(run, ms);
    if (idle) timer.unref();
    return () => clearTimeout(timer);
  },
  sleep: (ms, options) => new Promise((resolve) => systemClock.after(ms, resolve, options)),
  random: () => Math.random(),
};
