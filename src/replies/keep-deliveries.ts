/** Makes room for the coming days of webhooks and drops those that are too old, in every process that stays. */
import type { WebhookStore } from '../core/ports/webhooks.ts';
import type { Logger } from '../telemetry/log.ts';

const HOUR_MS = 3_600_000;

/** A loop that ends. */
export interface KeepingDeliveries {
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/**
 * Begins at once and goes on every hour; what fails is tried again an hour later, long before room for the next days
 * is needed. It holds no process.
 * @param p.everyMs instead of an hour
 */
export function keepDeliveries(p: {
  readonly store: Pick<WebhookStore, 'keepDays'>;
  readonly days: number;
  readonly log: Pick<Logger, 'warn'>;
  readonly everyMs?: number;
}): KeepingDeliveries {
  const { store, days, log, everyMs = HOUR_MS } = p;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  let underWay = keep();

  async function keep(): Promise<void> {
    try {
      await store.keepDays(days);
    } catch (error) {
      log.warn({ err: error }, 'old webhooks are dropped later');
    }
    if (isOver) return;
    timer = setTimeout(() => {
      underWay = keep();
    }, everyMs);
    timer.unref();
  }

  return {
    async close() {
      isOver = true;
      clearTimeout(timer);
      await underWay;
      clearTimeout(timer);
    },
  };
}
