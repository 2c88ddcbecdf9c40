/** What people are told of a campaign: when it starts, who waits until when, what Meta holds back. */
import { describe, expect, test } from '@jest/globals';
import { forecast } from '../../src/core/pace/forecast.ts';
import { accepted, only, rejected, uncertain, useLedger } from './support.ts';

const bench = useLedger();

const HOUR = 3_600_000;

/** How far ahead a time is, in hours. */
const hoursAhead = (at: Date | null | undefined) =>
  at == null ? null : Math.round((at.getTime() - Date.now()) / HOUR);

describe('people are told', () => {
  test('when a running campaign starts, until it does', async () => {
    const senderId = await bench.sender();
    const startAt = new Date(Date.now() + 2 * HOUR);
    const id = await bench.campaign(senderId, 1, { startAt });
    const drafted = await bench.campaign(senderId, 1, { startAt, start: false });
    const past = await bench.campaign(senderId, 1, { startAt: new Date(Date.now() - HOUR) });
    const { campaigns } = bench.ledger;
    expect(await campaigns.get(id)).toMatchObject({ state: 'running', scheduledFor: startAt });
    expect((await campaigns.list({ limit: 50 })).find((c) => c.id === id)?.scheduledFor).toEqual(
      startAt,
    );
    expect(await campaigns.get(drafted)).toMatchObject({ state: 'draft', scheduledFor: null });
    expect(await campaigns.get(past)).toMatchObject({ state: 'running', scheduledFor: null });
  });

  test('what Meta said of those it took, where that is not simply `accepted`', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 5);
    const claims = await bench.claim(senderId);
    const said = [
      'accepted',
      'held_for_quality_assessment',
      'held_for_quality_assessment',
      'new_one',
    ];
    await bench.ledger.sending.record(
      said.flatMap((messageStatus, i) => {
        const claim = claims[i];
        return claim === undefined ? [] : [{ ...accepted(claim), messageStatus }];
      }),
    );
    const found = await bench.ledger.campaigns.get(id);
    expect(found?.messageStatuses).toEqual({ held_for_quality_assessment: 2, new_one: 1 });
    expect(found?.counts).toMatchObject({ accepted: 4, sending: 1, pending: 0 });
    const listed = (await bench.ledger.campaigns.list({ limit: 50 })).find((c) => c.id === id);
    // With its place in the list beside.
    expect(listed).toEqual({ ...found, place: expect.any(Number) });
  });

  test('until when somebody waits whom another system asked (138009), before a claim has looked', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 1);
    const claim = only(await bench.claim(senderId));
    await bench.ledger.sending.record([
      {
        ...rejected(claim, 138_009),
        ...{
          state: 'pending',
          reason: 'pair-limit',
          giveBackAllowance: false,
          countAttempt: false,
        },
      },
    ]);
    const { campaigns } = bench.ledger;
    expect(hoursAhead(only(await campaigns.reasons(id)).nextAt)).toBe(24);
    const progress = await campaigns.progress(id);
    expect(progress).toMatchObject({ later: 1, laterChecks: 0, counts: { pending: 1 } });
    expect(hoursAhead(progress?.nextDueAt)).toBe(24);
    const input = await campaigns.forecast(id);
    const found = input && forecast(input);
    expect(found).toMatchObject({ asks: 1 });
    expect(hoursAhead(new Date(found?.doneAtMs ?? 0))).toBe(24);
  });

  test('no time for what is due now, and none that is over', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 2);
    const [first] = await bench.claim(senderId);
    if (first === undefined) throw new Error('expected a claim');
    await bench.ledger.sending.record([uncertain(first, 0)]);
    const { campaigns } = bench.ledger;
    expect((await campaigns.reasons(id)).map((r) => r.nextAt)).toEqual([null, null]);
    expect(await campaigns.progress(id)).toMatchObject({ nextDueAt: null, later: 0 });
  });

  test('checks of uncertain ones apart from people who are asked later', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 1);
    await bench.ledger.sending.record([uncertain(only(await bench.claim(senderId)), HOUR)]);
    expect(await bench.ledger.campaigns.progress(id)).toMatchObject({ later: 1, laterChecks: 1 });
  });
});
