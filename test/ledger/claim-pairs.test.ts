import { describe, expect, test } from '@jest/globals';
import type { QueuedRow } from '../../src/core/ports/index.ts';
import {
  claimRows,
  feedRows,
  LEASE_MS,
  newClaimId,
  newNumber,
  only,
  toClaim,
  useLedger,
} from './support.ts';

const bench = useLedger();

describe('invariant 5: the pair limit is reserved in the claim', () => {
  test('over all campaigns: of two rows of one person one is claimed, and the person is booked once', async () => {
    const to = newNumber();
    const senderId = await bench.sender();
    await bench.campaign(senderId, [to]);
    await bench.campaign(senderId, [to]);
    const jobs = await feedRows(bench, { senderId, limit: 2 });
    expect(await claimRows(bench, senderId, jobs)).toHaveLength(1);
    expect(await bench.asked(senderId, to)).toBe(1);
    expect(await claimRows(bench, senderId, jobs)).toEqual([]);
  });

  test('by two claimers at once, one has the person', async () => {
    const numbers = Array.from({ length: 30 }, newNumber);
    const senderId = await bench.sender();
    await bench.campaign(senderId, numbers);
    const one = await feedRows(bench, { senderId, limit: 30 });
    await bench.campaign(senderId, numbers.toReversed());
    const two = await feedRows(bench, { senderId, limit: 30 });
    const claim = (jobs: readonly QueuedRow[], worker: string) =>
      bench.ledger.sending.claim({
        claimId: newClaimId(),
        senderId,
        batches: toClaim(jobs),
        worker,
        leaseMs: LEASE_MS,
      });
    const [a, b] = await Promise.all([claim(one, 'a'), claim(two, 'b')]);
    const people = [...a.claimed, ...b.claimed].map((c) => c.to);
    expect(people).toHaveLength(30);
    expect(new Set(people).size).toBe(30);
  });

  test('is of a sender and a person: another sender may ask', async () => {
    const to = newNumber();
    for (const senderId of [await bench.sender(), await bench.sender()]) {
      await bench.campaign(senderId, [to]);
      expect(await bench.claim(senderId)).toHaveLength(1);
    }
  });

  test('knows a person by the wa_id once Meta has named it', async () => {
    const senderId = await bench.sender();
    const [number, same] = ['+5511987654321', '+551187654321'];
    await bench.campaign(senderId, [number]);
    const claim = only(await bench.claim(senderId));
    await bench.ledger.sending.record([
      {
        ...claim,
        state: 'accepted',
        outcome: 'accepted',
        countAttempt: true,
        giveBackAllowance: false,
        wamid: 'wamid.1',
        waId: '551187654321',
      },
    ]);
    // What was asked under the number counts under all names of the person, and stays where it is.
    await bench.campaign(senderId, [number]);
    await bench.campaign(senderId, [same]);
    expect(await bench.claim(senderId)).toEqual([]);
    expect(await bench.asked(senderId, same)).toBe(0);
    expect(await bench.asked(senderId, number)).toBe(1);
  });

  test('frees after 24 hours, and the third time within 7 days only then', async () => {
    const to = newNumber();
    const senderId = await bench.sender();
    const ask = async () => {
      await bench.campaign(senderId, [to]);
      const claimed = await bench.claim(senderId);
      return claimed.length;
    };
    expect(await ask()).toBe(1);
    await bench.advance(23 * 3_600_000);
    expect(await ask()).toBe(0);
    await bench.advance(2 * 3_600_000);
    expect(await ask()).toBe(1);
    await bench.advance(25 * 3_600_000);
    expect(await ask()).toBe(0);
    await bench.advance(5 * 24 * 3_600_000);
    expect(await ask()).toBe(1);
    expect(await bench.asked(senderId, to)).toBe(2);
  });

  test('of a sandbox number is larger', async () => {
    const to = newNumber();
    const senderId = await bench.sender();
    const sandbox = bench.with({ pairLimit: { perDay: 3, perWeek: 100 } });
    const claimed = [];
    for (let i = 0; i < 4; i += 1) {
      await bench.campaign(senderId, [to]);
      claimed.push(...(await bench.claim(senderId, { ledger: sandbox })));
    }
    expect(claimed).toHaveLength(3);
  });
});
