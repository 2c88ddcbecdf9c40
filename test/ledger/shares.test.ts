import { afterEach, describe, expect, test } from '@jest/globals';
import { CATCH_UP_MS, HORIZON_MOST_MS, HORIZON_MS } from '../../src/core/pace/pacing.ts';
import { feedRows, newClaimId, newNumber, toClaim, useLedger } from './support.ts';

const bench = useLedger();

// Whatever a test made of a rate, and however it ended, the next one finds what the sender was made with.
afterEach(async () => {
  await bench.rows('update senders set rate_now = rate_allowed');
});

/** A fast sender with so many processes, at work already, and plenty to claim. */
async function startProcesses(rate: number, processes: number) {
  const senderId = await bench.sender(rate);
  const workers = Array.from({ length: processes }, (_, i) => `w${i}`);
  await bench.rows(
    `update senders set claimed_at = clock_timestamp(), sharers = $2,
       sharers_until = array_fill(clock_timestamp() + interval '5 s', array[$3::int]),
       sharers_slots = array_fill(clock_timestamp(), array[$3::int]) where id = $1`,
    [senderId, workers, processes],
  );
  await bench.campaign(
    senderId,
    Array.from({ length: 600 }, () => newNumber()),
  );
  return { senderId, workers };
}

async function claim(
  senderId: string,
  worker: string,
  n = 150,
  p: { readonly horizonMs?: number; readonly reachBackMs?: number } = {},
) {
  const jobs = await feedRows(bench, { senderId, limit: n });
  return bench.ledger.sending.claim({
    claimId: newClaimId(),
    senderId,
    batches: toClaim(jobs),
    worker,
    leaseMs: 600_000,
    ...p,
  });
}

const slots = (answer: { claimed: readonly { slotAtMs: number }[] }) =>
  answer.claimed.map((c) => c.slotAtMs).sort((a, b) => a - b);

describe('shares of a fast sender', () => {
  test('each process has an equal one, and the shares together are the rate', async () => {
    const { senderId, workers } = await startProcesses(900, 3);
    for (const worker of workers) {
      const answer = await claim(senderId, worker);
      expect(answer.share).toBe(300);
      const times = slots(answer);
      // 200 ms ahead at 300 a second, and what passed since they were set to work is made up for.
      expect(times.length).toBeGreaterThan(50);
      expect(times.length).toBeLessThan((300 * (HORIZON_MS + CATCH_UP_MS)) / 1_000);
      const steps = times.slice(1).map((at, i) => at - (times[i] as number));
      expect(Math.min(...steps)).toBeGreaterThan(1_000 / 300);
    }
  });

  test('what one process has taken is not taken from the others, and it gets no more by asking again', async () => {
    const { senderId } = await startProcesses(900, 3);
    const first = await claim(senderId, 'w0');
    const again = await claim(senderId, 'w0');
    // However long the machine took between the two: none of its times comes twice.
    const times = [...slots(first), ...slots(again)];
    const steps = times.slice(1).map((at, i) => at - (times[i] as number));
    expect(Math.min(...steps)).toBeGreaterThan(1_000 / 300);
    expect((await claim(senderId, 'w1')).claimed.length).toBeGreaterThan(50);
  });

  test('who joins begins after all send times given out, and until then the others keep their larger shares', async () => {
    const { senderId } = await startProcesses(900, 2);
    const taken = [...slots(await claim(senderId, 'w0')), ...slots(await claim(senderId, 'w1'))];
    const late = await claim(senderId, 'late');
    expect(late).toMatchObject({ share: 300, claimed: [] });
    const begins = late.beginsMs ?? 0;
    expect(begins).toBeGreaterThan(Math.max(...taken) + 150);

    const before = await claim(senderId, 'w0', 600, { horizonMs: HORIZON_MOST_MS });
    expect(before).toMatchObject({ share: 450, falls: { atMs: begins, to: 300 } });
    expect(before.claimed.length).toBeGreaterThan(50);
    expect(Math.max(...slots(before))).toBeLessThan(begins);
    for (const worker of ['w0', 'late']) {
      const after = await claim(senderId, worker, 100, { horizonMs: HORIZON_MOST_MS });
      expect(after).toMatchObject({ share: 300 });
      expect(after.falls).toBeUndefined();
      expect(after.sinceMs).toBeUndefined();
      expect(Math.min(...slots(after))).toBeGreaterThanOrEqual(begins);
    }
  });

  test('who claims late is told since when its share is less', async () => {
    const { senderId } = await startProcesses(900, 2);
    await bench.rows(
      `update senders set sharers_slots[1] = clock_timestamp() - interval '0.4 s',
         sharers_from = array[null, clock_timestamp() - interval '0.2 s'] where id = $1`,
      [senderId],
    );
    const answer = await claim(senderId, 'w0', 10, { reachBackMs: 0 });
    expect(answer).toMatchObject({ share: 450, sinceMs: expect.any(Number) });
    expect(answer.sinceMs).toBeLessThan(answer.databaseNowMs - 150);
    // As far back as there are send times of before, they are at the rate of before.
    await bench.rows(
      `update senders set sharers_slots[1] = clock_timestamp() - interval '0.4 s',
         sharers_from[2] = clock_timestamp() - interval '0.01 s' where id = $1`,
      [senderId],
    );
    const reaching = await claim(senderId, 'w0', 400);
    expect(reaching).toMatchObject({ share: 900, falls: { to: 450 } });
    expect(reaching.claimed.length).toBeGreaterThan(100);
    expect(Math.max(...slots(reaching))).toBeLessThan(reaching.databaseNowMs);
  });

  test('it is said where nobody has sent in the last second', async () => {
    const senderId = await bench.sender(900);
    await bench.campaign(
      senderId,
      Array.from({ length: 600 }, () => newNumber()),
    );
    expect((await claim(senderId, 'w0', 10)).rested).toBe(true);
    expect((await claim(senderId, 'w0', 10)).rested).toBeUndefined();
    const ago = (ms: number) =>
      bench.rows(
        `update senders set next_slot = clock_timestamp() - $2 * interval '1 ms', sharers_until[1] = '-infinity' where id = $1`,
        [senderId, ms],
      );
    await ago(1_300);
    expect((await claim(senderId, 'w1', 10)).rested).toBeUndefined();
    await bench.rows(`update senders set sharers = '{}' where id = $1`, [senderId]);
    await ago(1_600);
    expect((await claim(senderId, 'w2', 10)).rested).toBe(true);
  });

  test('one that has not claimed since its send times are forfeited leaves its share to the others, and begins after them', async () => {
    const { senderId } = await startProcesses(900, 2);
    await bench.rows(
      `update senders set sharers_until[2] = clock_timestamp() - interval '1 min' where id = $1`,
      [senderId],
    );
    const alone = await claim(senderId, 'w0');
    expect(alone.share).toBe(900);
    for (const at of slots(await claim(senderId, 'w1')))
      expect(at).toBeGreaterThan(Math.max(...slots(alone)));
  });

  test('a stall that holds up all of them takes nobody’s share', async () => {
    const { senderId, workers } = await startProcesses(900, 3);
    await bench.rows(
      `update senders set claimed_at = clock_timestamp() - interval '1.5 s',
         sharers_until = array_fill(clock_timestamp() - interval '0.5 s', array[3]) where id = $1`,
      [senderId],
    );
    for (const worker of workers) expect((await claim(senderId, worker)).share).toBe(300);
  });

  test('processes that begin in the same moment share from the first claim on', async () => {
    const senderId = await bench.sender(900);
    await bench.campaign(
      senderId,
      Array.from({ length: 600 }, () => newNumber()),
    );
    const jobs = await feedRows(bench, { senderId, limit: 600 });
    const answers = await Promise.all(
      ['w0', 'w1', 'w2'].map((worker, i) =>
        bench.ledger.sending.claim({
          claimId: newClaimId(),
          senderId,
          batches: toClaim(jobs.slice(i * 200, (i + 1) * 200)),
          worker,
          leaseMs: 600_000,
        }),
      ),
    );
    expect(answers.map((a) => a.share).sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual([
      300, 450, 900,
    ]);
    const all = answers.flatMap(slots).sort((a, b) => a - b);
    expect(all.length).toBeLessThanOrEqual(
      900 * ((Math.max(...all) - Math.min(...all)) / 1_000) + 1,
    );
  });

  test('they are whole messages, and no message of the rate is lost to that', async () => {
    const { senderId, workers } = await startProcesses(80, 3);
    const shares = [];
    for (const worker of workers) shares.push((await claim(senderId, worker)).share);
    expect(shares).toEqual([27, 27, 26]);
  });

  test('where shares would be too small, all take turns', async () => {
    const { senderId } = await startProcesses(17, 3);
    // Not while another still has a share of its own.
    for (const worker of ['w0', 'w1'])
      expect(await claim(senderId, worker, 5)).toMatchObject({ claimed: [] });
    expect((await claim(senderId, 'w2', 1)).claimed).toHaveLength(1);
    await bench.rows(`update senders set next_slot = clock_timestamp() where id = $1`, [senderId]);
    const [a, b] = [await claim(senderId, 'w0'), await claim(senderId, 'w1')];
    expect(a.share).toBeUndefined();
    expect(a.claimed.length).toBeGreaterThan(2);
    for (const at of slots(b)) expect(at).toBeGreaterThan(Math.max(...slots(a)));
  });

  test('from turns to shares: they begin after what was given out in turn', async () => {
    const { senderId } = await startProcesses(900, 3);
    await bench.rows('update senders set rate_now = 15 where id = $1', [senderId]);
    const inTurn = slots(await claim(senderId, 'w0'));
    await bench.rows('update senders set rate_now = 900 where id = $1', [senderId]);
    for (const worker of ['w0', 'w1'])
      for (const at of slots(await claim(senderId, worker)))
        expect(at).toBeGreaterThan(Math.max(...inTurn));
  });

  test('a late claim makes up for a moment, one after a pause for nothing', async () => {
    const { senderId } = await startProcesses(900, 1);
    const set = (ago: number) =>
      bench.rows(
        `update senders set sharers_slots[1] = clock_timestamp() - $2 * interval '1 ms' where id = $1`,
        [senderId, ago],
      );
    await claim(senderId, 'w0', 1);
    // Some 0.7 s before it would count as a pause: a busy machine takes its time between the two statements.
    await set(300);
    const late = await claim(senderId, 'w0');
    expect(Math.min(...slots(late))).toBeCloseTo(late.databaseNowMs - CATCH_UP_MS, 0);
    await set(1_500);
    const paused = await claim(senderId, 'w0');
    expect(Math.min(...slots(paused))).toBeGreaterThan(paused.databaseNowMs);
  });
});
