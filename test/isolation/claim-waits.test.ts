/** A claim that had to wait judges by what is so when it gets its locks, not when it was asked for. */
import { describe, expect, test } from '@jest/globals';
import type { ClaimedRequest, QueuedRow } from '../../src/core/ports/index.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { accepted, feedRows, newNumber, only, rejected } from '../ledger/support.ts';
import { lockOfRequest, lockOfSender, useIsolation } from './orders.ts';
import { cancel, claim, giveBackUnread, newClaimId } from './ports.ts';

const bench = useIsolation();

interface Waiting {
  readonly senderId: string;
  readonly id: string;
  readonly number: string;
  readonly job: QueuedRow;
}

async function queued(): Promise<Waiting> {
  const senderId = await bench.sender();
  const number = newNumber();
  // Asked before, and refused: there is a row of the book to wait for, and nothing in it.
  await bench.campaign(senderId, [number]);
  await bench.ledger.sending.record([rejected(only(await bench.claim(senderId)))]);
  await bench.rows(`update senders set next_slot = '-infinity' where id = $1`, [senderId]);
  const id = await bench.campaign(senderId, [number]);
  return {
    senderId,
    id,
    number,
    job: only(await feedRows(bench, { senderId, limit: 10 })),
  };
}

/** Another sender's acceptance names the wa_id of this number; that person was asked by ours today. */
async function askedUnderAnotherName({ senderId, number }: Waiting) {
  const wa = newNumber();
  await bench.campaign(senderId, [wa]);
  const asked = only((await bench.claim(senderId)).filter((one) => one.to === wa));
  await bench.ledger.sending.record([accepted(asked)]);
  const other = await bench.sender();
  await bench.campaign(other, [number]);
  const theirs = only(await bench.claim(other));
  return (ledger: Ledger) =>
    ledger.sending.record([{ ...accepted(theirs), waId: wa.replace('+', '') }]);
}

const later = (hours: number) => new Date(Date.now() + hours * 3_600_000);

/** What is made ready before, and then done while the claim waits. */
const changes: [string, (w: Waiting) => Promise<(ledger: Ledger) => Promise<unknown>>][] = [
  [
    'a pause',
    async ({ id }) =>
      (ledger) =>
        ledger.campaigns.transition({ id, from: ['running'], to: 'paused' }),
  ],
  [
    'a cancel',
    async ({ id }) =>
      (ledger) =>
        cancel(ledger, id),
  ],
  [
    'an opt-out',
    async ({ number }) =>
      (ledger) =>
        ledger.people.suppress({ people: [{ to: number }], source: 'operator' }),
  ],
  [
    'a permission that was granted',
    async ({ senderId, number }) =>
      (ledger) =>
        ledger.replies.bookAnswers([
          {
            ...{ senderId, key: `wamid.${number}`, person: number.slice(1), status: 'temporary' },
            ...{ source: 'profile', at: new Date(), expiresAt: later(100) },
          },
        ]),
  ],
  [
    'a closed template',
    async ({ senderId }) =>
      (ledger) =>
        ledger.senders.close({
          senderId,
          template: { name: 't', language: 'en' },
          reason: { by: 'us', scope: 'template', message: 'paused by Meta' },
        }),
  ],
  ['a wa_id whose person was asked today', askedUnderAnotherName],
];

const locks: [string, (w: Waiting) => readonly [string, ...unknown[]]][] = [
  ["its sender's lock", ({ senderId }) => lockOfSender(senderId)],
  ["its row's lock", ({ job }) => lockOfRequest(job.request)],
  [
    "its person's allowance",
    ({ senderId, number }) => [
      'select from pairs where sender_id = $1 and person = $2 for update',
      senderId,
      number.replace('+', ''),
    ],
  ],
];

describe.each(locks)('a claim that waits for %s', (_, lock) => {
  test.each(changes)(
    'claims nothing after %s that was committed meanwhile',
    async (_word, prepare) => {
      const waiting = await queued();
      const act = await prepare(waiting);
      const third = await bench.hold();
      await third.query(...lock(waiting));
      const claiming = await bench.begin('a', (l) => claim(l, waiting.senderId, [waiting.job]));
      const word = await bench.begin('b', act);
      await third.commit();
      const { claimed } = await claiming.ended;
      await word.ended;
      expect(claimed).toEqual([]);
      expect(await bench.asked(waiting.senderId, waiting.number)).toBe(0);
    },
  );
});

describe('a claim whose answer is never read', () => {
  async function unread() {
    const waiting = await queued();
    const claimId = newClaimId();
    const give = (ledger: Ledger) =>
      giveBackUnread(ledger, { senderId: waiting.senderId, claimId });
    const ask = (ledger: Ledger) => claim(ledger, waiting.senderId, [waiting.job], { claimId });
    const expectUnasked = async (ends: readonly string[]) => {
      const [state] = await bench.states(waiting.id);
      expect(ends).toContain(state);
      expect(await bench.asked(waiting.senderId, waiting.number)).toBe(0);
      await bench.ledger.sending.giveBack({
        senderId: waiting.senderId,
        batches: [waiting.job.batch],
      });
      const again = only(await bench.claim(waiting.senderId));
      expect(again.attempts).toBe(1);
    };
    return { ...waiting, give, ask, expectUnasked };
  }

  test('is given back once it was committed', async () => {
    const { ask, give, expectUnasked } = await unread();
    await ask(bench.ledger);
    await give(bench.ledger);
    await expectUnasked(['pending']);
  });

  test('is given back though it still waited for its sender when that was asked', async () => {
    const { senderId, ask, give, expectUnasked } = await unread();
    const third = await bench.hold();
    await third.query(...lockOfSender(senderId));
    const claiming = await bench.begin('a', ask);
    const giving = await bench.begin('b', give);
    await third.commit();
    await Promise.all([claiming.ended, giving.ended]);
    await expectUnasked(['pending', 'queued']);
  });

  test('is given back though it waited for its row', async () => {
    const { job, ask, give, expectUnasked } = await unread();
    const third = await bench.hold();
    await third.query(...lockOfRequest(job.request));
    const claiming = await bench.begin('a', ask);
    const giving = await bench.begin('b', give);
    await third.commit();
    await Promise.all([claiming.ended, giving.ended]);
    await expectUnasked(['pending', 'queued']);
  });

  test('is given back though it was not committed yet', async () => {
    const { ask, give, expectUnasked } = await unread();
    const third = await bench.hold();
    await ask(third.ledger);
    const giving = await bench.begin('b', give);
    await third.commit();
    await giving.ended;
    await expectUnasked(['pending']);
  });

  test('claims nothing when it comes after it was given back', async () => {
    const { ask, give, expectUnasked } = await unread();
    await give(bench.ledger);
    const late = await ask(bench.ledger);
    expect(late.claimed).toEqual([]);
    await expectUnasked(['queued']);
  });

  test('claims nothing when it comes while the giving back is not committed', async () => {
    const { ask, give, expectUnasked } = await unread();
    const third = await bench.hold();
    await give(third.ledger);
    const claiming = await bench.begin('a', ask);
    await third.commit();
    expect((await claiming.ended).claimed).toEqual([]);
    await expectUnasked(['queued']);
  });

  test('takes nothing along of what another sender of the process has on the wire, nor of its own other claims', async () => {
    const { senderId, ask, give, id } = await unread();
    const other = await bench.sender();
    const onTheWire = await bench.campaign(other, 3);
    const held = (await bench.claim(other)) as readonly ClaimedRequest[];
    const ownOther = await bench.campaign(senderId, 2);
    const own = await bench.ledger.sending.feed({ senderId, limit: 10, batchSize: 250 });
    await bench.rows(`update senders set next_slot = '-infinity' where id = $1`, [senderId]);
    const kept = (await claim(bench.ledger, senderId, own)).claimed;
    expect(kept).toHaveLength(2);
    await bench.rows(`update senders set next_slot = '-infinity' where id = $1`, [senderId]);
    await ask(bench.ledger);
    await give(bench.ledger);
    expect(await bench.states(id)).toEqual(['pending']);
    expect(await bench.states(onTheWire)).toEqual(['sending', 'sending', 'sending']);
    expect(await bench.states(ownOther)).toEqual(['sending', 'sending']);
    for (const { to } of held) expect(await bench.asked(other, to)).toBe(1);
  });
});
