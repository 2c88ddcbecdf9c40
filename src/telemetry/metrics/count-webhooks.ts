/** Counts webhooks as they are stored and applied. */
import type { StoredDelivery, WebhookStore } from '../../core/ports/index.ts';
import { updateLabel } from './labels.ts';
import type { MetricTable } from './table.ts';

/** The store of webhooks, counted; what was refused is counted where it is refused. */
export function countedWebhooks(
  metrics: MetricTable['webhooks'],
  store: WebhookStore,
): WebhookStore {
  /** When those that this process has taken arrived; what it never finishes is taken again by others. */
  const arrived = new Map<string, number>();
  return {
    ...store,
    async store(deliveries) {
      await store.store(deliveries);
      metrics.received.inc(deliveries.length);
    },
    async take(p) {
      const taken = await store.take(p);
      if (arrived.size > MOST) arrived.clear();
      for (const { id, arrivedAt } of taken) arrived.set(id, arrivedAt.getTime());
      return taken;
    },
    async finish(p) {
      await store.finish(p);
      metrics.applied.inc(p.deliveries.length);
      observeLag(metrics, arrived, p.deliveries);
      if (p.unread.length > 0) metrics.unread.inc(p.unread.length);
      for (const { about, what, n } of p.counts)
        if (about === 'kind') metrics.updates.inc({ kind: updateLabel(what) }, n);
    },
  };
}

/** Far more than are in hand at once. */
const MOST = 10_000;

function observeLag(
  { lag }: MetricTable['webhooks'],
  arrived: Map<string, number>,
  deliveries: readonly Pick<StoredDelivery, 'id'>[],
): void {
  const now = Date.now();
  for (const { id } of deliveries) {
    const at = arrived.get(id);
    arrived.delete(id);
    // By the database's clock there and by ours here: a difference of clocks is no negative lag.
    if (at !== undefined) lag.observe(Math.max(0, now - at) / 1_000);
  }
}
