/** Counts of what was refused: kept in memory and written at most once a second, so that a flood writes no more. */
import type { WebhookCount, WebhookStore } from '../core/ports/webhooks.ts';
import type { Logger } from '../telemetry/log.ts';

const WRITE_MS = 1_000;

/** Why a delivery was refused. There are these and no others, so what is kept is bounded. */
export type Refused = 'unsigned' | 'wrong-signature' | 'not-json' | 'too-large' | 'unstorable';

/** Counts refusals. */
export interface Refusals {
  count(what: Refused): void;
  /** Writes what was counted; what cannot be written now is written later. */
  write(): Promise<void>;
}

/** Makes counts at zero. */
export function createRefusals(
  store: Pick<WebhookStore, 'count'>,
  log: Pick<Logger, 'debug'>,
): Refusals {
  const counted = new Map<Refused, number>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    const taken = [...counted];
    counted.clear();
    try {
      await store.count(taken.map(toCount));
    } catch (error) {
      log.debug({ err: error }, 'refused webhooks are counted later');
      for (const [what, n] of taken) counted.set(what, (counted.get(what) ?? 0) + n);
    }
  }

  function soon(): void {
    if (timer !== undefined || counted.size === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      void write().then(soon);
    }, WRITE_MS);
    timer.unref();
  }

  async function write(): Promise<void> {
    await writing;
    writing = counted.size === 0 ? undefined : writeAll();
    await writing;
  }

  return {
    count(what) {
      counted.set(what, (counted.get(what) ?? 0) + 1);
      soon();
    },
    write,
  };
}

function toCount([what, n]: readonly [Refused, number]): WebhookCount {
  return { about: 'refused', what, senderId: '', n };
}
