/** What a streak takes back is the refusal that it counted, of that very attempt, and no other. */
import { describe, expect, test } from '@jest/globals';
import type { ClaimedRequest } from '../../src/core/ports/index.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { rejected, uncertain } from '../ledger/support.ts';
import { lockOfRequest, ordersOf, useIsolation } from './orders.ts';
import { retry, streak } from './ports.ts';

const bench = useIsolation();
const ENOUGH = 5;

const count = (ledger: Ledger, campaignId: string, key: string, attempts: ClaimedRequest[]) =>
  streak(ledger, {
    ...{ campaignId, key, attempts, enough: ENOUGH },
    reason: { by: 'us', scope: 'campaign', message: `Meta refused with ${key}` },
  });

async function claimed() {
  const senderId = await bench.sender();
  const id = await bench.campaign(senderId, ENOUGH);
  return { senderId, id, claims: [...(await bench.claim(senderId))] };
}

/** Four of five outcomes in a row are not known; the last is counted by the act. */
async function unknownInARow() {
  const { id, claims } = await claimed();
  await bench.ledger.sending.record(claims.map((claim) => uncertain(claim, 60_000)));
  await count(bench.ledger, id, 'unknown', claims.slice(1));
  return { id, claims, last: claims[0] as ClaimedRequest, other: claims[1] as ClaimedRequest };
}

const answers: [string, (ledger: Ledger, id: string, c: ClaimedRequest) => Promise<unknown>][] = [
  [
    'settled by hand',
    (ledger, campaignId) => ledger.evidence.settle({ campaignId, row: 2, as: 'rejected' }),
  ],
  ['refused for good', (ledger, _, claim) => ledger.sending.record([rejected(claim, 131026)])],
];

describe.each(answers)('one of a streak of unknown outcomes that is %s', (name, answer) => {
  test.each(ordersOf('the streak', 'that answer'))(
    `%s: it stays rejected, ${name}`,
    async (_, order) => {
      const { id, last, other } = await unknownInARow();
      await bench.inOrder(order, {
        a: {
          run: (ledger) => count(ledger, id, 'unknown', [last]),
          lock: ['select from campaigns where id = $1 for update', id],
        },
        b: { run: (ledger) => answer(ledger, id, other), lock: lockOfRequest(other.request) },
      });
      const states = await bench.states(id);
      expect(states[1]).toBe('rejected');
      expect(states.filter((state) => state === 'pending')).toEqual([]);
    },
  );
});

test('one whose next attempt was refused for good is not taken back by the streak of its first', async () => {
  const { senderId, id, claims } = await claimed();
  const [last, ...before] = claims as [ClaimedRequest, ...ClaimedRequest[]];
  await bench.ledger.sending.record(before.map((claim) => rejected(claim, 100)));
  await count(bench.ledger, id, '100', before);
  expect(await retry(bench.ledger, id, ['rejected'])).toBe(before.length);
  const again = await bench.claim(senderId);
  await bench.ledger.sending.record(again.map((claim) => rejected(claim, 131026)));
  await bench.ledger.sending.record([rejected(last, 100)]);
  await count(bench.ledger, id, '100', [last]);
  const states = await bench.states(id);
  expect(states.slice(1)).toEqual(before.map(() => 'rejected'));
});

test('one settled by hand after it was refused alike is not taken back', async () => {
  const { id, claims } = await claimed();
  const [settled, ...others] = claims as [ClaimedRequest, ...ClaimedRequest[]];
  await bench.ledger.sending.record(others.map((claim) => rejected(claim, 100)));
  await bench.ledger.sending.record([uncertain(settled)]);
  await count(bench.ledger, id, '100', [settled, ...others.slice(1)]);
  await bench.ledger.evidence.settle({ campaignId: id, row: 1, as: 'rejected' });
  await count(bench.ledger, id, '100', others.slice(0, 1));
  expect(await bench.states(id)).toEqual(['rejected', ...others.map(() => 'pending')]);
});
