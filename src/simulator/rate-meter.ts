/**
 * What arrived when, for the proof of the rate: the worst sliding second over every arrival,
 * refused ones too, because it judges the client and not what we let through.
 */
import { SlidingWindow } from './sliding-window.ts';

/** A sender's arrivals as `/_sim/stats` shows them. */
export interface RateFigures {
  readonly arrivals: number;
  /** Most arrivals in any second `(t - 1000 ms, t]`. */
  readonly worstSecond: number;
  /** First and last arrival, milliseconds since the simulator started. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** Arrivals by whole second since the simulator started; seconds without any are left out. */
  readonly perSecond: readonly { readonly second: number; readonly arrivals: number }[];
}

/** Counts one sender's arrivals. */
export class RateMeter {
  readonly #window = new SlidingWindow(1000);
  readonly #perSecond = new Map<number, number>();
  #arrivals = 0;
  #worst = 0;
  #firstMs: number | null = null;
  #lastMs: number | null = null;

  arrive(elapsedMs: number): void {
    this.#arrivals += 1;
    this.#firstMs ??= elapsedMs;
    this.#lastMs = elapsedMs;
    this.#worst = Math.max(this.#worst, this.#window.add(elapsedMs));
    const second = Math.floor(elapsedMs / 1000);
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + 1);
  }

  figures(): RateFigures {
    return {
      arrivals: this.#arrivals,
      worstSecond: this.#worst,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      perSecond: [...this.#perSecond].map(([second, arrivals]) => ({ second, arrivals })),
    };
  }
}
