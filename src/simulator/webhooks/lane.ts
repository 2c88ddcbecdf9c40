/** What waits for one URL: first what is to be repeated, then what is new, in batches. */
import type { Oddities } from './envelope.ts';
import type { WebhookUpdate } from './update.ts';

/** The updates of one POST. */
export interface Batch {
  readonly updates: readonly WebhookUpdate[];
  readonly odd: Oddities;
  readonly firstAt: number;
  tries: number;
}

/** The queue of one URL. */
export class Lane {
  readonly url: string;
  /** POSTs under way. */
  inFlight = 0;
  #updates: WebhookUpdate[] = [];
  #head = 0;
  #repeats: Batch[] = [];
  #flushAt = 0;

  constructor(url: string) {
    this.url = url;
  }

  get isIdle(): boolean {
    return this.inFlight === 0 && this.#waiting === 0 && this.#repeats.length === 0;
  }

  /** Takes one in; gives the time until which it may wait for others, if it is the first. */
  add(update: WebhookUpdate, now: number, lingerMs: number): number | undefined {
    const isFirst = this.#waiting === 0;
    if (isFirst) this.#flushAt = now + lingerMs;
    this.#updates.push(update);
    return isFirst && lingerMs > 0 ? this.#flushAt : undefined;
  }

  addRepeat(batch: Batch): void {
    this.#repeats.push(batch);
  }

  /** The next POST, if there is one to be made at `now`. */
  next(now: number, most: number): Batch | readonly WebhookUpdate[] | undefined {
    const repeat = this.#repeats.shift();
    if (repeat !== undefined) return repeat;
    const isDue = this.#waiting >= most || (this.#waiting > 0 && this.#flushAt <= now);
    if (!isDue) return undefined;
    const updates = this.#updates.slice(this.#head, this.#head + most);
    this.#head += updates.length;
    // Rarely: a lane may hold a hundred thousand while its receiver is slow.
    if (this.#head > 1024 && this.#head * 2 > this.#updates.length) {
      this.#updates = this.#updates.slice(this.#head);
      this.#head = 0;
    }
    return updates;
  }

  get #waiting(): number {
    return this.#updates.length - this.#head;
  }
}
