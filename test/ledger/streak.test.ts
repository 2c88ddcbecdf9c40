import { describe, expect, test } from '@jest/globals';
import type { ClaimedRequest } from '../../src/core/ports/index.ts';
import { accepted, rejected, useLedger } from './support.ts';

const bench = useLedger();

const reason = (code: number) =>
  ({ by: 'us', scope: 'campaign', code, message: `Meta refused with ${code}` }) as const;

async function claimed(people: number) {
  const senderId = await bench.sender();
  const id = await bench.campaign(senderId, people);
  return { senderId, id, claims: await bench.claim(senderId) };
}

async function refuse(id: string, claim: ClaimedRequest, code = 100): Promise<boolean> {
  await bench.ledger.sending.record([rejected(claim, code)]);
  return bench.ledger.sending.streak({
    key: String(code),
    campaignId: id,
    attempts: [claim],
    enough: 5,
    reason: reason(code),
  });
}

async function refuseAll(id: string, claims: readonly ClaimedRequest[], code?: number) {
  const paused: boolean[] = [];
  for (const claim of claims) paused.push(await refuse(id, claim, code));
  return paused;
}

const state = async (id: string) => (await bench.ledger.campaigns.get(id))?.state;

describe('equal refusals that are not about the person', () => {
  test('five in a row pause the campaign, and all five go back to pending, uncounted', async () => {
    const { senderId, id, claims } = await claimed(5);
    expect(await refuseAll(id, claims)).toEqual([false, false, false, false, true]);
    expect(await bench.ledger.campaigns.get(id)).toMatchObject({
      state: 'paused',
      reason: reason(100),
    });
    expect(await bench.states(id)).toEqual(Array(5).fill('pending'));
    await bench.ledger.campaigns.transition({ id, from: ['paused'], to: 'running' });
    expect((await bench.claim(senderId)).map((c) => c.attempts)).toEqual([1, 1, 1, 1, 1]);
  });

  test('those in flight at that moment go back too', async () => {
    const { id, claims } = await claimed(8);
    expect((await refuseAll(id, claims)).slice(4)).toEqual([true, true, true, true]);
    expect(new Set(await bench.states(id))).toEqual(new Set(['pending']));
  });

  test('an acceptance between them ends the streak: those before it were about the person', async () => {
    const { id, claims } = await claimed(9);
    await refuseAll(id, claims.slice(0, 4));
    await bench.ledger.sending.record([accepted(claims[4] as ClaimedRequest)]);
    expect(await refuseAll(id, claims.slice(5))).toEqual([false, false, false, false]);
    expect(await state(id)).toBe('running');
    expect((await bench.states(id)).filter((s) => s === 'rejected')).toHaveLength(8);
  });

  test('another code begins another streak', async () => {
    const { id, claims } = await claimed(8);
    await refuseAll(id, claims.slice(0, 4), 100);
    await refuseAll(id, claims.slice(4), 131008);
    expect(await state(id)).toBe('running');
  });

  test('rows of an earlier streak stay refused', async () => {
    const { id, claims } = await claimed(10);
    await refuseAll(id, claims.slice(0, 4));
    await bench.ledger.sending.record([accepted(claims[4] as ClaimedRequest)]);
    await refuseAll(id, claims.slice(5));
    expect(await state(id)).toBe('paused');
    const states = await bench.states(id);
    expect(states.filter((s) => s === 'rejected')).toHaveLength(4);
    expect(states.filter((s) => s === 'pending')).toHaveLength(5);
  });

  test('a campaign resumed by a person counts from zero', async () => {
    const { senderId, id, claims } = await claimed(5);
    await refuseAll(id, claims);
    await bench.ledger.campaigns.transition({ id, from: ['paused'], to: 'running' });
    const again = await bench.claim(senderId);
    expect(await refuseAll(id, again.slice(0, 4))).toEqual([false, false, false, false]);
    expect(await state(id)).toBe('running');
  });

  test('many at once: none is lost, all go back', async () => {
    const { id, claims } = await claimed(12);
    await Promise.all(claims.map((claim) => refuse(id, claim)));
    expect(await state(id)).toBe('paused');
    expect(new Set(await bench.states(id))).toEqual(new Set(['pending']));
  });

  test('a campaign that a person paused meanwhile keeps that reason', async () => {
    const { id, claims } = await claimed(5);
    const byHand = { by: 'person', message: 'paused by hand' } as const;
    await bench.ledger.campaigns.transition({
      id,
      from: ['running'],
      to: 'paused',
      reason: byHand,
    });
    await refuseAll(id, claims);
    expect((await bench.ledger.campaigns.get(id))?.reason).toEqual(byHand);
  });
});

describe('--max-errors', () => {
  async function bounded(maxErrors: { count: number } | { percent: number }, people: number) {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, people, { maxErrors });
    return { id, claims: await bench.claim(senderId) };
  }

  test('a number: one more than that pauses the campaign, with the figures', async () => {
    const { id, claims } = await bounded({ count: 2 }, 4);
    const [a, b, c, d] = claims as [ClaimedRequest, ClaimedRequest, ClaimedRequest, ClaimedRequest];
    await bench.ledger.sending.record([rejected(a), rejected(b), accepted(c)]);
    expect(await state(id)).toBe('running');
    await bench.ledger.sending.record([rejected(d)]);
    const campaign = await bench.ledger.campaigns.get(id);
    expect(campaign).toMatchObject({ state: 'paused', reason: { by: 'us', scope: 'campaign' } });
    expect(campaign?.reason?.message).toContain('3 of 4');
  });

  test('percent: counts once twenty are settled', async () => {
    const { id, claims } = await bounded({ percent: 10 }, 40);
    await bench.ledger.sending.record(claims.slice(0, 3).map((c) => rejected(c)));
    expect(await state(id)).toBe('running');
    await bench.ledger.sending.record(claims.slice(3, 30).map(accepted));
    expect(await state(id)).toBe('running');
    await bench.ledger.sending.record(claims.slice(30, 32).map((c) => rejected(c)));
    expect(await state(id)).toBe('paused');
  });
});
