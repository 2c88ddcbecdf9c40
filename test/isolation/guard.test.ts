/** Whatever statement comes, also one by hand: what was written to Meta is not forgotten by it. */
import { describe, expect, test } from '@jest/globals';
import { accepted, only, uncertain } from '../ledger/support.ts';
import { useIsolation } from './orders.ts';
import { giveBackUnsent, retry } from './ports.ts';

const bench = useIsolation();
const STATES = [
  ...['pending', 'queued', 'sending', 'accepted', 'already-granted', 'rejected'],
  ...['uncertain', 'skipped', 'expired', 'cancelled'],
];

async function one(state: string) {
  const senderId = await bench.sender();
  const id = await bench.campaign(senderId, 1);
  const claim = only(await bench.claim(senderId));
  if (state === 'accepted') await bench.ledger.sending.record([accepted(claim)]);
  if (state === 'uncertain') await bench.ledger.sending.record([uncertain(claim)]);
  expect(await bench.states(id)).toEqual([state]);
  return { senderId, id, claim };
}

/** A change that is forbidden may be skipped or refused. */
const set = (request: string, change: string) =>
  bench.rows(`update requests set ${change} where id = $1`, [request]).catch(() => undefined);

describe('an update by hand', () => {
  test.each(STATES.filter((state) => state !== 'accepted'))(
    'of an accepted request to %s changes nothing',
    async (state) => {
      const { id, claim } = await one('accepted');
      await set(claim.request, `state = '${state}'`);
      await set(claim.request, `state = '${state}', fence = fence + 1`);
      await set(claim.request, `state = '${state}', epoch = epoch + 1`);
      expect(await bench.states(id)).toEqual(['accepted']);
    },
  );

  test.each(
    ['sending', 'uncertain'].flatMap((from) =>
      ['pending', 'queued', 'cancelled', 'skipped', 'expired'].map((to) => [from, to] as const),
    ),
  )('of a request that is %s to %s changes nothing without a cause', async (from, to) => {
    const { id, claim } = await one(from);
    await set(claim.request, `state = '${to}'`);
    await set(claim.request, `state = '${to}', claimed_by = null, lease_until = null`);
    expect(await bench.states(id)).toEqual([from]);
  });

  test('never makes the number of claims smaller', async () => {
    const { claim } = await one('sending');
    await set(claim.request, 'fence = 0');
    const rows = await bench.rows('select fence from requests where id = $1', [claim.request]);
    expect(rows).toEqual([{ fence: claim.fence }]);
  });

  test('leaves the rows beside it changed', async () => {
    const { senderId, claim } = await one('accepted');
    const id = await bench.campaign(senderId, 1);
    await bench.rows(`update requests set state = 'skipped' where id = $1 or campaign_id = $2`, [
      claim.request,
      id,
    ]);
    expect(await bench.states(id)).toEqual(['skipped']);
  });
});

describe('no call of the ledger', () => {
  test('takes an accepted request back', async () => {
    const { senderId, id, claim } = await one('accepted');
    const { request, fence } = claim;
    const { sending, evidence, campaigns } = bench.ledger;
    await giveBackUnsent(bench.ledger, [claim]);
    await sending.record([{ ...uncertain(claim), state: 'pending', outcome: 'refused' }]);
    await sending.giveBack({ senderId, batches: [claim.batch] });
    await sending.feed({ senderId, limit: 9, batchSize: 250 });
    await sending.sweepLeases({ checkAfterMs: 0 });
    await evidence.recordCheck({ request, fence, state: 'pending' });
    await evidence.settle({ campaignId: id, row: 1, as: 'rejected' });
    await retry(bench.ledger, id, ['accepted', 'rejected', 'uncertain']);
    await sending.expire();
    await campaigns.transition({ id, from: ['running'], to: 'cancelled' });
    await sending.completeCampaigns();
    await sending.withdraw({ senderId });
    expect(await bench.states(id)).toEqual(['accepted']);
  });
});
