import { describe, expect, test } from '@jest/globals';
import type { CampaignState } from '../../src/core/campaign.ts';
import {
  accepted,
  all,
  feedRows,
  LEASE_MS,
  newClaimId,
  newNumber,
  only,
  spec,
  toClaim,
  uncertain,
  unsent,
  useLedger,
} from './support.ts';

const bench = useLedger();

describe('moving a campaign', () => {
  test('happens from the states named, and says so', async () => {
    const id = await bench.campaign(await bench.sender(), 1, { start: false });
    const { campaigns } = bench.ledger;
    expect(await campaigns.transition({ id, from: ['draft'], to: 'running' })).toMatchObject({
      moved: true,
      state: 'running',
    });
    expect(await campaigns.transition({ id, from: ['draft'], to: 'running' })).toMatchObject({
      moved: false,
      state: 'running',
    });
    expect((await campaigns.get(id))?.startedAt).toBeInstanceOf(Date);
  });

  test('of one that is not there gives nothing', async () => {
    const gone = { id: 'nobody', from: ['draft' as const], to: 'running' as const };
    expect(await bench.ledger.campaigns.transition(gone)).toBeUndefined();
    expect(await bench.ledger.campaigns.get('nobody')).toBeUndefined();
    expect(await bench.ledger.campaigns.progress('nobody')).toBeUndefined();
  });

  test('a pause keeps its reason, a resume takes it away and keeps the first start', async () => {
    const id = await bench.campaign(await bench.sender(), 1);
    const { campaigns } = bench.ledger;
    const { startedAt } = (await campaigns.get(id)) ?? {};
    const reason = { by: 'person', message: 'paused by hand' } as const;
    await campaigns.transition({ id, from: ['running'], to: 'paused', reason });
    expect(await campaigns.get(id)).toMatchObject({ state: 'paused', reason });
    await campaigns.transition({ id, from: ['paused'], to: 'running' });
    expect(await campaigns.get(id)).toMatchObject({ state: 'running', reason: null, startedAt });
  });

  test('two at once move it once', async () => {
    const id = await bench.campaign(await bench.sender(), 1, { start: false });
    const start = () => bench.ledger.campaigns.transition({ id, from: ['draft'], to: 'running' });
    const moved = await Promise.all([start(), start(), start()]);
    expect(moved.filter((m) => m?.moved)).toHaveLength(1);
  });

  test('cancelling takes what is not sent along and leaves what may have been', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 5);
    const claims = await bench.claim(senderId);
    await bench.ledger.sending.record([
      accepted(claims[0] as (typeof claims)[0]),
      uncertain(claims[1] as (typeof claims)[0], 60_000),
    ]);
    await bench.ledger.sending.record([unsent(claims[2] as (typeof claims)[0])]);
    await feedRows(bench, { senderId, limit: 1 });
    await bench.ledger.sending.record([unsent(claims[3] as (typeof claims)[0])]);
    expect(await bench.states(id)).toEqual([
      'accepted',
      'uncertain',
      'queued',
      'pending',
      'sending',
    ]);
    await bench.ledger.campaigns.transition({ id, from: ['running'], to: 'cancelled' });
    expect(await bench.states(id)).toEqual([
      'accepted',
      'uncertain',
      'cancelled',
      'cancelled',
      'sending',
    ]);
  });
});

describe('reading campaigns', () => {
  test('the list shows the newest first, with counts', async () => {
    const senderId = await bench.sender();
    const old = await bench.campaign(senderId, 1);
    const fresh = await bench.campaign(senderId, 2);
    const listed = await bench.ledger.campaigns.list({ limit: 2 });
    expect(listed.map((c) => c.id)).toEqual([fresh, old]);
    expect(listed.map((c) => c.counts.pending)).toEqual([2, 1]);
  });

  test('progress tells what is due later, the next due time, and which uncertain ones are open', async () => {
    const senderId = await bench.sender();
    const notBefore = new Date(Date.now() + 3_600_000);
    const id = await bench.campaign(senderId, 2, { recipient: { notBefore } });
    await bench.ledger.campaigns.transition({ id, from: ['running'], to: 'loading' });
    const three = [3, 4, 5].map((row) => ({ row, to: newNumber(), parameters: {} }));
    await bench.add(
      id,
      senderId,
      three.map((recipient) => ({ kind: 'recipient', recipient })),
    );
    await bench.ledger.campaigns.transition({ id, from: ['loading'], to: 'running' });
    const [soon, late, over] = await bench.claim(senderId);
    if (!soon || !late || !over) throw new Error('expected three claims');
    await bench.ledger.sending.record([
      uncertain(soon, 60_000),
      uncertain(late, 900_000),
      uncertain(over, 0),
    ]);
    await bench.ledger.evidence.recordCheck({ ...over, state: 'uncertain', finding: 'checked' });
    const progress = await bench.ledger.campaigns.progress(id);
    expect(progress).toMatchObject({
      state: 'running',
      counts: { pending: 2, uncertain: 3 },
      later: 3,
      uncertainOpen: 2,
      budgetWait: null,
    });
    const due = progress?.nextDueAt?.getTime() ?? 0;
    expect(Math.abs(due - Date.now() - 60_000)).toBeLessThan(20_000);
  });
});

describe('completing campaigns', () => {
  const complete = async () => bench.ledger.sending.completeCampaigns();

  test.each(['pending', 'queued', 'sending'])('one with a %s request goes on', async (state) => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 1);
    if (state !== 'pending') {
      const jobs = await feedRows(bench, { senderId, limit: 1 });
      if (state === 'sending')
        await bench.ledger.sending.claim({
          claimId: newClaimId(),
          senderId,
          batches: toClaim(jobs),
          worker: 'w',
          leaseMs: LEASE_MS,
        });
    }
    expect(await bench.states(id)).toEqual([state]);
    expect(await complete()).not.toContain(id);
  });

  test('one whose requests are all final is completed, once', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 1);
    await bench.ledger.sending.record((await bench.claim(senderId)).map(accepted));
    const [one, two] = await Promise.all([complete(), complete()]);
    expect([...one, ...two].filter((c) => c === id)).toEqual([id]);
    expect(await bench.ledger.campaigns.get(id)).toMatchObject({
      state: 'completed',
      endedAt: expect.any(Date),
    });
  });

  test('an uncertain request keeps it open until its check is made', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 1);
    const claim = only(await bench.claim(senderId));
    await bench.ledger.sending.record([uncertain(claim, 900_000)]);
    expect(await complete()).not.toContain(id);
    await bench.ledger.evidence.recordCheck({ ...claim, state: 'uncertain', finding: 'nothing' });
    expect(await complete()).toContain(id);
  });

  test.each(['loading', 'draft', 'paused', 'cancelled'] as CampaignState[])(
    'one that is %s is left alone',
    async (state) => {
      const id = await bench.campaign(await bench.sender(), 0, { start: false });
      await bench.ledger.campaigns.transition({ id, from: ['draft'], to: state });
      expect(await complete()).not.toContain(id);
    },
  );
});

describe('a cancelled campaign keeps nothing that could still be asked', () => {
  test('a claim released after the cancelling is cancelled', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 1);
    const claims = await bench.claim(senderId);
    await bench.ledger.campaigns.transition({ id, from: ['running'], to: 'cancelled' });
    await bench.ledger.sending.record(claims.map(unsent));
    expect(await bench.states(id)).toEqual(['cancelled']);
  });

  test('the export of a campaign says why a row was not asked', async () => {
    const id = await bench.campaign(await bench.sender(), 1);
    await bench.ledger.campaigns.transition({ id, from: ['running'], to: 'cancelled' });
    const [result] = await all(bench.ledger.campaigns.results({ id }));
    expect(result?.advice).toContain('cancelled before this person was asked');
  });

  test('a spec comes back as it was given', async () => {
    const senderId = await bench.sender();
    const given = spec(senderId, {
      parameterFormat: 'named',
      headerParameters: ['shop'],
      bodyParameters: ['first_name', 'order'],
    });
    const made = await bench.ledger.campaigns.create(given);
    expect(made).toMatchObject({ ok: true, value: { campaign: { ...given, reason: null } } });
  });
});
