import { describe, expect, test } from '@jest/globals';
import type { FedBatch, QueuedRow } from '../../src/core/ports/index.ts';
import { giveBackLost } from '../../src/sending/sweep.ts';
import { claimRows, feedRows, lines, newNumber, only, useLedger } from './support.ts';

const bench = useLedger();

const ids = (jobs: readonly QueuedRow[]) => jobs.map((job) => job.request).sort();

async function campaignOf(jobs: readonly QueuedRow[]): Promise<string[]> {
  const rows = await bench.rows<{ campaign_id: string }>(
    'select campaign_id from requests where id = any($1::bigint[])',
    [jobs.map((job) => job.request)],
  );
  return rows.map((row) => row.campaign_id);
}

const count = (names: readonly string[], name: string) => names.filter((n) => n === name).length;

describe('feeding', () => {
  test('queues pending rows of running campaigns in batches of one campaign, so large at most', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 6);
    const named = await bench.campaign(senderId, 2, { name: 'Spring' });
    const fed = await bench.ledger.sending.feed({ senderId, limit: 7, batchSize: 3 });
    const about = { single: false, batch: expect.any(Number) };
    expect(fed).toEqual([
      { ...about, campaign: id, size: 3 },
      { ...about, campaign: id, size: 2 },
      { ...about, campaign: 'Spring', size: 2 },
    ]);
    expect(new Set(fed.map(({ batch }) => batch)).size).toBe(3);
    expect(await bench.states(id)).toEqual([...Array(5).fill('queued'), 'pending']);
    expect(await bench.states(named)).toEqual(['queued', 'queued']);
  });

  test('feeds nothing while Meta has named a time, but for the last second of it', async () => {
    const senderId = await bench.sender();
    await bench.campaign(senderId, 1);
    const reason = { senderId, reason: 'too fast', cutAgainMs: 1_000 };
    await bench.ledger.senders.slow({ ...reason, waitMs: 30_000 });
    expect(await feedRows(bench, { senderId, limit: 9 })).toEqual([]);
    await bench.rows(
      `update senders set hold_until = clock_timestamp() + interval '0.9 s' where id = $1`,
      [senderId],
    );
    expect(await feedRows(bench, { senderId, limit: 9 })).toHaveLength(1);
  });

  test.each(['draft', 'paused', 'cancelled', 'completed'] as const)(
    'leaves a campaign that is %s alone',
    async (state) => {
      const senderId = await bench.sender();
      const id = await bench.campaign(senderId, 1);
      // A campaign is never completed with somebody left: here only the feeder is asked.
      await bench.rows('update campaigns set state = $2 where id = $1', [id, state]);
      expect(await feedRows(bench, { senderId, limit: 9 })).toEqual([]);
    },
  );

  test('takes turns between campaigns, whatever their sizes', async () => {
    const senderId = await bench.sender();
    const large = await bench.campaign(senderId, 40);
    const small = await bench.campaign(senderId, 5);
    const from = await campaignOf(await feedRows(bench, { senderId, limit: 10 }));
    expect([count(from, large), count(from, small)]).toEqual([5, 5]);
    const rest = await campaignOf(await feedRows(bench, { senderId, limit: 10 }));
    expect([count(rest, large), count(rest, small)]).toEqual([10, 0]);
  });

  test('takes single requests before bulk', async () => {
    const senderId = await bench.sender();
    const bulk = await bench.campaign(senderId, 5);
    const single = await bench.campaign(senderId, 3);
    await bench.rows('update campaigns set single = true where id = $1', [single]);
    const jobs = await feedRows(bench, { senderId, limit: 4 });
    const from = await campaignOf(jobs);
    expect([count(from, single), count(from, bulk)]).toEqual([3, 1]);
  });

  test('takes a row when it is due, by the ledger’s clock, and not before', async () => {
    const senderId = await bench.sender();
    const notBefore = new Date(Date.now() + 3_600_000);
    await bench.campaign(senderId, 1, { recipient: { notBefore } });
    expect(await feedRows(bench, { senderId, limit: 9 })).toEqual([]);
    await bench.advance(3_700_000);
    expect(await feedRows(bench, { senderId, limit: 9 })).toHaveLength(1);
  });

  test('takes nothing of another sender, of a closed sender, or of a closed template', async () => {
    const senderId = await bench.sender();
    const other = await bench.sender();
    await bench.campaign(other, 1);
    expect(await feedRows(bench, { senderId, limit: 9 })).toEqual([]);

    const mixed = await bench.campaign(senderId, 1);
    await bench.ledger.campaigns.transition({ id: mixed, from: ['running'], to: 'loading' });
    await bench.add(mixed, senderId, lines([newNumber()], { row: 2, language: 'de' }));
    await bench.ledger.campaigns.transition({ id: mixed, from: ['loading'], to: 'running' });
    const reason = { by: 'us', message: 'paused' } as const;
    await bench.ledger.senders.close({ senderId, template: { name: 't', language: 'de' }, reason });
    // Only the row in that language waits.
    expect(await feedRows(bench, { senderId, limit: 9 })).toHaveLength(1);
    expect(await bench.states(mixed)).toEqual(['queued', 'pending']);

    await bench.ledger.senders.reopen({ senderId, template: { name: 't' } });
    await bench.ledger.senders.close({ senderId, reason });
    await bench.ledger.campaigns.transition({ id: mixed, from: ['paused'], to: 'running' });
    expect(await feedRows(bench, { senderId, limit: 9 })).toEqual([]);
  });

  test('many feeders at once take each row once', async () => {
    const senderId = await bench.sender();
    const [a, b] = [await bench.campaign(senderId, 200), await bench.campaign(senderId, 100)];
    const taken: string[] = [];
    const feed = async () => {
      for (let empty = 0; empty < 3; ) {
        const jobs = await feedRows(bench, { senderId, limit: 20 });
        empty = jobs.length === 0 ? empty + 1 : 0;
        taken.push(...ids(jobs));
      }
    };
    await Promise.all([feed(), feed(), feed()]);
    expect(taken).toHaveLength(300);
    expect(new Set(taken).size).toBe(300);
    const states = [...(await bench.states(a)), ...(await bench.states(b))];
    expect(new Set(states)).toEqual(new Set(['queued']));
  });
});

describe('a batch whose job is lost', () => {
  test('goes back and is fed under another number, which the old job does not have', async () => {
    const senderId = await bench.sender();
    await bench.campaign(senderId, 1);
    const [old] = await bench.ledger.sending.feed({ senderId, limit: 1, batchSize: 250 });
    const { batch } = old as FedBatch;
    expect(await bench.ledger.sending.giveBack({ senderId, batches: [batch] })).toEqual([batch]);
    const fresh = await feedRows(bench, { senderId, limit: 1 });
    expect(only(fresh).batch).toBeGreaterThan(batch);
    expect(await claimRows(bench, senderId, [{ batch }])).toEqual([]);
    expect(await claimRows(bench, senderId, fresh)).toHaveLength(1);
  });

  test('is given back once by two at once', async () => {
    const senderId = await bench.sender();
    await bench.campaign(senderId, 30);
    const batches = (await feedRows(bench, { senderId, limit: 30 })).map(({ batch }) => batch);
    const back = await Promise.all([
      bench.ledger.sending.giveBack({ senderId, batches }),
      bench.ledger.sending.giveBack({ senderId, batches }),
    ]);
    expect(back.flat().sort((a, b) => a - b)).toEqual(batches);
  });

  test('is left alone where it is claimed, another sender’s, or forged', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 3);
    const [one, two, three] = (await feedRows(bench, { senderId, limit: 3 })) as [
      QueuedRow,
      QueuedRow,
      QueuedRow,
    ];
    await claimRows(bench, senderId, [two]);
    const give = (by: string, batches: readonly number[]) =>
      bench.ledger.sending.giveBack({ senderId: by, batches });
    expect(await give(await bench.sender(), [one.batch])).toEqual([]);
    expect(await give(senderId, [two.batch, three.batch, 0, -1, 2 ** 52])).toEqual([three.batch]);
    expect(await bench.states(id)).toEqual(['queued', 'sending', 'pending']);
  });

  test('is stale once it was fed long enough ago, oldest first', async () => {
    const senderId = await bench.sender();
    await bench.campaign(senderId, 5);
    const fed = await bench.ledger.sending.feed({ senderId, limit: 5, batchSize: 2 });
    const numbers = fed.map(({ batch }) => batch);
    const stale = (olderThanMs: number, limit = 9) =>
      bench.ledger.sending.staleBatches({ senderId, olderThanMs, limit });
    expect(await stale(60_000)).toEqual([]);
    await bench.rows(
      `update requests set queued_at = queued_at - interval '2 min' where batch = $1`,
      [numbers[0]],
    );
    expect(await stale(60_000)).toEqual([numbers[0]]);
    expect(await stale(-1_000, 1)).toEqual([numbers[0]]);
    expect(await stale(-1_000)).toEqual(numbers);
  });

  test('goes back after a minute in a hand that does not claim it, though the queue has it', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 2);
    const [old, young] = (await feedRows(bench, { senderId, limit: 2 })) as [QueuedRow, QueuedRow];
    const age = (row: QueuedRow, by: string) =>
      bench.rows(`update requests set queued_at = queued_at - $2::interval where id = $1`, [
        row.request,
        by,
      ]);
    await age(old, '61 s');
    await age(young, '30 s');
    const queue = { size: async () => 2, missing: async () => [] };
    const { sending } = bench.ledger;
    expect(await giveBackLost({ sending, queue }, senderId)).toBe(1);
    expect(await bench.states(id)).toEqual(['pending', 'queued']);
    expect(await giveBackLost({ sending, queue }, senderId)).toBe(0);
  });

  test('is found missing by the queue, batch by batch', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 4);
    const fed = await bench.ledger.sending.feed({ senderId, limit: 4, batchSize: 2 });
    await bench.rows(
      `update requests set queued_at = queued_at - interval '7 s' where campaign_id = $1`,
      [id],
    );
    const asked: (readonly number[])[] = [];
    const queue = {
      size: async () => 0,
      missing: async (_: string, batches: readonly number[]) => {
        asked.push(batches);
        return batches.slice(1);
      },
    };
    expect(await giveBackLost({ sending: bench.ledger.sending, queue }, senderId)).toBe(2);
    expect(asked).toEqual([fed.map(({ batch }) => batch)]);
    expect(await bench.states(id)).toEqual(['queued', 'queued', 'pending', 'pending']);
  });
});
