/** What the tests of events share: subscriptions by names of their own, and what is to be told to them. */
import type { EventType } from '../../src/core/events/event-types.ts';
import type { TakenEvent } from '../../src/core/ports/index.ts';
import type { TestLedger } from '../ledger/support.ts';

/** A day in ms. */
export const DAY_MS = 86_400_000;

let last = 0;

/** The ledger's events, by short words. */
export function eventsBench(bench: TestLedger) {
  const store = () => bench.ledger.events;
  const relay = async () => {
    // -1: somebody else is at it, and what is new is told only when they are done.
    while ((await store().relay(1_000)) !== 0);
  };
  return {
    store,
    relay,
    /** A subscription of its own; the others of the ledger end. */
    async subscribe(types?: readonly EventType[]): Promise<string> {
      for (const { id } of await store().subscriptions()) await store().unsubscribe(id);
      await relay();
      await store().tidy(10_000);
      last += 1;
      const id = `sub-${last}`;
      await store().subscribe({ id, kind: 'http', url: 'http://127.0.0.1:1/', types });
      return id;
    },
    /** Moves what is new and takes what may be told. */
    async take(
      subscription: string,
      more: { claim?: string; most?: number; leaseMs?: number } = {},
    ) {
      await relay();
      const { claim = 'claim', most = 1_000, leaseMs = 60_000 } = more;
      return store().take({ subscription, claim, most, leaseMs });
    },
    /** All that is told, one after the other, as a receiver that is well would get it. */
    async drain(subscription: string): Promise<readonly TakenEvent[]> {
      await relay();
      const all: TakenEvent[] = [];
      for (;;) {
        const taken = await store().take({
          ...{ subscription, claim: 'drain', most: 1_000, leaseMs: 60_000 },
        });
        if (taken.length === 0) return all;
        all.push(...taken);
        const ends = taken.map(({ pos }) => ({ pos, end: 'ok' as const }));
        await store().finish({ subscription, claim: 'drain', ends });
      }
    },
  };
}

/** Types and a field of what was taken. */
export function typesOf(taken: readonly TakenEvent[]): readonly (string | undefined)[] {
  return taken.map(({ event }) => event?.type);
}
