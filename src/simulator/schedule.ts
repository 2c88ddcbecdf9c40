/**
 * Changes that wait for their time. Looked at when a request comes, not by timers: nothing can be
 * seen between two requests. Where webhooks tell what happens, `webhooks/begin.ts` looks in time.
 */
import type { Change, ScheduleEntry } from './changes.ts';

/** The entries still to come. */
export class Schedule {
  #byTime: { readonly atMs: number; readonly change: Change }[] = [];
  #byMessage: { readonly atMessage: number; readonly change: Change }[] = [];

  constructor(entries: readonly ScheduleEntry[]) {
    this.add(entries);
  }

  /** Adds entries; those whose time is past happen at the next request. */
  add(entries: readonly ScheduleEntry[]): void {
    for (const { atMs, atMessage, change } of entries) {
      if (atMs !== undefined) this.#byTime.push({ atMs, change });
      if (atMessage !== undefined) this.#byMessage.push({ atMessage, change });
    }
    this.#byTime.sort((a, b) => a.atMs - b.atMs);
    this.#byMessage.sort((a, b) => a.atMessage - b.atMessage);
  }

  /** Takes what is due at `elapsedMs` since the start and `message` POSTs, in its order. */
  takeDue(elapsedMs: number, message: number): readonly Change[] {
    const due: Change[] = [];
    while (this.#byTime[0] !== undefined && this.#byTime[0].atMs <= elapsedMs) {
      due.push(this.#byTime[0].change);
      this.#byTime.shift();
    }
    while (this.#byMessage[0] !== undefined && this.#byMessage[0].atMessage <= message) {
      due.push(this.#byMessage[0].change);
      this.#byMessage.shift();
    }
    return due;
  }
}
