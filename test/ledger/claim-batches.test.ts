/** How a claim chooses among the batches in hand. */
import { describe, expect, test } from '@jest/globals';
import type { ClaimedRequest } from '../../src/core/ports/index.ts';
import { LEASE_MS, newClaimId, toClaim, useLedger } from './support.ts';

const bench = useLedger();

describe('batches of several campaigns', () => {
  /** So many people of campaigns with these weights, each in one batch. */
  async function campaigns(weights: readonly number[], more: { readonly single?: boolean } = {}) {
    const senderId = await bench.sender(100);
    const ids: string[] = [];
    for (const weight of weights) ids.push(await bench.campaign(senderId, 40, { weight, ...more }));
    const fed = await bench.ledger.sending.feed({ senderId, limit: 200, batchSize: 40 });
    return { senderId, ids, batches: fed.map(({ batch }) => batch) };
  }
  const countsOf = (claims: readonly ClaimedRequest[], ids: readonly string[]) =>
    ids.map((id) => claims.filter(({ campaignId }) => campaignId === id).length);

  async function claimed(senderId: string, batches: readonly { batch: number; served: number }[]) {
    await bench.rows(`update senders set next_slot = '-infinity' where id = $1`, [senderId]);
    const p = { senderId, batches, worker: 'w', leaseMs: LEASE_MS, claimId: newClaimId() };
    return bench.ledger.sending.claim(p);
  }

  test('share the send times by weight', async () => {
    const { senderId, ids, batches } = await campaigns([3, 1]);
    const answer = await claimed(senderId, toClaim(batches.map((batch) => ({ batch }))));
    expect(countsOf(answer.claimed, ids)).toEqual([15, 5]);
    expect(answer.claimed[0]).toMatchObject({ weight: 3 });
  });

  test('go by what each of them had before', async () => {
    const { senderId, ids, batches } = await campaigns([1, 1]);
    const [a, b] = batches as [number, number];
    const answer = await claimed(senderId, [
      { batch: a, served: 15 },
      { batch: b, served: 0 },
    ]);
    expect(countsOf(answer.claimed, ids)).toEqual([3, 17]);
  });

  test('one that stands still takes no send time from the others', async () => {
    const { senderId, ids, batches } = await campaigns([1, 1]);
    await bench.rows(`update campaigns set state = 'paused' where id = $1`, [ids[0]]);
    const answer = await claimed(senderId, toClaim(batches.map((batch) => ({ batch }))));
    expect(countsOf(answer.claimed, ids)).toEqual([0, 20]);
    expect(answer.left).toEqual([]);
  });

  test('a single request goes first', async () => {
    const { senderId, batches } = await campaigns([1]);
    const single = await bench.campaign(senderId, 1);
    await bench.rows('update campaigns set single = true where id = $1', [single]);
    const [fed] = await bench.ledger.sending.feed({ senderId, limit: 9, batchSize: 40 });
    expect(fed).toMatchObject({ single: true, size: 1 });
    const all = [...batches, fed?.batch ?? 0].map((batch) => ({ batch, served: 0 }));
    const answer = await claimed(senderId, all);
    expect(answer.claimed[0]).toMatchObject({ campaignId: single });
    expect(answer.done).toEqual([fed?.batch]);
  });

  test('names who had a turn and may not be asked', async () => {
    const { senderId, ids, batches } = await campaigns([1]);
    await bench.rows(
      `insert into suppressions (person, source) select ltrim(to_number, '+'), 'operator' from requests where campaign_id = $1 and row <= 2`,
      [ids[0]],
    );
    const answer = await claimed(senderId, toClaim(batches.map((batch) => ({ batch }))));
    expect(answer.claimed).toHaveLength(18);
    expect(answer.left).toHaveLength(2);
    const decided = await bench.ledger.sending.decideUnclaimed({ senderId, rows: answer.left });
    expect(decided.map(({ fate }) => fate)).toEqual(['skipped', 'skipped']);
  });
});
