/** An acceptance is a fact about the person: whichever attempt it speaks of, nobody is asked again. */
import { describe, expect, test } from '@jest/globals';
import type { ClaimedRequest } from '../../src/core/ports/index.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { accepted, NO_LEASE_MS, only, rejected } from '../ledger/support.ts';
import { applyStatus } from '../support/apply-status.ts';
import { lockOfRequest, ordersOf, useIsolation } from './orders.ts';
import { giveBackUnsent, retry } from './ports.ts';

const bench = useIsolation();

/** One attempt was written and never answered; an operator asked again; another attempt is claimed. */
async function twoAttempts() {
  const senderId = await bench.sender();
  const id = await bench.campaign(senderId, 1);
  const first = only(await bench.claim(senderId, { leaseMs: NO_LEASE_MS }));
  await bench.ledger.sending.sweepLeases({ checkAfterMs: 60_000 });
  expect(await retry(bench.ledger, id, ['uncertain'])).toBe(1);
  const second = only(await bench.claim(senderId));
  expect(second.fence).toBeGreaterThan(first.fence);
  return { senderId, id, first, second };
}

const proofs: [string, (ledger: Ledger, claim: ClaimedRequest) => Promise<unknown>][] = [
  ['a late answer', (ledger, claim) => ledger.sending.record([accepted(claim)])],
  [
    'a webhook',
    (ledger, { request, fence }) =>
      applyStatus(ledger.evidence, {
        ...{ request, fence, status: 'delivered', at: new Date() },
        wamid: `wamid.${request}.${fence}`,
      }),
  ],
];
const ends: [string, (ledger: Ledger, claim: ClaimedRequest) => Promise<unknown>][] = [
  ['the second one given back unwritten', (ledger, claim) => giveBackUnsent(ledger, [claim])],
  [
    'a refusal of the second one that is to be tried again',
    (ledger, claim) =>
      ledger.sending.record([{ ...rejected(claim, 131000), state: 'pending', delayMs: 0 }]),
  ],
  [
    'a final refusal of the second one',
    (ledger, claim) => ledger.sending.record([rejected(claim)]),
  ],
  [
    'a refusal of the second one since the person has granted',
    (ledger, claim) =>
      ledger.sending.record([
        { ...rejected(claim, 138017), state: 'already-granted', giveBackAllowance: false },
      ]),
  ],
];

describe.each(proofs)('%s that the first of two attempts was accepted', (proof, prove) => {
  describe.each(ends)('and %s', (end, finish) => {
    test.each(ordersOf(proof, end))('%s: accepted, and never asked again', async (_, order) => {
      const { senderId, id, first, second } = await twoAttempts();
      await bench.inOrder(order, {
        a: { run: (ledger) => prove(ledger, first), lock: lockOfRequest(first.request) },
        b: { run: (ledger) => finish(ledger, second), lock: lockOfRequest(first.request) },
      });
      expect(await bench.states(id)).toEqual(['accepted']);
      expect(await bench.claim(senderId)).toEqual([]);
      const { wamid } = only(
        await bench.rows<{ wamid: string }>('select wamid from requests where id = $1', [
          first.request,
        ]),
      );
      expect(wamid).toBe(`wamid.${first.request}.${first.fence}`);
    });
  });

  test('comes while the second one is claimed and lost: no check and no operator has it asked again', async () => {
    const { senderId, id, first, second } = await twoAttempts();
    await bench.rows(`update requests set lease_until = '-infinity' where id = $1`, [
      first.request,
    ]);
    await prove(bench.ledger, first);
    await bench.ledger.sending.sweepLeases({ checkAfterMs: 0 });
    const { request, fence } = second;
    await bench.ledger.evidence.recordCheck({ request, fence, state: 'pending' });
    await retry(bench.ledger, id, ['uncertain', 'rejected']);
    expect(await bench.states(id)).toEqual(['accepted']);
    expect(await bench.claim(senderId)).toEqual([]);
  });
});

describe('two outcomes of two attempts of one person in one batch', () => {
  test.each([
    ['the acceptance first', 'acceptance' as const],
    ['the refusal first', 'refusal' as const],
  ])('%s: both count, and nobody is asked again', async (_, first) => {
    // An update that finds two rows to take from takes either of them: tried more than once.
    for (let i = 0; i < 4; i += 1) {
      const attempts = await twoAttempts();
      const acceptance = accepted(attempts.first);
      const refusal = {
        ...rejected(attempts.second, 131000),
        state: 'pending' as const,
        delayMs: 0,
      };
      await bench.ledger.sending.record(
        first === 'acceptance' ? [acceptance, refusal] : [refusal, acceptance],
      );
      expect(await bench.states(attempts.id)).toEqual(['accepted']);
      expect(await bench.claim(attempts.senderId)).toEqual([]);
    }
  });
});
