/** What is counted as it changes is what counting all rows would give. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { accepted, newNumber, rejected, uncertain, unsent, useLedger } from './support.ts';

const bench = useLedger();
let senderId = '';

beforeEach(async () => {
  senderId = await bench.sender();
});

describe('the counts of a campaign', () => {
  /** By state, from its rows. */
  async function counted(id: string): Promise<Record<string, number>> {
    const rows = await bench.rows<{ state: string; n: number }>(
      'select state, count(*)::int as n from requests where campaign_id = $1 group by 1',
      [id],
    );
    return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
  }

  async function said(id: string): Promise<Record<string, number>> {
    const counts: Record<string, number> = { ...(await bench.ledger.campaigns.get(id))?.counts };
    return Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));
  }

  test('are those of its rows after each step, in the list and in its progress too', async () => {
    const id = await bench.campaign(senderId, 30);
    expect(await said(id)).toEqual({ pending: 30 });
    const claims = await bench.claim(senderId);
    expect(await said(id)).toEqual({ sending: 30 });
    await bench.ledger.sending.record([
      ...claims.slice(0, 10).map(accepted),
      ...claims.slice(10, 15).map((claim) => rejected(claim)),
      ...claims.slice(15, 20).map((claim) => uncertain(claim)),
      ...claims.slice(20, 25).map(unsent),
    ]);
    expect(await said(id)).toEqual(await counted(id));
    await bench.ledger.evidence.retry({ campaignId: id, states: ['rejected'] });
    await bench.ledger.campaigns.transition({ id, from: ['running'], to: 'cancelled' });
    expect(await said(id)).toEqual({ accepted: 10, cancelled: 10, uncertain: 5, sending: 5 });
    const [listed] = await bench.ledger.campaigns.list({ limit: 1 });
    const progress = await bench.ledger.campaigns.progress(id);
    expect([listed?.counts, progress?.counts]).toMatchObject([
      await counted(id),
      await counted(id),
    ]);
  });

  test('tell apart what Meta holds back', async () => {
    const id = await bench.campaign(senderId, 3);
    const [held, ...others] = await bench.claim(senderId);
    if (held === undefined) throw new Error('nobody was claimed');
    await bench.ledger.sending.record([
      { ...accepted(held), messageStatus: 'held_for_quality_assessment' },
      ...others.map(accepted),
    ]);
    const found = await bench.ledger.campaigns.get(id);
    expect(found?.counts.accepted).toBe(3);
    expect(found?.messageStatuses).toEqual({ held_for_quality_assessment: 1 });
  });

  test('are the same when many changes are made one row', async () => {
    const id = await bench.campaign(senderId, 80);
    for (let n = 0; n < 60; n += 1) {
      const batches = await bench.ledger.sending.feed({ senderId, limit: 1, batchSize: 1 });
      await bench.ledger.sending.giveBack({ senderId, batches: batches.map((b) => b.batch) });
    }
    const before = await bench.rows('select from request_counts where campaign_id = $1', [id]);
    await bench.ledger.sending.completeCampaigns();
    const after = await bench.rows('select from request_counts where campaign_id = $1', [id]);
    expect([before.length > 50, after.length]).toEqual([true, 1]);
    expect(await said(id)).toEqual({ pending: 80 });
  });

  test('count who is due later by the minute, though they are kept by the hour', async () => {
    const id = await bench.campaign(senderId, 4);
    // A minute ago, in 2 minutes, in five and a half, in 8.
    await bench.rows(
      `update requests set due_at = now_() + (array[-1, 2, 5.5, 8])[row] * interval '1 minute' where campaign_id = $1`,
      [id],
    );
    const progress = await bench.ledger.campaigns.progress(id);
    const [next] = await bench.rows<{ due_at: Date }>(
      'select due_at from requests where campaign_id = $1 and row = 2',
      [id],
    );
    expect(progress?.later).toBe(2);
    expect(progress?.nextDueAt).toEqual(next?.due_at);
  });

  test('go with their campaign', async () => {
    const id = await bench.campaign(senderId, 5);
    await bench.rows('delete from campaigns where id = $1', [id]);
    expect(await bench.rows('select from request_counts where campaign_id = $1', [id])).toEqual([]);
  });
});

describe('the people of a portfolio within 24 hours', () => {
  async function remaining(by: string, portfolio: string): Promise<number | undefined> {
    await bench.rows(`update portfolios set counted_at = '-infinity' where id = $1`, [portfolio]);
    await bench.ledger.senders.budget({ senderId: by, portfolio, limit: 100 });
    const found = (await bench.ledger.senders.list()).find((one) => one.senderId === by);
    return found?.budget?.remaining;
  }

  test('count once, whichever of its numbers asked them, and no more once that is given back', async () => {
    const other = await bench.sender();
    const portfolio = `of ${senderId}`;
    for (const by of [senderId, other])
      await bench.ledger.senders.budget({ senderId: by, portfolio, limit: 100 });
    const people = Array.from({ length: 10 }, newNumber);
    await bench.campaign(senderId, people);
    await bench.ledger.sending.record((await bench.claim(senderId)).map(accepted));
    expect(await remaining(senderId, portfolio)).toBe(90);
    await bench.campaign(other, people.slice(0, 4));
    const again = await bench.claim(other);
    expect(again).toHaveLength(4);
    expect(await remaining(other, portfolio)).toBe(90);
    await bench.ledger.sending.record(again.map((claim) => rejected(claim)));
    expect(await remaining(other, portfolio)).toBe(90);
  });

  test('are counted from the ledger when a number joins it', async () => {
    await bench.campaign(senderId, 7);
    await bench.ledger.sending.record((await bench.claim(senderId)).map(accepted));
    expect(await remaining(senderId, `late ${senderId}`)).toBe(93);
    expect(await remaining(senderId, `another ${senderId}`)).toBe(93);
    const [left] = await bench.rows<{ n: number }>(
      'select coalesce(sum(n), 0)::int as n from asked_counts where portfolio = $1',
      [`late ${senderId}`],
    );
    expect(left?.n).toBe(0);
  });

  test('leave it one by one, at the very moment', async () => {
    const portfolio = `spent ${senderId}`;
    await bench.campaign(senderId, 5);
    await bench.ledger.sending.record((await bench.claim(senderId)).map(accepted));
    await bench.rows(
      `update pairs p set asks = array[row((p.asks[1]).request, 1, now_() - interval '20 hours' + x.n * interval '1 s')::ask]
       from (select person, row_number() over (order by person) as n from pairs where sender_id = $1) x
       where p.sender_id = $1 and p.person = x.person`,
      [senderId],
    );
    await bench.ledger.senders.budget({ senderId, portfolio, limit: 3 });
    const [found] = await bench.rows<{ isThird: boolean }>(
      `select b.remaining = 0 and b.frees_at = (
         select (p.asks[1]).at + interval '24 hours' from pairs p where p.sender_id = $1 order by (p.asks[1]).at offset 2 limit 1
       ) as "isThird" from portfolios b where b.id = $2`,
      [senderId, portfolio],
    );
    expect(found?.isThird).toBe(true);
  });
});
