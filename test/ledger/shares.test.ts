import { describe, expect, test } from '@jest/globals';
import { CATCH_UP_MS, HORIZON_MS } from '../../src/core/pacing.ts';
import { newNumber, useLedger } from './support.ts';

const bench = useLedger();

/** A fast sender with so many processes, and plenty to claim. */
async function crew(rate: number, processes: number) {
  const senderId = await bench.sender(rate);
  const workers = Array.from({ length: processes }, (_, i) => `w${i}`);
  for (const worker of workers) await join(senderId, worker, rate);
  // All of them at work already: none is new.
  await bench.rows('update workers set next_slot = clock_timestamp() where sender_id = $1', [
    senderId,
  ]);
  await bench.campaign(
    senderId,
    Array.from({ length: 600 }, () => newNumber()),
  );
  return { senderId, workers };
}

const join = (senderId: string, worker: string, rate: number) =>
  bench.ledger.senders.heartbeat({ worker, senderId, messagesPerSecond: rate, inFlight: 0 });

async function claim(senderId: string, worker: string, n = 150) {
  const jobs = await bench.ledger.road.feed({ senderId, limit: n });
  return bench.ledger.road.claim({ senderId, jobs, worker, leaseMs: 600_000 });
}

const slots = (answer: { claimed: readonly { slotAtMs: number }[] }) =>
  answer.claimed.map((c) => c.slotAtMs).sort((a, b) => a - b);

describe('shares of a fast sender', () => {
  test('each process has an equal one, and the shares together are the rate', async () => {
    const { senderId, workers } = await crew(900, 3);
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
    const { senderId } = await crew(900, 3);
    const first = await claim(senderId, 'w0');
    const again = await claim(senderId, 'w0');
    expect(again.claimed.length).toBeLessThan(first.claimed.length / 2);
    expect((await claim(senderId, 'w1')).claimed.length).toBeGreaterThan(50);
  });

  test('a process that joins begins after all send times given out at the larger shares', async () => {
    const { senderId } = await crew(900, 2);
    const taken = [...slots(await claim(senderId, 'w0')), ...slots(await claim(senderId, 'w1'))];
    await join(senderId, 'late', 900);
    const answer = await claim(senderId, 'late');
    expect(answer.share).toBe(300);
    for (const at of slots(answer)) expect(at).toBeGreaterThan(Math.max(...taken));
  });

  test('a process that nobody has heard of lately gets nothing while others live', async () => {
    const { senderId } = await crew(900, 2);
    expect(await claim(senderId, 'stranger')).toMatchObject({ claimed: [], room: 0 });
  });

  test('one that was silent so long that its share went to the others begins after them', async () => {
    const { senderId } = await crew(900, 2);
    await claim(senderId, 'w1');
    await bench.rows(
      `update workers set seen_at = seen_at - interval '9 s' where sender_id = $1 and id = 'w1'`,
      [senderId],
    );
    await join(senderId, 'w0', 900);
    const alone = await claim(senderId, 'w0');
    expect(alone.share).toBe(900);
    await join(senderId, 'w1', 900);
    for (const at of slots(await claim(senderId, 'w1')))
      expect(at).toBeGreaterThan(Math.max(...slots(alone)));
  });

  test('they are whole messages, and no message of the rate is lost to that', async () => {
    const { senderId, workers } = await crew(80, 3);
    const shares = [];
    for (const worker of workers) shares.push((await claim(senderId, worker)).share);
    expect(shares).toEqual([27, 27, 26]);
  });

  test('where shares would be too small, all take turns', async () => {
    const { senderId } = await crew(29, 3);
    const [a, b] = [await claim(senderId, 'w0'), await claim(senderId, 'w1')];
    expect(a.share).toBeUndefined();
    expect(a.claimed.length).toBeGreaterThan(4);
    for (const at of slots(b)) expect(at).toBeGreaterThan(Math.max(...slots(a)));
  });

  test('from turns to shares: they begin after what was given out in turn', async () => {
    const { senderId } = await crew(900, 3);
    await bench.rows('update senders set rate_now = 25 where id = $1', [senderId]);
    const inTurn = slots(await claim(senderId, 'w0'));
    await bench.rows('update senders set rate_now = 900 where id = $1', [senderId]);
    for (const worker of ['w0', 'w1'])
      for (const at of slots(await claim(senderId, worker)))
        expect(at).toBeGreaterThan(Math.max(...inTurn));
  });

  test('a late claim makes up for a moment, one after a pause for nothing', async () => {
    const { senderId } = await crew(900, 1);
    const set = (ago: number) =>
      bench.rows(
        `update workers set next_slot = clock_timestamp() - $2 * interval '1 ms' where sender_id = $1`,
        [senderId, ago],
      );
    await claim(senderId, 'w0', 1);
    await set(900);
    const late = await claim(senderId, 'w0');
    expect(Math.min(...slots(late))).toBeCloseTo(late.databaseNowMs - CATCH_UP_MS, 0);
    await set(1_500);
    const paused = await claim(senderId, 'w0');
    expect(Math.min(...slots(paused))).toBeGreaterThan(paused.databaseNowMs);
  });
});
