/**
 * Stored deliveries on their way into the ledger, some at a time, by any process. They are taken for a while and applied
 * before they are marked so: whoever dies in between leaves them to others, and to apply one twice changes nothing.
 */

import { outsideRaw } from '../core/outside-text.ts';
import type {
  Clock,
  StoredDelivery,
  UnreadPart,
  WebhookCount,
  WebhookStore,
} from '../core/ports/index.ts';
import { InfrastructureError } from '../core/problem.ts';
import type { ReadDelivery } from '../core/webhook/update.ts';
import {
  applyOneByOne,
  applyUpdates,
  countsOf,
  isOurs,
  type UpdateTarget,
} from './apply-updates.ts';
import type { Ours } from './ours.ts';

/** What applying deliveries needs. */
export interface DeliveryTarget extends Omit<UpdateTarget, 'ours'> {
  readonly clock: Pick<Clock, 'now'>;
  readonly webhooks: Pick<WebhookStore, 'take' | 'finish'>;
  /** Whether this process is to end: then what stands by itself is left to others after the one under way. */
  readonly isClosing: () => boolean;
  /** Reads a body; never throws. */
  readonly read: (body: string, receivedAt: Date) => ReadDelivery;
  /** Who is ours: as was known a while ago, or as the ledger has it now. */
  readonly ours: (as: 'known' | 'now') => Promise<Ours>;
}

interface Applying extends UpdateTarget, Pick<DeliveryTarget, 'webhooks'> {
  /** Whether the rest is to be left: the process ends, or others may take it soon. */
  readonly isOver: () => boolean;
}

// A thousand statuses are some 500 kB: more would keep the sender's thread of this process for too long.
const MOST = 500;
const MOST_BYTES = 1_048_576;
// Longer than any batch takes; whose process died has its deliveries applied by others then.
const LEASE_MS = 30_000;
// One by one they may take longer than that; the rest is left while nobody else can be at it.
const EACH_MS = 25_000;
const FAILURES_IN_A_ROW = 3;

/**
 * Applies some deliveries.
 * @param minAgeMs only those that nobody has applied for so long
 * @returns how many; 0: none is left
 */
export async function applyDeliveries(target: DeliveryTarget, minAgeMs = 0): Promise<number> {
  const until = target.clock.now() + EACH_MS;
  const taken = await target.webhooks.take({
    ...{ most: MOST, mostBytes: MOST_BYTES, leaseMs: LEASE_MS, minAgeMs },
  });
  if (taken.length === 0) return 0;
  // Not before they are taken: whom they tell of is erased by then, or not as long as they are applied.
  target.known.asOf(await target.ledger.replies.forgotten());
  const read = taken.map((delivery) => ({
    delivery,
    read: target.read(delivery.body, delivery.receivedAt),
  }));
  const isOver = () => target.isClosing() || target.clock.now() > until;
  const applying = { ...target, isOver, ours: await oursFor(target, read) };
  await applying.ours.learn(read.flatMap((one) => one.read.numbers));
  // What was taken before and not finished may be at fault: each goes by itself then, so that it holds up nobody.
  const isAgain = taken.some(({ tries }) => tries > 1);
  if (!isAgain) await applyAndFinish(applying, read);
  else await applyEach(applying, read);
  return taken.length;
}

/** A sender that is new stands in the ledger before it asks anybody: what seems to be of others may be of it. */
async function oursFor({ ours }: DeliveryTarget, all: readonly Read[]): Promise<Ours> {
  const known = await ours('known');
  const isAllOurs = all.every(({ read }) => read.updates.every((one) => isOurs(known, one)));
  return isAllOurs ? known : ours('now');
}

/**
 * The rest goes on after a failure; where several fail in a row, nothing can be applied for now. Each time another one
 * begins: where those fail that stand first, the others would never have their turn.
 */
async function applyEach(target: Applying, all: readonly Read[]): Promise<void> {
  let failure: unknown;
  let inARow = 0;
  const first = (all[0]?.delivery.tries ?? 0) % all.length;
  for (const one of [...all.slice(first), ...all.slice(0, first)]) {
    try {
      // What was committed before a failure is no news any more, and what follows from it was perhaps not done.
      await applyAndFinish({ ...target, isAgain: true }, [one]);
      inARow = 0;
    } catch (error) {
      failure = error;
      inARow += 1;
      if (inARow === FAILURES_IN_A_ROW) break;
    }
    if (target.isOver()) break;
  }
  if (failure !== undefined) throw failure;
}

async function applyAndFinish(target: Applying, all: readonly Read[]): Promise<void> {
  try {
    await applyUpdates(target, {
      updates: all.flatMap(({ read }) => read.updates),
      together: all.flatMap(({ read }) => read.together),
    });
  } catch (error) {
    if (error instanceof InfrastructureError) throw error;
    const [one] = all;
    if (all.length > 1) await applyEach(target, all);
    else if (one !== undefined) await finish(target, all, await failedParts(target, one));
    return;
  }
  await finish(target, all, []);
}

async function failedParts(
  target: Applying,
  { delivery, read }: Read,
): Promise<readonly UnreadPart[]> {
  const failed = await applyOneByOne({ ...target, isAgain: true }, read);
  return failed.map(({ update, why }) => {
    const raw = outsideRaw(JSON.stringify(update));
    return { delivery: delivery.id, day: delivery.day, where: update.kind, why, raw };
  });
}

async function finish(
  target: Applying,
  read: readonly Read[],
  failed: readonly UnreadPart[],
): Promise<void> {
  await target.webhooks.finish({
    deliveries: read.map(({ delivery }) => delivery),
    unread: [...read.flatMap(unreadable), ...failed],
    counts: addUp(read.flatMap((one) => countsOf(target.ours, one.read))),
  });
}

interface Read {
  readonly delivery: StoredDelivery;
  readonly read: ReadDelivery;
}

function unreadable({ delivery, read }: Read): readonly UnreadPart[] {
  return read.updates.flatMap((one) =>
    one.kind === 'unreadable'
      ? [{ delivery: delivery.id, day: delivery.day, where: one.where, why: one.why, raw: one.raw }]
      : [],
  );
}

function addUp(counts: readonly WebhookCount[]): readonly WebhookCount[] {
  const sums = new Map<string, WebhookCount>();
  for (const one of counts) {
    const key = `${one.about}\n${one.what}\n${one.senderId}`;
    sums.set(key, { ...one, n: one.n + (sums.get(key)?.n ?? 0) });
  }
  return [...sums.values()];
}
