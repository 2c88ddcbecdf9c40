/** A person's allowance, when their numbers turn out to be one, whenever that is learned. */
import { describe, expect, test } from '@jest/globals';
import type { ClaimedRequest, RecordEntry } from '../../src/core/ports/index.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { accepted, newNumber, only, rejected, uncertain } from '../ledger/support.ts';
import { lockOfRequest, lockOfSender, ordersOf, useIsolation } from './orders.ts';
import { claim } from './ports.ts';

const bench = useIsolation();
const twiceADay = () => bench.with({ pairLimit: { perDay: 2, perWeek: 2 } });

/** Another sender asks this number, and Meta's answer names its wa_id; gives the act that records it. */
async function teacher(number: string, waId: string) {
  const senderId = await bench.sender();
  await bench.campaign(senderId, [number]);
  const asked = only(await bench.claim(senderId));
  return {
    lock: lockOfRequest(asked.request),
    run: (ledger: Ledger) =>
      ledger.sending.record([{ ...accepted(asked), waId: waId.replace('+', '') }]),
  };
}

/** Whom a new campaign of this sender asks today. */
async function askedAnew(senderId: string, numbers: readonly string[]) {
  await bench.campaign(senderId, numbers);
  return (await bench.claim(senderId)).map(({ to }) => to);
}

describe('two numbers in one claim that turn out to be one person', () => {
  const outcomes = [
    ['accepted', 'refused'],
    ['refused', 'accepted'],
    ['accepted', 'accepted'],
    ['refused', 'refused'],
  ] as const;
  const times = ['before both outcomes', 'between them', 'with one record of both', 'after them'];
  const table = outcomes.flatMap(([old, wa]) =>
    times.flatMap((when) => ['old', 'wa'].map((first) => [old, wa, when, first] as const)),
  );

  test.each(table)(
    'old number %s, wa_id %s, learned %s, the %s one first: asked again today only if both were refused',
    async (old, wa, when, first) => {
      const [number, waId] = [newNumber(), newNumber()];
      const senderId = await bench.sender();
      await bench.campaign(senderId, [number, waId]);
      const claims = await bench.claim(senderId);
      expect(claims).toHaveLength(2);
      const [theOld, theWa] = claims as [ClaimedRequest, ClaimedRequest];
      const learn = (await teacher(number, waId)).run;
      const as = (one: ClaimedRequest, what: string): RecordEntry =>
        what === 'accepted' ? accepted(one) : rejected(one);
      const entries = [as(theOld, old), as(theWa, wa)];
      if (first === 'wa') entries.reverse();
      const [one, other] = entries as [RecordEntry, RecordEntry];
      if (when === 'before both outcomes') await learn(bench.ledger);
      if (when === 'with one record of both') {
        await learn(bench.ledger);
        await bench.ledger.sending.record(entries);
      } else {
        await bench.ledger.sending.record([one]);
        if (when === 'between them') await learn(bench.ledger);
        await bench.ledger.sending.record([other]);
      }
      if (when === 'after them') await learn(bench.ledger);
      const again = await askedAnew(senderId, [number, waId]);
      expect(again).toHaveLength(old === 'refused' && wa === 'refused' ? 1 : 0);
    },
  );
});

describe('a wa_id that one sender learns, and a claim of that number by another', () => {
  const orders = ordersOf('the claim', 'the learning');

  /** One sender is about to claim a number whose wa_id another is about to learn. */
  async function both() {
    const [number, waId] = [newNumber(), newNumber()];
    const senderId = await bench.sender();
    await bench.campaign(senderId, [number]);
    const job = only(await bench.ledger.sending.feed({ senderId, limit: 10, batchSize: 250 }));
    const learning = await teacher(number, waId);
    const claiming = {
      run: (ledger: Ledger) => claim(ledger, senderId, [job]),
      lock: lockOfSender(senderId),
    };
    return { number, waId, senderId, learning, claiming };
  }

  test.each(orders)(
    '%s: the person is not asked a second time that day, by either name',
    async (_, order) => {
      const { number, waId, senderId, learning, claiming } = await both();
      const { a } = await bench.inOrder(order, { a: claiming, b: learning });
      await bench.ledger.sending.record([accepted(only(a.claimed))]);
      expect(await askedAnew(senderId, [number])).toEqual([]);
      expect(await askedAnew(senderId, [waId])).toEqual([]);
    },
  );

  test.each(orders)('%s: a refusal after it gives back what was taken', async (_, order) => {
    const { number, senderId, learning, claiming } = await both();
    const { a } = await bench.inOrder(order, { a: claiming, b: learning });
    await bench.ledger.sending.record([rejected(only(a.claimed))]);
    expect(await askedAnew(senderId, [number])).toEqual([number]);
  });
});

describe('a check of an uncertain one whose wa_id was learned since', () => {
  test.each(ordersOf('the check', 'the learning'))(
    '%s: knows of the other times the person was asked',
    async (_, order) => {
      const ledger = twiceADay();
      const [number, waId] = [newNumber(), newNumber()];
      const senderId = await bench.sender();
      await bench.campaign(senderId, [number]);
      await ledger.sending.record([accepted(only(await bench.claim(senderId, { ledger })))]);
      await bench.campaign(senderId, [number]);
      const second = only(await bench.claim(senderId, { ledger }));
      await ledger.sending.record([uncertain(second, 0)]);
      const learning = await teacher(number, waId);
      const { a } = await bench.inOrder(order, {
        a: {
          run: (l) => l.evidence.takeCheck({ senderId, putOffMs: 0, paceMs: 0 }),
          lock: lockOfSender(senderId),
        },
        b: learning,
      });
      expect(a).toMatchObject({ request: second.request, knownDay: 1, knownWeek: 1 });
      const after = await ledger.evidence.takeCheck({ senderId, putOffMs: 0, paceMs: 0 });
      expect(after).toMatchObject({ request: second.request, knownDay: 1, knownWeek: 1 });
    },
  );
});
