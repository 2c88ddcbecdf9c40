/**
 * Keeps a small window of due work in the queue: a few seconds of the sender's rate. The queue is
 * never the truth, so that it may be small, and may be lost.
 */
import type { QueuePort, SendingStore } from '../core/ports/index.ts';

/** Seconds of the sender's rate that are held in the queue. */
const WINDOW_SECONDS = 5;
const WINDOW_LEAST = 20;
/**
 * Seconds of a process's part of the rate fed at once: at a start several feeders each see an empty
 * window, and filling it from all of them would keep a busy machine from sending for its first seconds.
 */
const AT_ONCE_SECONDS = 0.5;
/** Single requests fed at once while the window is full. */
const SINGLES_MOST = 100;
/** Seconds of a process's part of the rate in one batch, and rows at most: Meta's highest rate is 1,000/s. */
const BATCH_SECONDS = 0.25;
const BATCH_MOST = 250;

/** Rows the queue should hold at a rate (messages a second). */
export function windowSize(rate: number): number {
  return Math.max(WINDOW_LEAST, Math.ceil(rate * WINDOW_SECONDS));
}

/** Rows of one batch, where a process has so many messages a second: 1 to 250. */
export function batchSize(own: number): number {
  return Math.max(1, Math.min(BATCH_MOST, Math.ceil(own * BATCH_SECONDS)));
}

/** Tops the window of one sender up. */
export class Feeder {
  readonly #p: { readonly sending: Pick<SendingStore, 'feed'>; readonly queue: QueuePort };
  readonly #senderId: string;
  // Rows in a job: less than a whole batch where many small campaigns run.
  #rowsAJob: number | undefined;

  constructor(
    p: { readonly sending: Pick<SendingStore, 'feed'>; readonly queue: QueuePort },
    senderId: string,
  ) {
    this.#p = p;
    this.#senderId = senderId;
  }

  /**
   * Feeds once. If the process dies between the two steps, the rows are `queued` without a job, and the sweep gives
   * them back.
   * @param rate messages a second of the sender
   * @param own messages a second of this process
   * @returns how many rows it put in
   */
  async feed(rate: number, own: number): Promise<number> {
    const senderId = this.#senderId;
    const window = windowSize(rate);
    const size = batchSize(own);
    const held = (await this.#p.queue.size(senderId)) * (this.#rowsAJob ?? size);
    // A quarter of the window at a time keeps feeding worth its round trips; single requests do not
    // wait for that.
    const isFull = held > window * 0.75;
    const atOnce = Math.max(WINDOW_LEAST, Math.ceil(own * AT_ONCE_SECONDS));
    const batches = await this.#p.sending.feed({
      senderId,
      batchSize: size,
      limit: isFull ? SINGLES_MOST : Math.max(1, Math.min(window - Math.floor(held), atOnce)),
      ...(isFull ? { singlesOnly: true } : {}),
    });
    if (batches.length > 0) await this.#p.queue.add(senderId, batches);
    const campaigns = batches.filter(({ single }) => !single);
    const rows = (of: typeof batches) => of.reduce((sum, batch) => sum + batch.size, 0);
    if (campaigns.length > 0) this.#rowsAJob = rows(campaigns) / campaigns.length;
    return rows(batches);
  }
}
