/**
 * Keeps a small window of due work in the queue: a few seconds of the sender's rate. The queue is
 * never the truth, so that it may be small, and may be lost.
 */
import type { QueuePort, SendingStore } from '../core/ports/index.ts';

/** Seconds of the sender's rate that are held in the queue. */
const WINDOW_SECONDS = 5;
/** Jobs at most: a feeder that holds 10,000 costs Redis 9.3 MB at its peak (measured). */
const WINDOW_MOST = 20_000;
const WINDOW_LEAST = 20;
/**
 * Seconds of a process's part of the rate fed at once: at a start several feeders each see an empty
 * window, and filling it from all of them would keep a busy machine from sending for its first seconds.
 */
const AT_ONCE_SECONDS = 0.5;
/** Single requests fed at once while the window is full. */
const SINGLES_MOST = 100;

/** Jobs the queue should hold at a rate (messages a second). */
export function windowSize(rate: number): number {
  return Math.max(WINDOW_LEAST, Math.min(WINDOW_MOST, Math.ceil(rate * WINDOW_SECONDS)));
}

/**
 * Tops the window up once. If the process dies between the two steps, the rows are `queued` without
 * a job, and the sweep feeds them again.
 * @param rate messages a second of the sender
 * @param own messages a second of this process
 * @returns how many jobs it put in
 */
export async function feedOnce(
  p: { readonly sending: SendingStore; readonly queue: QueuePort },
  senderId: string,
  rate: number,
  own: number,
): Promise<number> {
  const window = windowSize(rate);
  const atOnce = Math.max(WINDOW_LEAST, Math.ceil(own * AT_ONCE_SECONDS));
  const size = await p.queue.size(senderId);
  // A quarter of the window at a time keeps batches worth their round trips; single requests do not
  // wait for that.
  const jobs =
    size > window * 0.75
      ? await p.sending.feed({ senderId, limit: SINGLES_MOST, singlesOnly: true })
      : await p.sending.feed({ senderId, limit: Math.min(window - size, atOnce) });
  if (jobs.length > 0) await p.queue.add(senderId, jobs);
  return jobs.length;
}
