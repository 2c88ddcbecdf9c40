import { describe, expect, test } from '@jest/globals';
import type { QueueJob } from '../../src/core/ports/index.ts';
import { refeedLost } from '../../src/sending/sweep.ts';
import { claimJobs, lines, newNumber, only, useLedger } from './support.ts';

const bench = useLedger();

const ids = (jobs: readonly QueueJob[]) => jobs.map((job) => job.request).sort();

async function campaignOf(jobs: readonly QueueJob[]): Promise<string[]> {
  const rows = await bench.rows<{ campaign_id: string }>(
    'select campaign_id from requests where id = any($1::bigint[])',
    [jobs.map((job) => job.request)],
  );
  return rows.map((row) => row.campaign_id);
}

const count = (names: readonly string[], name: string) => names.filter((n) => n === name).length;

describe('feeding', () => {
  test('queues pending rows of running campaigns under a new feed number', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 3);
    const jobs = await bench.ledger.sending.feed({ senderId, limit: 2 });
    expect(jobs.map((job) => [job.feed, job.lane])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(await bench.states(id)).toEqual(['queued', 'queued', 'pending']);
  });

  test.each(['draft', 'paused', 'cancelled', 'completed'] as const)(
    'leaves a campaign that is %s alone',
    async (state) => {
      const senderId = await bench.sender();
      const id = await bench.campaign(senderId, 1);
      // A campaign is never completed with somebody left: here only the feeder is asked.
      await bench.rows('update campaigns set state = $2 where id = $1', [id, state]);
      expect(await bench.ledger.sending.feed({ senderId, limit: 9 })).toEqual([]);
    },
  );

  test('takes turns between campaigns, whatever their sizes', async () => {
    const senderId = await bench.sender();
    const large = await bench.campaign(senderId, 40);
    const small = await bench.campaign(senderId, 5);
    const from = await campaignOf(await bench.ledger.sending.feed({ senderId, limit: 10 }));
    expect([count(from, large), count(from, small)]).toEqual([5, 5]);
    const rest = await campaignOf(await bench.ledger.sending.feed({ senderId, limit: 10 }));
    expect([count(rest, large), count(rest, small)]).toEqual([10, 0]);
  });

  test('takes single requests before bulk', async () => {
    const senderId = await bench.sender();
    const bulk = await bench.campaign(senderId, 5);
    const single = await bench.campaign(senderId, 3);
    await bench.rows('update requests set lane = 0 where campaign_id = $1', [single]);
    const jobs = await bench.ledger.sending.feed({ senderId, limit: 4 });
    expect(jobs.filter((job) => job.lane === 0)).toHaveLength(3);
    const from = await campaignOf(jobs);
    expect([count(from, single), count(from, bulk)]).toEqual([3, 1]);
  });

  test('takes a row when it is due, by the ledger’s clock, and not before', async () => {
    const senderId = await bench.sender();
    const notBefore = new Date(Date.now() + 3_600_000);
    await bench.campaign(senderId, 1, { recipient: { notBefore } });
    expect(await bench.ledger.sending.feed({ senderId, limit: 9 })).toEqual([]);
    await bench.advance(3_700_000);
    expect(await bench.ledger.sending.feed({ senderId, limit: 9 })).toHaveLength(1);
  });

  test('takes nothing of another sender, of a closed sender, or of a closed template', async () => {
    const senderId = await bench.sender();
    const other = await bench.sender();
    await bench.campaign(other, 1);
    expect(await bench.ledger.sending.feed({ senderId, limit: 9 })).toEqual([]);

    const mixed = await bench.campaign(senderId, 1);
    await bench.ledger.campaigns.transition({ id: mixed, from: ['running'], to: 'loading' });
    await bench.add(mixed, senderId, lines([newNumber()], { row: 2, language: 'de' }));
    await bench.ledger.campaigns.transition({ id: mixed, from: ['loading'], to: 'running' });
    const reason = { by: 'us', message: 'paused' } as const;
    await bench.ledger.senders.close({ senderId, template: { name: 't', language: 'de' }, reason });
    // Only the row in that language waits.
    expect(await bench.ledger.sending.feed({ senderId, limit: 9 })).toHaveLength(1);
    expect(await bench.states(mixed)).toEqual(['queued', 'pending']);

    await bench.ledger.senders.reopen({ senderId, template: { name: 't' } });
    await bench.ledger.senders.close({ senderId, reason });
    await bench.ledger.campaigns.transition({ id: mixed, from: ['paused'], to: 'running' });
    expect(await bench.ledger.sending.feed({ senderId, limit: 9 })).toEqual([]);
  });

  test('many feeders at once take each row once', async () => {
    const senderId = await bench.sender();
    const [a, b] = [await bench.campaign(senderId, 200), await bench.campaign(senderId, 100)];
    const taken: string[] = [];
    const feed = async () => {
      for (let empty = 0; empty < 3; ) {
        const jobs = await bench.ledger.sending.feed({ senderId, limit: 20 });
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

describe('feeding again', () => {
  test('gives a lost job a new feed number, which the old one does not fit any more', async () => {
    const senderId = await bench.sender();
    await bench.campaign(senderId, 1);
    const old = only(await bench.ledger.sending.feed({ senderId, limit: 1 }));
    const fresh = only(await bench.ledger.sending.refeed([old]));
    expect(fresh).toEqual({ ...old, feed: 2 });
    expect(await claimJobs(bench, senderId, [old])).toEqual([]);
    expect(await claimJobs(bench, senderId, [fresh])).toHaveLength(1);
  });

  test('two at once feed a row once', async () => {
    const senderId = await bench.sender();
    await bench.campaign(senderId, 30);
    const jobs = await bench.ledger.sending.feed({ senderId, limit: 30 });
    const again = await Promise.all([
      bench.ledger.sending.refeed(jobs),
      bench.ledger.sending.refeed(jobs),
    ]);
    expect(ids(again.flat())).toEqual(ids(jobs));
  });

  test('leaves rows alone that are claimed by now', async () => {
    const senderId = await bench.sender();
    await bench.campaign(senderId, 1);
    const jobs = await bench.ledger.sending.feed({ senderId, limit: 1 });
    await claimJobs(bench, senderId, jobs);
    expect(await bench.ledger.sending.refeed(jobs)).toEqual([]);
  });

  test('stale rows are those queued long enough, oldest first', async () => {
    const senderId = await bench.sender();
    await bench.campaign(senderId, 3);
    const jobs = await bench.ledger.sending.feed({ senderId, limit: 3 });
    const stale = (olderThanMs: number, limit = 9) =>
      bench.ledger.sending.staleQueued({ senderId, olderThanMs, limit });
    expect(await stale(60_000)).toEqual([]);
    const oldest = jobs[2] as QueueJob;
    await bench.rows(`update requests set queued_at = queued_at - interval '2 min' where id = $1`, [
      oldest.request,
    ]);
    expect(await stale(60_000)).toEqual([oldest]);
    expect((await stale(-1_000, 1))[0]).toEqual(oldest);
    expect(await stale(-1_000)).toHaveLength(3);
  });

  test('a job held for a minute is fed again, though the queue has it', async () => {
    const senderId = await bench.sender();
    await bench.campaign(senderId, 2);
    const jobs = await bench.ledger.sending.feed({ senderId, limit: 2 });
    await bench.rows(`update requests set queued_at = queued_at - interval '30 s' where id = $1`, [
      jobs[0]?.request,
    ]);
    await bench.rows(`update requests set queued_at = queued_at - interval '61 s' where id = $1`, [
      jobs[1]?.request,
    ]);
    const added: QueueJob[] = [];
    const queue = {
      size: async () => 2,
      missing: async () => [],
      add: async (_: string, more: readonly QueueJob[]) => void added.push(...more),
    };
    const { sending } = bench.ledger;
    expect(await refeedLost({ sending, queue }, senderId)).toBe(1);
    expect(added).toEqual([{ ...jobs[1], feed: 2 }]);
    expect(await refeedLost({ sending, queue }, senderId)).toBe(0);
  });

  test('jobs given back are pending again, if they are still theirs', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 3);
    const jobs = await bench.ledger.sending.feed({ senderId, limit: 3 });
    await bench.ledger.sending.refeed(jobs.slice(0, 1));
    await claimJobs(bench, senderId, jobs.slice(1, 2));
    await bench.ledger.sending.giveBack([...jobs, { request: '0', feed: -1, lane: 1 }]);
    expect(await bench.states(id)).toEqual(['queued', 'sending', 'pending']);
  });
});
