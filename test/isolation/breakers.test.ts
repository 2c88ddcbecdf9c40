/** A breaker closes its sender or template at once, whoever holds the campaigns that it pauses. */
import { describe, expect, test } from '@jest/globals';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { lockOfCampaign, lockOfSender, ordersOf, useIsolation } from './orders.ts';
import { cancel, claim } from './ports.ts';

const bench = useIsolation();

const reason = (scope: 'sender' | 'template') =>
  ({ by: 'us', scope, code: 131031, message: 'Meta refused' }) as const;
const closings: [string, (ledger: Ledger, senderId: string) => Promise<readonly string[]>][] = [
  ['sender', (ledger, senderId) => ledger.senders.close({ senderId, reason: reason('sender') })],
  [
    'template',
    (ledger, senderId) =>
      ledger.senders.close({
        ...{ senderId, reason: reason('template') },
        template: { name: 't', language: 'en' },
      }),
  ],
];

describe.each(closings)('the breaker of a %s', (_, close) => {
  async function two() {
    const senderId = await bench.sender();
    const cancelled = await bench.campaign(senderId, 3);
    const other = await bench.campaign(senderId, 3, { weight: 2 });
    const jobs = await bench.ledger.sending.feed({ senderId, limit: 10, batchSize: 250 });
    return { senderId, cancelled, other, jobs };
  }

  test('holds while a cancel of one of its campaigns is not committed: nothing more is claimed', async () => {
    const { senderId, cancelled, other, jobs } = await two();
    const third = await bench.hold();
    await cancel(third.ledger, cancelled);
    const closing = await bench.begin('a', (ledger) => close(ledger, senderId));
    const claiming = await bench.begin('b', (ledger) => claim(ledger, senderId, jobs));
    await third.commit();
    await closing.ended;
    expect((await claiming.ended).claimed).toEqual([]);
    expect((await bench.ledger.campaigns.get(cancelled))?.state).toBe('cancelled');
    await bench.ledger.sending.pauseBlocked();
    expect((await bench.ledger.campaigns.get(other))?.state).toBe('paused');
  });

  test.each(ordersOf('the closing', 'the cancel'))(
    '%s: the cancelled campaign stays cancelled, the other pauses',
    async (_title, order) => {
      const { senderId, cancelled, other } = await two();
      await bench.inOrder(order, {
        a: { run: (ledger) => close(ledger, senderId), lock: lockOfSender(senderId) },
        b: { run: (ledger) => cancel(ledger, cancelled), lock: lockOfCampaign(cancelled) },
      });
      expect((await bench.ledger.campaigns.get(cancelled))?.state).toBe('cancelled');
      await bench.ledger.sending.pauseBlocked();
      expect((await bench.ledger.campaigns.get(other))?.state).toBe('paused');
    },
  );
});
