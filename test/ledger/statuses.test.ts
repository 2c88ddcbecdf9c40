import { describe, expect, test } from '@jest/globals';
import type { StatusEvent } from '../../src/core/ports/index.ts';
import { applyStatus } from '../support/apply-status.ts';
import { evidenceOn } from './evidence-bench.ts';
import { accepted, all, only, rejected, unsent, useLedger } from './support.ts';

const bench = useLedger();

const { at, claimed, unsure, row, kept, status } = evidenceOn(bench);

describe('invariant 6: a status webhook only moves things forward', () => {
  test('it settles an uncertain request and brings its wamid, also in a completed campaign', async () => {
    const { id, claim } = await unsure();
    await bench.ledger.evidence.recordCheck({ ...claim, state: 'uncertain', finding: 'none' });
    await bench.ledger.sending.completeCampaigns();
    const applied = await status(claim, 'sent');
    expect(applied).toMatchObject({ applied: true, was: 'uncertain', state: 'accepted' });
    expect(await row(claim)).toMatchObject({ state: 'accepted', delivery: 'sent', check_at: null });
    expect((await bench.ledger.campaigns.get(id))?.counts).toMatchObject({ accepted: 1 });
  });

  test('one that overtakes the reply accepts it; the reply then changes nothing but is kept', async () => {
    const { senderId, claim } = await claimed();
    expect(await status(claim, 'delivered')).toMatchObject({ was: 'sending', state: 'accepted' });
    const answers = await bench.ledger.sending.record([rejected(claim)]);
    expect(answers).toMatchObject([{ applied: false, state: 'accepted' }]);
    expect(await bench.asked(senderId, claim.to)).toBe(1);
  });

  const ORDERS: [string, StatusEvent['status'][], string][] = [
    ['in order', ['sent', 'delivered', 'read'], 'read'],
    ['in reverse', ['read', 'delivered', 'sent'], 'read'],
    ['doubled', ['sent', 'sent', 'delivered', 'delivered', 'sent'], 'delivered'],
    ['failed', ['sent', 'failed'], 'failed'],
    ['failed after delivered: delivered wins', ['delivered', 'failed'], 'delivered'],
    ['delivered after failed: delivered wins', ['failed', 'delivered'], 'delivered'],
    ['sent after failed', ['failed', 'sent'], 'failed'],
    ['failed after read', ['read', 'failed'], 'read'],
  ];
  test.each(ORDERS)('%s', async (_, statuses, delivery) => {
    const { claim } = await claimed();
    await bench.ledger.sending.record([accepted(claim)]);
    for (const one of statuses)
      await status(claim, one, {
        ...(one === 'failed' ? { error: { code: 131026, message: 'undeliverable' } } : {}),
      });
    expect(await row(claim)).toMatchObject({
      state: 'accepted',
      delivery,
      error_code: delivery === 'failed' ? 131026 : null,
    });
  });

  test('times are those of the first status of their kind', async () => {
    const { claim } = await claimed();
    await bench.ledger.sending.record([accepted(claim)]);
    await status(claim, 'read', { at: at(5) });
    await status(claim, 'delivered', { at: at(4) });
    await status(claim, 'delivered', { at: at(9) });
    expect(await row(claim)).toMatchObject({
      delivered_at: at(4),
      read_at: at(5),
      delivery: 'read',
    });
  });

  test('one of an older attempt, while the next is being sent, is kept as a proof: it is not asked a third time', async () => {
    const { senderId, claim } = await claimed();
    await bench.ledger.sending.record([
      { ...rejected(claim, 131000), state: 'pending', reason: 'retry', delayMs: 0 },
    ]);
    const second = only(await bench.claim(senderId));
    expect(await status(claim, 'delivered')).toMatchObject({ applied: false, state: 'sending' });
    expect(await row(claim)).toMatchObject({ state: 'sending', fence: second.fence });
    expect((await kept(claim)).at(-1)).toMatchObject({
      fence: 1,
      outcome: 'status: delivered',
      applied: false,
    });
    await bench.ledger.sending.record([unsent(second)]);
    expect(await row(claim)).toMatchObject({ state: 'accepted' });
    expect(await bench.claim(senderId)).toEqual([]);
  });

  test('one without our id is found by its wamid; one of nobody of ours is nothing', async () => {
    const { claim } = await claimed();
    await bench.ledger.sending.record([accepted(claim)]);
    const { evidence } = bench.ledger;
    const wamid = `wamid.${claim.request}.${claim.fence}`;
    await applyStatus(evidence, { wamid, status: 'delivered', at: at(1) });
    expect((await row(claim)).delivery).toBe('delivered');
    const nobody = { wamid: 'wamid.of.somebody', status: 'read', at: at(1) } as const;
    expect(await applyStatus(evidence, nobody)).toBeUndefined();
    expect(
      await applyStatus(evidence, { ...nobody, request: '999999999', fence: 1 }),
    ).toBeUndefined();
  });

  test('a failed one sets delivery and error and never causes a POST', async () => {
    const { senderId, id, claim } = await claimed();
    await bench.ledger.sending.record([accepted(claim)]);
    await status(claim, 'failed', { error: { code: 131049, message: 'not delivered' } });
    expect(await row(claim)).toMatchObject({ state: 'accepted', error_message: 'not delivered' });
    expect(await bench.asked(senderId, claim.to)).toBe(1);
    expect(await bench.ledger.sending.feed({ senderId, limit: 9, batchSize: 250 })).toEqual([]);
    await bench.ledger.sending.completeCampaigns();
    expect((await bench.ledger.campaigns.get(id))?.state).toBe('completed');
  });

  test('one for a request that met a granted permission: it is accepted, and the permission stays booked', async () => {
    const { claim, senderId } = await claimed();
    await bench.ledger.sending.record([
      { ...rejected(claim, 138017), state: 'already-granted', giveBackAllowance: false },
    ]);
    await status(claim, 'sent');
    expect((await row(claim)).state).toBe('accepted');
    const booked = await all(bench.ledger.book.entries({ to: claim.to }));
    expect(booked).toMatchObject([{ senderId, state: 'permanent' }]);
  });

  test('one for a row judged not to have gone out: it did, and its allowance is used again', async () => {
    const { senderId, claim } = await unsure();
    await bench.ledger.evidence.recordCheck({ ...claim, state: 'pending', finding: 'zero' });
    await status(claim, 'delivered');
    expect((await row(claim)).state).toBe('accepted');
    expect(await bench.asked(senderId, claim.to)).toBe(1);
    expect(await bench.ledger.sending.feed({ senderId, limit: 9, batchSize: 250 })).toEqual([]);
  });
});
