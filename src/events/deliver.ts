/**
 * What waits for one subscription, told by this process beside others: some events are taken for a time, told at once
 * each on its own, and what became of them is written down some at a time. So one that hangs holds up nobody but the
 * person it is of. Who dies with some in hand has them told again by another once their time is over.
 */
import { randomUUID } from 'node:crypto';
import type { Clock, EventEnd, EventStore, TakenEvent } from '../core/ports/index.ts';
import type { Posted } from './post.ts';

/** What it needs. */
export interface DeliverySetup {
  readonly clock: Clock;
  readonly store: Pick<EventStore, 'take' | 'finish' | 'disable'>;
  readonly subscription: string;
  /** Tells one event. */
  post(event: NonNullable<TakenEvent['event']>): Promise<Posted>;
  /** In hand at once. */
  readonly atOnce?: number;
  /** Becomes true when the process ends: nothing more is taken. */
  isClosing(): boolean;
}

/** In hand at once, of one subscription and process: so many sockets, and so many bodies in memory. */
export const AT_ONCE = 16;
/** Longer than an exchange takes, so that nobody tells at the same time what is still being told. */
const LEASE_MS = 30_000;
/** What was taken longer ago is not begun any more: a process that stood still may be late by any time. */
const BEGIN_MS = 10_000;
/** So long after its first try an event is given up, in ms. */
const GIVE_UP_MS = 86_400_000;
/** What ends within this time is written down together, in ms. */
const GATHER_MS = 5;
/** While some hang it is looked so often whether there is more to tell, in ms. */
const LOOK_MS = 250;
const FIRST_MS = 5_000;
const MOST_MS = 3_600_000;

/** Until the next try, in ms: 5 s doubled up to an hour, a fifth more or less, and no sooner than the receiver asks. */
export function retryMs(tries: number, random: () => number, askedMs = 0): number {
  const base = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(20, Math.max(0, tries - 1)));
  return Math.round(Math.max(base * (0.8 + random() * 0.4), askedMs));
}

/** Tells what may be told now; gives how many were told. */
export async function deliver(setup: DeliverySetup): Promise<number> {
  const { clock, store, subscription, atOnce = AT_ONCE } = setup;
  const claim = randomUUID();
  const ends: EventEnd[] = [];
  const inHand = new Set<Promise<void>>();
  let told = 0;
  let isGone = false;

  const write = async () => {
    const some = ends.splice(0);
    if (some.length === 0) return;
    await store.finish({ subscription, claim, ends: some, giveUpMs: GIVE_UP_MS });
    told += some.filter(({ end }) => end === 'ok').length;
  };

  async function tell(taken: TakenEvent, since: number): Promise<void> {
    const { pos, event } = taken;
    if (event === undefined) ends.push({ pos, end: 'ok' });
    else if (isGone || clock.now() - since > BEGIN_MS) ends.push({ pos, end: 'back' });
    else {
      const posted = await setup.post(event);
      // What the end of the process cut off is nobody's failure.
      const isCut = posted.kind === 'failed' && setup.isClosing();
      ends.push(isCut ? { pos, end: 'back' } : endOf(taken, posted, () => clock.random()));
      if (posted.kind === 'gone') isGone = true;
    }
  }

  for (;;) {
    await write();
    if (isGone) await store.disable(subscription, 'the receiver answered 410: it wants no more');
    const room = isGone || setup.isClosing() ? 0 : atOnce - inHand.size;
    const since = clock.now();
    const taken =
      room > 0 ? await store.take({ subscription, claim, most: room, leaseMs: LEASE_MS }) : [];
    for (const one of taken) {
      const run: Promise<void> = tell(one, since).finally(() => void inHand.delete(run));
      inHand.add(run);
    }
    if (inHand.size === 0 && ends.length === 0) return told;
    // What was taken may have ended already.
    if (inHand.size > 0) await Promise.race([...inHand, clock.sleep(LOOK_MS, { idle: true })]);
    if (inHand.size > 0) await clock.sleep(GATHER_MS);
  }
}

function endOf({ pos, tries }: TakenEvent, posted: Posted, random: () => number): EventEnd {
  if (posted.kind === 'ok') return { pos, end: 'ok' };
  if (posted.kind === 'gone') return { pos, end: 'back' };
  const delayMs = retryMs(tries, random, posted.retryAfterMs);
  return { pos, end: 'later', delayMs, error: posted.why };
}
