/**
 * Deliveries go into the store in batches: a commit costs a few milliseconds whatever is in it, so what comes while one
 * is under way goes into the next. Nobody waits for a store that is away: after a batch that could not be stored all
 * are told so at once, and one at a time is tried until one goes in.
 */
import type { NewDelivery, WebhookStore } from '../core/ports/webhooks.ts';
import { InfrastructureError } from '../core/problem.ts';
import type { Logger } from '../telemetry/log.ts';

/** What became of a delivery: committed, not storable now, or refused by the store for what it is. */
export type Stored = 'stored' | 'away' | 'refused';

/** Bounds of the batches. */
export interface BatchLimits {
  readonly most: number;
  readonly mostBytes: number;
  /** Inserts under way: while one waits for its commit the next is made. */
  readonly atOnce: number;
  /** A batch begins no sooner after the one before, unless it is full: at 1,000/s one by one costs twice as much. In ms. */
  readonly gatherMs: number;
  /** An insert without an answer for so long has failed for whoever waits for it. In ms. */
  readonly answerMs: number;
}

/** Meta gives up after about 20 s, and third parties have seen 3 to 10. */
const BATCH_LIMITS: BatchLimits = {
  most: 500,
  mostBytes: 8 * 1024 * 1024,
  atOnce: 2,
  gatherMs: 25,
  answerMs: 5_000,
};

/** Stores deliveries together. */
export interface Batches {
  /** Resolves once it is committed, or cannot be; never rejects. */
  add(delivery: NewDelivery): Promise<Stored>;
}

interface Waiting extends NewDelivery {
  readonly key: string;
  readonly settled: Promise<Stored>;
  settle(as: Stored): void;
}

/** Makes the batches of a store. */
export function batchesOf(
  store: Pick<WebhookStore, 'store'>,
  log: Pick<Logger, 'warn' | 'info' | 'error'>,
  limits: BatchLimits = BATCH_LIMITS,
): Batches {
  const waiting: Waiting[] = [];
  /** Waiting or under way; the same delivery again waits along. */
  const known = new Map<string, Waiting>();
  let underWay = 0;
  let isAway = false;
  let began = Number.NEGATIVE_INFINITY;
  let isTimed = false;

  function settle(entries: readonly Waiting[], as: Stored): void {
    for (const entry of entries) {
      known.delete(entry.key);
      entry.settle(as);
    }
  }

  function next(): Waiting[] {
    let bytes = 0;
    let n = 0;
    for (; n < waiting.length && n < limits.most; n += 1) {
      bytes += waiting[n]?.body.length ?? 0;
      if (n > 0 && bytes > limits.mostBytes) break;
    }
    return waiting.splice(0, n);
  }

  function pumpLater(): void {
    isTimed = false;
    pump();
  }

  function pump(): void {
    while (waiting.length > 0 && underWay < limits.atOnce) {
      const early = began + limits.gatherMs - performance.now();
      if (early > 0 && waiting.length < limits.most) {
        if (!isTimed) setTimeout(pumpLater, early);
        isTimed = true;
        return;
      }
      began = performance.now();
      underWay += 1;
      void write(next()).finally(() => {
        underWay -= 1;
        pump();
      });
    }
  }

  async function write(batch: readonly Waiting[]): Promise<void> {
    try {
      await inTime(store.store(batch), limits.answerMs);
      if (isAway) log.info('webhooks are stored again');
      isAway = false;
      settle(batch, 'stored');
    } catch (error) {
      if (!isRefusal(error)) return away(batch, error);
      const [one] = batch;
      if (batch.length === 1 && one !== undefined) {
        log.warn({ err: error, bytes: one.body.length }, 'the store refuses a webhook');
        return settle(batch, 'refused');
      }
      // One of them is refused, and takes the others along as long as they go together.
      const half = Math.ceil(batch.length / 2);
      await write(batch.slice(0, half));
      await write(batch.slice(half));
    }
  }

  function away(batch: readonly Waiting[], error: unknown): void {
    if (!(error instanceof InfrastructureError)) log.error({ err: error }, 'bug');
    if (!isAway)
      log.warn({ err: error }, 'webhooks cannot be stored: they are refused until they can');
    isAway = true;
    settle([...batch, ...waiting.splice(0)], 'away');
  }

  return {
    add({ digest, body }) {
      const key = Buffer.from(digest).toString('latin1');
      const same = known.get(key);
      if (same !== undefined) return same.settled;
      if (isAway && underWay > 0) return Promise.resolve('away');
      const { promise, settle: tell } = promised();
      const entry: Waiting = { digest, body, key, settled: promise, settle: tell };
      known.set(key, entry);
      waiting.push(entry);
      pump();
      return promise;
    },
  };
}

/** An error of the store's that is about a value; classes 21 to 23, 44 and 54 of SQLSTATE. */
function isRefusal(error: unknown): boolean {
  if (error instanceof InfrastructureError) return false;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(2[123]|44|54)...$/.test(code);
}

function promised(): { readonly promise: Promise<Stored>; settle(as: Stored): void } {
  let settle: (as: Stored) => void = () => {};
  const promise = new Promise<Stored>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}

async function inTime(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new InfrastructureError('database', `no answer within ${ms} ms`));
    }, ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
