import { describe, expect, test } from '@jest/globals';
import type { QueuedRow } from '../../src/core/ports/index.ts';
import { claimRows, feedRows, newNumber, only, useLedger } from './support.ts';

const bench = useLedger();

const DAY = 24 * 3_600_000;

async function queued(people: number | readonly string[], recipient = {}) {
  const senderId = await bench.sender();
  const id = await bench.campaign(senderId, people, { recipient });
  const jobs = await feedRows(bench, { senderId, limit: 100 });
  return { senderId, id, jobs };
}

async function fates(senderId: string, jobs: readonly QueuedRow[]) {
  const decided = await bench.ledger.sending.decideUnclaimed({ senderId, rows: jobs });
  expect(decided.map(({ request, batch }) => ({ request, batch }))).toEqual(jobs);
  return decided.map((t) => t.fate);
}

describe('a job that was not claimed', () => {
  test('is for later when its row could be claimed: there was no room', async () => {
    const { senderId, id, jobs } = await queued(2);
    expect(await fates(senderId, jobs)).toEqual(['later', 'later']);
    expect(await bench.states(id)).toEqual(['queued', 'queued']);
  });

  test('is not queued when no row waits for it: forged, fed again, claimed, of another sender', async () => {
    const { senderId, jobs } = await queued(2);
    const [one, two] = jobs as [QueuedRow, QueuedRow];
    await claimRows(bench, senderId, [one]);
    await bench.ledger.sending.giveBack({ senderId, batches: [two.batch] });
    await feedRows(bench, { senderId, limit: 9 });
    const other = await queued(1);
    const forged = { request: '999999999', batch: one.batch };
    const garbage = { request: '0', batch: 0 };
    expect(await fates(senderId, [one, two, forged, garbage, only(other.jobs)])).toEqual([
      'not-queued',
      'not-queued',
      'not-queued',
      'not-queued',
      'not-queued',
    ]);
  });

  test('doubled in one batch is judged once for both', async () => {
    const { senderId, jobs } = await queued(1);
    expect(await fates(senderId, [only(jobs), only(jobs)])).toEqual(['later', 'later']);
  });

  test.each([
    ['paused', 'pending'],
    ['draft', 'pending'],
    ['cancelled', 'not-queued'],
  ] as const)('of a campaign that is %s: %s', async (to, fate) => {
    const { senderId, id, jobs } = await queued(1);
    await bench.ledger.campaigns.transition({ id, from: ['running'], to });
    // Cancelling has moved the row already.
    expect(await fates(senderId, jobs)).toEqual([fate]);
    expect(await bench.states(id)).toEqual([to === 'cancelled' ? 'cancelled' : 'pending']);
  });

  test('of a closed sender or template goes back to pending and is fed when that opens', async () => {
    const { senderId, id, jobs } = await queued(1);
    const reason = { by: 'us', message: 'closed' } as const;
    await bench.ledger.senders.close({ senderId, reason });
    expect(await fates(senderId, jobs)).toEqual(['pending']);
    await bench.ledger.senders.reopen({ senderId });
    await bench.ledger.campaigns.transition({ id, from: ['paused'], to: 'running' });
    const again = await feedRows(bench, { senderId, limit: 1 });
    await bench.ledger.senders.close({ senderId, template: { name: 't', language: 'en' }, reason });
    expect(await fates(senderId, again)).toEqual(['pending']);
    await bench.ledger.senders.reopen({ senderId, template: { name: 't' } });
    await bench.ledger.campaigns.transition({ id, from: ['paused'], to: 'running' });
    expect(await feedRows(bench, { senderId, limit: 1 })).toHaveLength(1);
  });

  test('past its not_after is expired, with its reason', async () => {
    const { senderId, id, jobs } = await queued(1);
    await bench.rows('update requests set not_after = now_() where campaign_id = $1', [id]);
    expect(await fates(senderId, jobs)).toEqual(['expired']);
    const [row] = await bench.rows('select state, reason from requests where campaign_id = $1', [
      id,
    ]);
    expect(row).toEqual({ state: 'expired', reason: 'expired' });
  });
});

describe('the pair limit of a job that was not claimed', () => {
  async function asked(times: readonly number[]) {
    const to = newNumber();
    const { senderId, id, jobs } = await queued([to]);
    await bench.rows(
      `insert into pairs (sender_id, person, asks)
       select $1, $2, array(select row(0, 0, now_() - a * interval '1 hour')::ask from unnest($3::float8[]) a)`,
      [senderId, to.slice(1), times],
    );
    return { senderId, id, jobs };
  }

  async function due(id: string) {
    const [row] = await bench.rows<{ hours: number; reason: string | null; state: string }>(
      `select state, reason, case when isfinite(due_at) then extract(epoch from due_at - now_())::float8 / 3600 end as hours
       from requests where campaign_id = $1`,
      [id],
    );
    return row as NonNullable<typeof row>;
  }

  test.each([
    ['once 3 h ago: it waits until that day is over', [3], 21],
    ['twice, the first 100 h ago: it waits until the week of the first is over', [100, 30], 68],
    ['twice, the last an hour ago: the later of both ends counts', [160, 1], 23],
    ['three times (a number of other limits): the second to last one counts', [150, 120, 2], 48],
  ])('asked %s', async (_, hours, wait) => {
    const { senderId, id, jobs } = await asked(hours);
    expect(await fates(senderId, jobs)).toEqual(['pending']);
    const row = await due(id);
    expect(row).toMatchObject({ state: 'pending', reason: 'pair-limit' });
    expect(row.hours).toBeCloseTo(wait, 1);
  });

  test('frees within the row’s time: it waits; else it is skipped with that reason', async () => {
    const waits = await asked([1]);
    await bench.rows(
      `update requests set not_after = now_() + interval '24 h' where campaign_id = $1`,
      [waits.id],
    );
    expect(await fates(waits.senderId, waits.jobs)).toEqual(['pending']);
    const skips = await asked([1]);
    await bench.rows(
      `update requests set not_after = now_() + interval '22 h' where campaign_id = $1`,
      [skips.id],
    );
    expect(await fates(skips.senderId, skips.jobs)).toEqual(['skipped']);
    expect(await due(skips.id)).toMatchObject({ state: 'skipped', reason: 'pair-limit' });
  });

  test('what waited is fed, and can be claimed, when the time has come', async () => {
    const { senderId, id, jobs } = await asked([23]);
    expect(await fates(senderId, jobs)).toEqual(['pending']);
    expect(await feedRows(bench, { senderId, limit: 1 })).toEqual([]);
    await bench.advance(DAY / 24 + 60_000);
    expect(await bench.claim(senderId)).toHaveLength(1);
    expect(await bench.states(id)).toEqual(['sending']);
  });

  test('a paused campaign’s row keeps its place: its wait is judged when it is fed again', async () => {
    const { senderId, id, jobs } = await asked([3]);
    await bench.ledger.campaigns.transition({ id, from: ['running'], to: 'paused' });
    expect(await fates(senderId, jobs)).toEqual(['pending']);
    const [row] = await bench.rows<{ due: number; reason: string | null }>(
      `select due_at = '-infinity' as due, reason from requests where campaign_id = $1`,
      [id],
    );
    expect(row).toEqual({ due: true, reason: null });
  });
});
