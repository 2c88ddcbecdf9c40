import { describe, expect, test } from '@jest/globals';
import type { ClaimedRequest } from '../../src/core/ports/index.ts';
import { evidenceOn } from './evidence-bench.ts';
import { accepted, newNumber, only, rejected, uncertain, useLedger } from './support.ts';

const bench = useLedger();

const HOUR = 3_600_000;
const { claimed, unsure, row, kept, status } = evidenceOn(bench);

describe('taking a check', () => {
  const take = (senderId: string, paceMs = 270) =>
    bench.ledger.evidence.takeCheck({ senderId, putOffMs: 60_000, paceMs });

  test('only of an uncertain request, when its check is due', async () => {
    const { senderId } = await unsure(600_000);
    await bench.campaign(senderId, 1);
    await bench.claim(senderId);
    expect(await take(senderId)).toBeUndefined();
    await bench.advance(600_000);
    expect(await take(senderId)).toBeDefined();
    expect(await take(await bench.sender())).toBeUndefined();
  });

  test('names the person and what we account for ourselves', async () => {
    const { senderId, claim } = await unsure();
    expect(await take(senderId)).toMatchObject({
      request: claim.request,
      fence: claim.fence,
      to: claim.to,
      waId: claim.to.slice(1),
      waIdKnown: false,
      checks: 1,
      knownDay: 0,
      knownWeek: 0,
      resetSince: false,
      leftSince: false,
      heldSince: false,
    });
  });

  test('puts the row off, so that a process that dies only delays the check', async () => {
    const { senderId } = await unsure();
    const [one, two] = await Promise.all([take(senderId, 0), take(senderId, 0)]);
    expect([one, two].filter((c) => c !== undefined)).toHaveLength(1);
    expect(await take(senderId, 0)).toBeUndefined();
    await bench.advance(61_000);
    expect(await take(senderId, 0)).toMatchObject({ checks: 2 });
  });

  test('keeps the pace of the route over all processes', async () => {
    const { senderId, claims } = await claimed(6);
    await bench.ledger.sending.record(claims.map((c) => uncertain(c)));
    const waits: number[] = [];
    for (const check of await Promise.all([1, 2, 3].map(() => take(senderId, 5_000))))
      if (check !== undefined) waits.push(check.waitMs);
    // The second place is five seconds away: nobody takes a check that he could not make soon.
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBe(0);
    const paced = await claimed(4);
    await bench.ledger.sending.record(paced.claims.map((c) => uncertain(c)));
    const places: number[] = [];
    for (let i = 0; i < 4; i += 1) places.push((await take(paced.senderId, 270))?.waitMs ?? -1);
    expect(places[0]).toBe(0);
    // Time that passes between two calls shortens a wait, and nothing lengthens it.
    for (const [i, wait] of places.entries()) expect(wait).toBeLessThanOrEqual(i * 270);
  });

  test('counts every other time we asked this person, known or not, within its window', async () => {
    const to = newNumber();
    const senderId = await bench.sender();
    const ledger = bench.with({ pairLimit: { perDay: 9, perWeek: 9 } });
    const ask = async () => {
      await bench.campaign(senderId, [to]);
      return only(await bench.claim(senderId, { ledger }));
    };
    await bench.ledger.sending.record([accepted(await ask())]);
    await bench.advance(30 * HOUR);
    await bench.ledger.sending.record([uncertain(await ask(), 600 * HOUR)]);
    await bench.ledger.sending.record([rejected(await ask())]);
    await bench.advance(HOUR);
    await bench.ledger.sending.record([uncertain(await ask())]);
    // The refused one was given back: Meta did not take it.
    const check = await take(senderId);
    expect(check).toMatchObject({ knownDay: 1, knownWeek: 2 });
    expect(check?.ageMs).toBeLessThan(HOUR);
  });

  test('tells of a connected call since, and of messages that are held', async () => {
    const { senderId, claims } = await claimed(2);
    const [doubt, held] = claims as [ClaimedRequest, ClaimedRequest];
    await bench.ledger.sending.record([
      uncertain(doubt),
      { ...accepted(held), messageStatus: 'held_for_quality_assessment' },
    ]);
    await bench.rows('update pairs set reset_at = now_() where sender_id = $1', [senderId]);
    expect(await take(senderId)).toMatchObject({ heldSince: true, resetSince: true });
  });

  test("tells of a person who has left the number since: the count is somebody else's", async () => {
    const left = async (ago: string) => {
      const { senderId, claim } = await unsure();
      await bench.rows(
        `insert into name_changes (before, after, at) values ($1, $1 || '0', now_() - $2::interval)`,
        [claim.to.slice(1), ago],
      );
      return (await take(senderId))?.leftSince;
    };
    expect([await left('0 s'), await left('1 hour')]).toEqual([true, false]);
  });

  test('knows a wa_id that Meta has named before, in any campaign', async () => {
    const first = await claimed();
    await bench.ledger.sending.record([
      { ...accepted(first.claim), waId: first.claim.to.slice(1) },
    ]);
    const senderId = await bench.sender();
    await bench.campaign(senderId, [first.claim.to]);
    await bench.ledger.sending.record([uncertain(only(await bench.claim(senderId)))]);
    expect(await take(senderId)).toMatchObject({ waIdKnown: true });
  });
});

describe('the finding of a check', () => {
  test('went out: accepted without a wamid, which a webhook brings later', async () => {
    const { senderId, claim } = await unsure();
    const { evidence } = bench.ledger;
    expect(await evidence.recordCheck({ ...claim, state: 'accepted', finding: 'one more' })).toBe(
      true,
    );
    expect(await row(claim)).toMatchObject({ state: 'accepted', wamid: null, check_at: null });
    expect(await bench.asked(senderId, claim.to)).toBe(1);
    await status(claim, 'delivered');
    expect(await row(claim)).toMatchObject({ wamid: expect.any(String), delivery: 'delivered' });
  });

  test('did not go out: pending again under the same fence, its allowance free', async () => {
    const { senderId, claim } = await unsure();
    await bench.ledger.evidence.recordCheck({ ...claim, state: 'pending', finding: 'zero' });
    expect(await row(claim)).toMatchObject({ state: 'pending', fence: 1 });
    expect(await bench.asked(senderId, claim.to)).toBe(0);
    expect(only(await bench.claim(senderId)).fence).toBe(2);
  });

  test('in a cancelled campaign nobody is asked again: cancelled', async () => {
    const { id, claim } = await unsure();
    await bench.ledger.campaigns.transition({ id, from: ['running'], to: 'cancelled' });
    await bench.ledger.evidence.recordCheck({ ...claim, state: 'pending', finding: 'zero' });
    expect((await row(claim)).state).toBe('cancelled');
  });

  test('nothing learned: uncertain with the finding noted, checked again or never', async () => {
    const { claim } = await unsure();
    const { evidence } = bench.ledger;
    await evidence.recordCheck({ ...claim, state: 'uncertain', againAfterMs: 5_000 });
    expect((await row(claim)).check_at).toBeInstanceOf(Date);
    await evidence.recordCheck({ ...claim, state: 'uncertain', finding: 'It cannot be checked.' });
    expect(await row(claim)).toMatchObject({ check_at: null, finding: 'It cannot be checked.' });
  });

  test('for a request that moved on meanwhile, or another fence, changes nothing', async () => {
    const { claim } = await unsure();
    const { evidence } = bench.ledger;
    const finding = { state: 'pending', finding: 'zero' } as const;
    expect(await evidence.recordCheck({ ...finding, request: claim.request, fence: 2 })).toBe(
      false,
    );
    await status(claim, 'sent');
    expect(await evidence.recordCheck({ ...claim, ...finding })).toBe(false);
    expect((await row(claim)).state).toBe('accepted');
  });
});

describe('an operator’s decision', () => {
  const settle = (campaignId: string, as: 'accepted' | 'rejected', n = 1) =>
    bench.ledger.evidence.settle({ campaignId, row: n, as });

  test.each([
    ['accepted', 1],
    ['rejected', 0],
  ] as const)('settles an uncertain row as %s', async (as, asked) => {
    const { senderId, id, claim } = await unsure(900_000);
    expect(await settle(id, as)).toMatchObject({ settled: true });
    expect(await row(claim)).toMatchObject({
      state: as,
      check_at: null,
      finding: 'Settled by hand.',
    });
    expect(await bench.asked(senderId, claim.to)).toBe(asked);
    expect((await kept(claim)).at(-1)).toMatchObject({ outcome: `settled: ${as}` });
  });

  test('settles nothing else', async () => {
    const { id, claim } = await claimed();
    expect(await settle(id, 'rejected')).toEqual({ settled: false, state: 'sending' });
    await bench.ledger.sending.record([accepted(claim)]);
    expect(await settle(id, 'rejected')).toEqual({ settled: false, state: 'accepted' });
    expect(await settle(id, 'rejected', 2)).toBeUndefined();
  });

  test('asks again those that ended in a state, in a completed campaign too, once each', async () => {
    const { senderId, id, claims } = await claimed(3);
    const [a, b, c] = claims as [ClaimedRequest, ClaimedRequest, ClaimedRequest];
    await bench.ledger.sending.record([rejected(a), uncertain(b), accepted(c)]);
    await bench.ledger.evidence.recordCheck({ ...b, state: 'uncertain', finding: 'nothing' });
    await bench.ledger.sending.completeCampaigns();
    const retry = () =>
      bench.ledger.evidence.retry({ campaignId: id, states: ['uncertain', 'rejected'] });
    const [one, two] = await Promise.all([retry(), retry()]);
    expect((one?.retried ?? 0) + (two?.retried ?? 0)).toBe(2);
    expect((await bench.ledger.campaigns.get(id))?.state).toBe('running');
    expect(await bench.states(id)).toEqual(['pending', 'pending', 'accepted']);
    const again = await bench.claim(senderId);
    expect(again.map((claim) => [claim.fence, claim.attempts])).toEqual([
      [2, 1],
      [2, 1],
    ]);
    expect(await bench.asked(senderId, b.to)).toBe(1);
  });

  test('asks again by error code, and never a double', async () => {
    const to = newNumber();
    const { id, claims } = await claimed([to, newNumber(), to]);
    const [a, b] = claims as [ClaimedRequest, ClaimedRequest];
    await bench.ledger.sending.record([rejected(a, 131026), rejected(b, 131021)]);
    const states = ['rejected', 'skipped'] as const;
    const retry = (errorCode?: number) =>
      bench.ledger.evidence.retry({
        campaignId: id,
        states,
        ...(errorCode === undefined ? {} : { errorCode }),
      });
    expect((await retry(131021))?.retried).toBe(1);
    expect(await bench.states(id)).toEqual(['rejected', 'pending', 'skipped']);
    expect((await retry())?.retried).toBe(1);
    expect(await bench.states(id)).toEqual(['pending', 'pending', 'skipped']);
  });

  test('evidence of the attempt before still counts until the next claim, not after', async () => {
    const { senderId, id, claim } = await unsure();
    await bench.ledger.evidence.retry({ campaignId: id, states: ['uncertain'] });
    await status(claim, 'delivered');
    expect((await row(claim)).state).toBe('accepted');
    expect(await bench.asked(senderId, claim.to)).toBe(1);
    expect(await bench.claim(senderId)).toEqual([]);
  });
});
