import { describe, expect, test } from '@jest/globals';
import { HORIZON_MOST_MS, HORIZON_MS } from '../../src/core/pace/pacing.ts';
import type { ClaimedRequest } from '../../src/core/ports/index.ts';
import {
  claimAnswer,
  claimRows,
  feedRows,
  LEASE_MS,
  newClaimId,
  only,
  toClaim,
  useLedger,
} from './support.ts';

const bench = useLedger();

async function queued(people: number | readonly string[], rate?: number) {
  const senderId = await bench.sender(rate);
  const id = await bench.campaign(senderId, people);
  const jobs = await feedRows(bench, { senderId, limit: 500 });
  return { senderId, id, jobs };
}

const slots = (claims: readonly ClaimedRequest[]) => claims.map((c) => c.slotAtMs);

describe('a held claim that missed its send time', () => {
  const again = (senderId: string, refs: readonly ClaimedRequest[]) =>
    bench.ledger.sending.claim({
      claimId: newClaimId(),
      senderId,
      batches: [],
      worker: 'w',
      again: refs,
      leaseMs: LEASE_MS,
    });

  test('gets another', async () => {
    const { senderId, jobs } = await queued(2, 100);
    const claims = await claimRows(bench, senderId, jobs);
    const answer = await again(senderId, claims);
    expect(answer.again.map((a) => a.request)).toEqual(claims.map((c) => c.request));
    expect(answer.lost).toEqual([]);
  });

  test.each<[string, (of: { readonly id: string; readonly to: string }) => Promise<unknown>]>([
    [
      'opted out',
      ({ to }) => bench.ledger.people.suppress({ people: [{ to }], source: 'operator' }),
    ],
    [
      'granted a permission',
      ({ to }) =>
        bench.rows(
          `insert into permissions (sender_id, person, status, at, source)
           select id, ltrim($1, '+'), 'permanent', now(), 'webhook' from senders`,
          [to],
        ),
    ],
    [
      'was withdrawn',
      ({ id }) => bench.rows('update campaigns set state = $2 where id = $1', [id, 'paused']),
    ],
    [
      'may not be asked so late',
      ({ id }) =>
        bench.rows(`update requests set not_after = now() where campaign_id = $1 and row = 1`, [
          id,
        ]),
    ],
  ])('gets none where the person %s since: the sender gives it back', async (_, happens) => {
    const { senderId, id, jobs } = await queued(1, 100);
    const claims = await claimRows(bench, senderId, jobs);
    await happens({ id, to: only(claims).to });
    const answer = await again(senderId, claims);
    expect(answer.again).toEqual([]);
    expect(answer.lost).toEqual([{ request: only(claims).request, fence: only(claims).fence }]);
  });
});

describe('a claim', () => {
  test('gives all that a message needs, and numbers itself', async () => {
    const { senderId, id, jobs } = await queued(1);
    const answer = await claimAnswer(bench, senderId, jobs);
    expect(answer.closed).toBe(false);
    expect(only(answer.claimed)).toMatchObject({
      request: only(jobs).request,
      fence: 1,
      batch: only(jobs).batch,
      row: 1,
      weight: 1,
      campaignId: id,
      senderId,
      template: 't',
      language: 'en',
      parameterFormat: 'positional',
      headerParameters: [],
      bodyParameters: ['1'],
      parameters: { 1: 'Ann' },
      attempts: 1,
    });
    expect(await bench.states(id)).toEqual(['sending']);
  });

  test('of a job claimed already gives nothing, also when both come in one batch', async () => {
    const { senderId, jobs } = await queued(1);
    expect(await claimRows(bench, senderId, [...jobs, ...jobs])).toHaveLength(1);
    expect(await claimRows(bench, senderId, jobs)).toEqual([]);
  });

  test.each(['paused', 'cancelled', 'draft'] as const)(
    'needs a running campaign: one that is %s gives nothing',
    async (to) => {
      const { senderId, id, jobs } = await queued(2);
      await bench.ledger.campaigns.transition({ id, from: ['running'], to });
      expect(await claimRows(bench, senderId, jobs)).toEqual([]);
    },
  );

  test('needs the number of the batch that the row waits in', async () => {
    const { senderId, jobs } = await queued(1);
    const { batch } = only(jobs);
    for (const other of [batch - 1, batch + 1, 0, -1, 2 ** 52])
      expect(await claimRows(bench, senderId, [{ batch: other }])).toEqual([]);
    expect(await claimRows(bench, senderId, [{ batch }])).toHaveLength(1);
  });

  test('needs a row of this sender', async () => {
    const { jobs } = await queued(1);
    expect(await claimRows(bench, await bench.sender(), jobs)).toEqual([]);
  });

  test('needs an open sender, and says when it is closed', async () => {
    const { senderId, jobs } = await queued(1);
    await bench.ledger.senders.close({ senderId, reason: { by: 'us', message: 'token died' } });
    const answer = await claimAnswer(bench, senderId, jobs);
    expect(answer).toMatchObject({ claimed: [], closed: true });
  });

  test('needs an open template in the language of the row', async () => {
    const { senderId, id, jobs } = await queued(2);
    await bench.rows(`update requests set language = 'de' where campaign_id = $1 and row = 2`, [
      id,
    ]);
    const reason = { by: 'us', message: 'paused by Meta' } as const;
    await bench.ledger.senders.close({ senderId, template: { name: 't', language: 'de' }, reason });
    const claimed = await claimRows(bench, senderId, jobs);
    expect(only(claimed).language).toBe('en');
  });

  test('of a template closed by another sender of the same account gives nothing', async () => {
    const { senderId, jobs } = await queued(1);
    const neighbour = await bench.sender();
    await bench.rows(`update senders set account = 'waba' where id in ($1, $2)`, [
      senderId,
      neighbour,
    ]);
    const reason = { by: 'us', message: 'paused by Meta' } as const;
    await bench.ledger.senders.close({
      senderId: neighbour,
      template: { name: 't', language: 'en' },
      reason,
    });
    expect(await claimRows(bench, senderId, jobs)).toEqual([]);
  });

  test('needs time left: a row past its not_after gives nothing', async () => {
    const senderId = await bench.sender();
    const notAfter = new Date(Date.now() + 600_000);
    await bench.campaign(senderId, 1, { recipient: { notAfter } });
    const jobs = await feedRows(bench, { senderId, limit: 1 });
    await bench.rows(`update requests set not_after = now_() where id = $1`, [only(jobs).request]);
    expect(await claimRows(bench, senderId, jobs)).toEqual([]);
  });
});

describe('send times', () => {
  test('are spaced by 1.008 / rate for a lone process, and never beyond the horizon', async () => {
    const { senderId, jobs } = await queued(60, 100);
    const answer = await claimAnswer(bench, senderId, jobs);
    const step = 1_008 / 100;
    // 4 ms of lead, then steps of 10.08 ms up to 200 ms.
    expect(answer).toMatchObject({
      rate: 100,
      left: [],
      done: jobs.slice(0, 20).map((one) => one.batch),
    });
    expect(answer.claimed).toHaveLength(20);
    const times = slots(answer.claimed);
    for (const [i, at] of times.entries())
      expect(at).toBeCloseTo((times[0] as number) + i * step, 1);
    expect(times[0]).toBeGreaterThan(answer.databaseNowMs);
    expect(times.at(-1)).toBeLessThanOrEqual(answer.databaseNowMs + 200);
    expect(answer.nextSlotMs).toBeCloseTo((times.at(-1) as number) + step, 1);
  });

  test('go on where the last claim stopped', async () => {
    const { senderId, jobs } = await queued(60, 100);
    const first = await claimAnswer(bench, senderId, jobs.slice(0, 5));
    const second = await bench.ledger.sending.claim({
      claimId: newClaimId(),
      senderId,
      batches: toClaim(jobs.slice(5, 10)),
      worker: 'w',
      leaseMs: LEASE_MS,
    });
    expect(second.claimed[0]?.slotAtMs).toBeCloseTo(first.nextSlotMs, 1);
  });

  test('a batch larger than the room names no row beyond it', async () => {
    const { senderId, jobs } = await queued(60, 100);
    const answer = await claimAnswer(bench, senderId, jobs);
    expect(answer.claimed.map((c) => c.request)).toEqual(
      jobs.slice(0, 20).map((job) => job.request),
    );
    const again = await bench.ledger.sending.claim({
      claimId: newClaimId(),
      senderId,
      batches: toClaim(jobs.slice(20)),
      worker: 'w',
      leaseMs: LEASE_MS,
    });
    // Only what the few milliseconds since have freed.
    expect(again.claimed.length).toBeLessThan(20);
  });

  test('idleness stores up no burst', async () => {
    const { senderId, jobs } = await queued(60, 100);
    await bench.rows(
      `update senders set next_slot = clock_timestamp() - interval '1 hour' where id = $1`,
      [senderId],
    );
    const answer = await bench.ledger.sending.claim({
      claimId: newClaimId(),
      senderId,
      batches: toClaim(jobs),
      worker: 'w',
      leaseMs: LEASE_MS,
    });
    expect(answer.claimed).toHaveLength(20);
    expect(slots(answer.claimed).every((at) => at > answer.databaseNowMs)).toBe(true);
  });

  test.each([1, 2, 4])('a slow sender (%i a second) has one, and then the next', async (rate) => {
    const { senderId, jobs } = await queued(2, rate);
    const first = await claimAnswer(bench, senderId, jobs);
    expect(first.claimed).toHaveLength(1);
    expect(first.nextSlotMs - (slots(first.claimed)[0] as number)).toBeCloseTo(1_008 / rate, 1);
    // The time passes by what is moved, not by waiting. More than 3 s ahead would be a database clock set back.
    const nextIsIn = (ms: number) =>
      bench.rows(
        `update senders set sharers_slots[1] = clock_timestamp() + $2 * interval '1 ms' where id = $1`,
        [senderId, ms],
      );
    const claim = () =>
      bench.ledger.sending.claim({
        claimId: newClaimId(),
        senderId,
        batches: toClaim(jobs),
        worker: 'w',
        leaseMs: LEASE_MS,
      });
    await nextIsIn(2_900);
    expect((await claim()).claimed).toEqual([]);
    await nextIsIn(0);
    expect((await claim()).claimed).toHaveLength(1);
  });

  test('a clock set back by an hour does not stall the sender', async () => {
    const { senderId, jobs } = await queued(30, 100);
    await bench.rows(
      `update senders set next_slot = clock_timestamp() + interval '1 hour' where id = $1`,
      [senderId],
    );
    const answer = await bench.ledger.sending.claim({
      claimId: newClaimId(),
      senderId,
      batches: toClaim(jobs),
      worker: 'w',
      leaseMs: LEASE_MS,
    });
    expect(answer.claimed.length).toBeGreaterThan(0);
    expect(Math.max(...slots(answer.claimed))).toBeLessThanOrEqual(answer.databaseNowMs + 200);
  });

  test('a claim with a near horizon keeps what one with a far horizon has reserved', async () => {
    const { senderId, jobs } = await queued(30, 10);
    const claim = (worker: string, horizonMs: number) =>
      bench.ledger.sending.claim({
        claimId: newClaimId(),
        senderId,
        batches: toClaim(jobs),
        worker,
        leaseMs: LEASE_MS,
        horizonMs,
      });
    const far = await claim('w', HORIZON_MOST_MS);
    const near = [await claim('w', HORIZON_MS), await claim('v', HORIZON_MS)];
    const times = near.flatMap(({ claimed, nextSlotMs }) => [...slots(claimed), nextSlotMs]);
    expect(far.claimed.length).toBeGreaterThan(10);
    expect(Math.min(...times)).toBeGreaterThan(Math.max(...slots(far.claimed)));
  });

  test('many claimers in turn get rows and send times of their own, in the order they were served', async () => {
    const { senderId, jobs } = await queued(200, 47);
    const workers = Array.from({ length: 8 }, (_, i) => `w${i}`);
    // At work already, and each with too small a share to keep to it by itself.
    await bench.rows(
      `update senders set sharers = $2, sharers_until = array_fill(clock_timestamp() + interval '1 s', array[8]),
         sharers_slots = array_fill(null::timestamptz, array[8]) where id = $1`,
      [senderId, workers],
    );
    const answers = await Promise.all(
      workers.map((worker, i) =>
        bench.ledger.sending.claim({
          claimId: newClaimId(),
          senderId,
          batches: toClaim(jobs.slice(i * 2, i * 2 + 2)),
          worker,
          leaseMs: LEASE_MS,
        }),
      ),
    );
    const claims = answers.flatMap((answer) => answer.claimed);
    // 200 ms ahead, 21.7 ms apart.
    expect(claims.length).toBeGreaterThanOrEqual(9);
    expect(new Set(claims.map((c) => c.request)).size).toBe(claims.length);
    const sorted = slots(claims).sort((a, b) => a - b);
    for (const [i, at] of sorted.entries())
      if (i > 0) expect(at - (sorted[i - 1] as number)).toBeGreaterThan(21.6);
  });

  test('claimers that want the same jobs at once share them out', async () => {
    const { senderId, jobs } = await queued(40, 1_000);
    const shuffled = (seed: number) =>
      [...jobs].sort(
        (a, b) => ((Number(a.request) * seed) % 41) - ((Number(b.request) * seed) % 41),
      );
    const answers = await Promise.all(
      [3, 7, 11, 13].map((seed) =>
        bench.ledger.sending.claim({
          claimId: newClaimId(),
          senderId,
          batches: toClaim(shuffled(seed)),
          worker: `w${seed}`,
          leaseMs: LEASE_MS,
        }),
      ),
    );
    const claims = answers.flatMap((answer) => answer.claimed);
    expect(claims).toHaveLength(40);
    expect(new Set(claims.map((c) => c.request)).size).toBe(40);
    expect(claims.every((c) => c.fence === 1)).toBe(true);
  });
});
