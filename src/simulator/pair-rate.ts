/** Messages of any kind from one number to one person in a moving window (131056). */
import type { SimulatorProfile } from './profile.ts';
import { SlidingWindow } from './sliding-window.ts';

/** The windows of the pairs; without a limit nothing is held. */
export class PairRates {
  readonly #limit: SimulatorProfile['pairRate'];
  readonly #windows = new Map<string, SlidingWindow>();

  constructor(limit: SimulatorProfile['pairRate']) {
    this.#limit = limit;
  }

  /** Takes a place at `now` (monotonic milliseconds); `false` when the pair has none left. */
  tryAdd(pair: string, now: number): boolean {
    if (this.#limit === undefined) return true;
    let window = this.#windows.get(pair);
    if (window === undefined) {
      window = new SlidingWindow(this.#limit.perMs);
      this.#windows.set(pair, window);
    }
    return window.tryAdd(now, this.#limit.messages);
  }
}
