/** A campaign's end, beside what may put its people back: it never ends with somebody left to ask. */
import { describe, expect, test } from '@jest/globals';
import type { ClaimedRequest, RecordEntry } from '../../src/core/ports/index.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { accepted, NO_LEASE_MS, rejected } from '../ledger/support.ts';
import { lockOfCampaign, lockOfRequest, ordersOf, useIsolation } from './orders.ts';
import { cancel, giveBackUnsent, retry } from './ports.ts';

const bench = useIsolation();

const complete = (ledger: Ledger) => ledger.sending.completeCampaigns();
const stateOf = async (id: string) => (await bench.ledger.campaigns.get(id))?.state ?? '';

/** Of two people one is accepted, and one is `uncertain` for good: its lease ended, and its check was made. */
async function oneFrozen(more = {}) {
  const senderId = await bench.sender();
  const id = await bench.campaign(senderId, 2, more);
  const claims = await bench.claim(senderId, { leaseMs: NO_LEASE_MS });
  const [asked, frozen] = claims as [ClaimedRequest, ClaimedRequest];
  await bench.ledger.sending.record([accepted(asked)]);
  await bench.ledger.sending.sweepLeases({ checkAfterMs: 0 });
  const check = { request: frozen.request, fence: frozen.fence, finding: 'nothing learned' };
  await bench.ledger.evidence.recordCheck({ ...check, state: 'uncertain' });
  expect(await bench.states(id)).toEqual(['accepted', 'uncertain']);
  return { id, frozen, senderId };
}

const refusedForNow = (claim: ClaimedRequest): RecordEntry => ({
  ...rejected(claim, 131000),
  state: 'pending',
  delayMs: 0,
});

describe.each([
  ['an unsent claim given back', (l: Ledger, c: ClaimedRequest) => giveBackUnsent(l, [c])],
  [
    'a late refusal that is to be tried again',
    async (l: Ledger, c: ClaimedRequest) => void (await l.sending.record([refusedForNow(c)])),
  ],
])('%s, and the completing of its campaign', (what, run) => {
  test.each(ordersOf(what, 'the completing'))('%s: the person is asked again', async (_, order) => {
    const { id, frozen, senderId } = await oneFrozen();
    await bench.inOrder(order, {
      a: { run: (ledger) => run(ledger, frozen), lock: lockOfRequest(frozen.request) },
      b: { run: complete, lock: lockOfCampaign(id) },
    });
    expect(await stateOf(id)).toBe('running');
    expect(await bench.states(id)).toEqual(['accepted', 'pending']);
    expect((await bench.claim(senderId)).map((c) => c.request)).toEqual([frozen.request]);
  });
});

describe('a retry, and the end of its campaign', () => {
  async function refused() {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 3);
    const [first, ...others] = await bench.claim(senderId);
    await bench.ledger.sending.record([
      accepted(first as ClaimedRequest),
      ...others.map((c) => rejected(c)),
    ]);
    return { id, others };
  }

  const ends: [string, (ledger: Ledger, id: string) => Promise<unknown>][] = [
    ['the completing', complete],
    [
      'the completing by who waited for it',
      (ledger, id) => ledger.campaigns.transition({ id, from: ['running'], to: 'completed' }),
    ],
  ];
  describe.each(ends)('%s', (what, end) => {
    test.each(ordersOf('the retry', what))('%s: it runs again', async (_, order) => {
      const { id, others } = await refused();
      const { a } = await bench.inOrder(order, {
        a: {
          run: (ledger) => retry(ledger, id, ['rejected']),
          lock: lockOfRequest(others[0]?.request ?? ''),
        },
        b: { run: (ledger) => end(ledger, id), lock: lockOfCampaign(id) },
      });
      expect(a).toBe(2);
      expect(await bench.states(id)).toEqual(['accepted', 'pending', 'pending']);
      expect(await stateOf(id)).toBe('running');
    });
  });
});

describe('a retry of an uncertain one, and a cancel', () => {
  test.each(ordersOf('the retry', 'the cancel'))(
    '%s: what the retry says is what happened',
    async (_, order) => {
      const { id, frozen } = await oneFrozen();
      const { a: retried, between } = await bench.inOrder(order, {
        a: {
          run: (ledger) => retry(ledger, id, ['uncertain']),
          lock: lockOfRequest(frozen.request),
        },
        b: { run: (ledger) => cancel(ledger, id), lock: lockOfCampaign(id) },
        between: () => stateOf(id),
      });
      await complete(bench.ledger);
      expect(await stateOf(id)).toBe('cancelled');
      // One that may have been sent stays so, unless it was put back while the campaign still ran.
      const putBack = [1, 'cancelled'];
      const stayed = [0, 'uncertain'];
      const isSure = order.way === 'ended' || order.way === 'uncommitted';
      const cancelFirst = between === 'cancelled' || (isSure && order.first === 'b');
      const retryFirst = isSure && order.first === 'a';
      const right = cancelFirst ? [stayed] : retryFirst ? [putBack] : [stayed, putBack];
      expect(right).toContainEqual([retried, (await bench.states(id))[1]]);
    },
  );
});

describe('--max-errors, and a cancel', () => {
  test.each(ordersOf('the error too many', 'the cancel'))(
    '%s: the campaign stays cancelled',
    async (_, order) => {
      const senderId = await bench.sender();
      const id = await bench.campaign(senderId, 1, { maxErrors: { count: 0 } });
      const [one] = await bench.claim(senderId);
      const request = one as ClaimedRequest;
      await bench.inOrder(order, {
        a: {
          run: (ledger) => ledger.sending.record([rejected(request)]),
          lock: lockOfRequest(request.request),
        },
        b: { run: (ledger) => cancel(ledger, id), lock: lockOfCampaign(id) },
      });
      expect(await stateOf(id)).toBe('cancelled');
      expect(await bench.states(id)).toEqual(['rejected']);
    },
  );
});
