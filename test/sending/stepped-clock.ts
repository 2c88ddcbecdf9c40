/** Time that goes on only when it is told to: no test of sending waits for a while. */
import type { Clock } from '../../src/core/ports/index.ts';

interface Timer {
  readonly at: number;
  readonly idle: boolean;
  readonly run: () => void;
}

/** So many timers in a row may be due at one moment. */
const MOST_AT_ONCE = 1_000;

/** A clock whose hands are moved by the test. */
export class SteppedClock implements Clock {
  #now = 1_000;
  // As far ahead of the monotonic one as a wall clock is, and more with each suspension.
  #ahead = 1_700_000_000_000;
  readonly #timers = new Set<Timer>();

  now = (): number => this.#now;
  wall = (): number => this.#now + this.#ahead;
  random = (): number => 0.5;

  after: Clock['after'] = (ms, run, { idle = false } = {}) => {
    const timer = { at: this.#now + ms, run, idle };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  sleep: Clock['sleep'] = (ms, options) =>
    new Promise((resolve) => void this.after(ms, resolve, options));

  /** Whether a timer would keep a process alive. */
  holdsProcess = (): boolean => [...this.#timers].some(({ idle }) => !idle);

  /** Lets time go on; timers run in their order, and what follows from each of them before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    let stands = 0;
    for (;;) {
      await settled();
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      stands = due.at > this.#now ? 0 : stands + 1;
      if (stands > MOST_AT_ONCE) throw new Error('a timer that is due at once is set for ever');
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = end;
    await settled();
  }

  /** The process is frozen: time goes on, and its timers run only afterwards. */
  freeze(ms: number): void {
    this.#now += ms;
  }

  /** The machine is suspended: only the wall clock goes on. */
  suspend(ms: number): void {
    this.#ahead += ms;
  }
}

/** All that needs no more time is over. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
