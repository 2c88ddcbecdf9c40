/** A single request has the next send time, whichever process has it, where send times are a moment apart. */
import { describe, expect, test } from '@jest/globals';
import type { ClaimRef } from '../../src/core/ports/index.ts';
import { LEASE_MS, newClaimId, only, toClaim, useLedger } from './support.ts';

const bench = useLedger();

/** A sender with a list in the hands of one process, and a single request in those of another. */
async function twoProcesses(rate: number) {
  const senderId = await bench.sender(rate);
  await bench.campaign(senderId, 20);
  const list = await bench.ledger.sending.feed({ senderId, limit: 20, batchSize: 20 });
  const campaignId = await bench.campaign(senderId, 1, { single: true });
  const single = await bench.ledger.sending.feed({ senderId, limit: 20, batchSize: 20 });
  expect([only(list).single, only(single).single]).toEqual([false, true]);

  /** Sets the next send time, of processes that are at work already. */
  const at = (time: string) =>
    bench.rows(
      `update senders set next_slot = ${time}, shared_slot = '-infinity', sharers = '{bulk,one,two}',
         sharers_until = array_fill(clock_timestamp() + interval '5 s', array[3]),
         sharers_slots = array_fill(null::timestamptz, array[3]) where id = $1`,
      [senderId],
    );

  /** The next claim of a process, once the time it waits for has come. */
  async function claim(
    worker: string,
    batches: readonly { readonly batch: number }[],
    again: readonly ClaimRef[] = [],
  ) {
    await at("'-infinity'");
    const asked = { senderId, worker, again, leaseMs: LEASE_MS, claimId: newClaimId() };
    return bench.ledger.sending.claim({ ...asked, batches: toClaim(batches) });
  }
  const isSingle = (answer: Awaited<ReturnType<typeof claim>>) =>
    answer.claimed.map((one) => one.campaignId === campaignId);
  /** The process with the single request claims when no send time is near. */
  async function announce() {
    await at("clock_timestamp() + interval '1 s'");
    const asked = { senderId, worker: 'one', leaseMs: LEASE_MS, claimId: newClaimId() };
    const answer = await bench.ledger.sending.claim({ ...asked, batches: toClaim(single) });
    expect(answer.claimed).toEqual([]);
  }
  return { senderId, campaignId, list, single, claim, isSingle, announce };
}

describe('at a rate so low that processes take turns', () => {
  test('a process with rows of a list only leaves the send time to one that has a single request', async () => {
    const b = await twoProcesses(1);
    expect(b.isSingle(await b.claim('bulk', b.list))).toEqual([false]);
    await b.announce();
    expect(b.isSingle(await b.claim('bulk', b.list))).toEqual([]);
    expect(b.isSingle(await b.claim('one', b.single))).toEqual([true]);
    expect(b.isSingle(await b.claim('bulk', b.list))).toEqual([false]);
  });

  test('the send time that is left is the next one still', async () => {
    const b = await twoProcesses(1);
    await b.announce();
    const left = await b.claim('bulk', b.list);
    expect(left.nextSlotMs - left.databaseNowMs).toBeLessThan(10);
    expect(left.left).toEqual([]);
  });

  test('of two processes that have one each, the older goes first', async () => {
    const b = await twoProcesses(1);
    await bench.campaign(b.senderId, 1, { single: true });
    const other = await bench.ledger.sending.feed({ senderId: b.senderId, limit: 9, batchSize: 9 });
    await b.announce();
    expect((await b.claim('two', [...b.list, ...other])).claimed).toEqual([]);
    expect(b.isSingle(await b.claim('bulk', b.list))).toEqual([]);
    expect(b.isSingle(await b.claim('one', b.single))).toEqual([true]);
    // It has nothing now, and the younger one has been said too.
    expect((await b.claim('one', b.list)).claimed).toEqual([]);
    expect((await b.claim('two', [...b.list, ...other])).claimed).toMatchObject([
      { batch: only(other).batch },
    ]);
  });

  test('a process that is gone with the oldest holds up nobody for long, whatever others say', async () => {
    const b = await twoProcesses(1);
    await bench.campaign(b.senderId, 1, { single: true });
    const other = await bench.ledger.sending.feed({ senderId: b.senderId, limit: 9, batchSize: 9 });
    await b.announce();
    expect((await b.claim('two', other)).claimed).toEqual([]);
    await bench.rows(
      `update senders set singles_until[1] = clock_timestamp() - interval '1 ms' where id = $1 and singles[1] = $2`,
      [b.senderId, only(b.single).batch],
    );
    expect((await b.claim('two', other)).claimed).toHaveLength(1);
  });

  test('claims that missed their send time do not go before it, in its own process or another', async () => {
    const b = await twoProcesses(1);
    const missed = (await b.claim('one', b.list)).claimed;
    expect(missed).toHaveLength(1);
    await b.announce();
    const elsewhere = await b.claim('bulk', [], missed);
    expect([elsewhere.again, elsewhere.lost]).toEqual([[], []]);
    const here = await b.claim('one', b.single, missed);
    expect([b.isSingle(here), here.again, here.lost]).toEqual([[true], [], []]);
    expect((await b.claim('one', [], missed)).again).toHaveLength(1);
  });

  test.each([
    ['went back', 'campaign', `update requests set state = 'pending' where campaign_id = $1`],
    ['was stopped', 'campaign', `update campaigns set state = 'paused' where id = $1`],
    [
      'is in the hands of a process that has not claimed for two seconds',
      'sender',
      `update senders set singles_until = array[clock_timestamp()] where id = $1`,
    ],
  ])('one that %s holds up nobody', async (_why, of, sql) => {
    const b = await twoProcesses(1);
    await b.announce();
    await bench.rows(sql, [of === 'sender' ? b.senderId : b.campaignId]);
    expect(b.isSingle(await b.claim('bulk', b.list))).toEqual([false]);
  });

  test('what a process has said holds for two seconds', async () => {
    const b = await twoProcesses(1);
    await b.announce();
    const [row] = await bench.rows<{ singles: string[]; ms: number }>(
      `select singles, (extract(epoch from singles_until[1] - claimed_at) * 1000)::float8 as ms from senders where id = $1`,
      [b.senderId],
    );
    expect(row).toEqual({ singles: [String(only(b.single).batch)], ms: 2_000 });
  });
});

test('at a rate at which each process has a share, nobody leaves a send time to another', async () => {
  const b = await twoProcesses(100);
  await bench.rows(
    `update senders set singles = $2, singles_until = array[clock_timestamp() + interval '2 s'] where id = $1`,
    [b.senderId, [only(b.single).batch]],
  );
  expect((await b.claim('bulk', b.list)).claimed.length).toBeGreaterThan(0);
});
