import { describe, expect, test } from '@jest/globals';
import {
  accepted,
  all,
  feedRows,
  newClaimId,
  newNumber,
  only,
  rejected,
  toClaim,
  uncertain,
  useLedger,
} from './support.ts';

const bench = useLedger();
const DAY = 86_400_000;

/** Feeds and offers everything once more, and says what became of the rows. */
async function turnedAway(senderId: string, campaignId: string) {
  const jobs = await feedRows(bench, { senderId, limit: 100 });
  const claimed = await bench.ledger.sending.claim({
    claimId: newClaimId(),
    senderId,
    batches: toClaim(jobs),
    worker: 'w',
    leaseMs: 60_000,
  });
  const left = jobs.filter((j) => !claimed.claimed.some((c) => c.request === j.request));
  await bench.ledger.sending.decideUnclaimed({ senderId, rows: left });
  return bench.rows<{ state: string; reason: string | null }>(
    'select state, reason from requests where campaign_id = $1 order by row',
    [campaignId],
  );
}

const book = (
  senderId: string,
  to: string,
  status: 'temporary' | 'permanent' | 'declined' | 'revoked',
  more: { expiresAt?: Date; at?: Date } = {},
) =>
  bench.ledger.replies.bookAnswers([
    {
      ...{ senderId, key: `wamid.${to} ${status}`, person: to.slice(1), status },
      ...{ source: 'answer', at: new Date(), ...more },
    },
  ]);

describe('the opt-out list', () => {
  test('is honoured from the next claim on, for rows that are queued already', async () => {
    const [a, b] = [newNumber(), newNumber()];
    const senderId = await bench.sender();
    const campaign = await bench.campaign(senderId, [a, b]);
    const jobs = await feedRows(bench, { senderId, limit: 10 });
    expect(await bench.ledger.people.suppress({ people: [{ to: a }], source: 'import' })).toBe(1);
    const { claimed } = await bench.ledger.sending.claim({
      claimId: newClaimId(),
      senderId,
      batches: toClaim(jobs),
      worker: 'w',
      leaseMs: 60_000,
    });
    expect(only(claimed).to).toBe(b);
    await bench.ledger.sending.decideUnclaimed({ senderId, rows: jobs });
    expect(await bench.states(campaign)).toEqual(['skipped', 'sending']);
  });

  test('knows a person by the wa_id as well', async () => {
    const to = newNumber();
    const waId = newNumber().slice(1);
    const senderId = await bench.sender();
    await bench.rows('insert into wa_ids (number, wa_id) values ($1, $2)', [to, waId]);
    await bench.ledger.people.suppress({ people: [{ to: waId }], source: 'operator' });
    const campaign = await bench.campaign(senderId, [to]);
    expect(await turnedAway(senderId, campaign)).toEqual([
      { state: 'skipped', reason: 'suppressed' },
    ]);
  });

  test('131050 puts a person on it, once', async () => {
    const to = newNumber();
    const senderId = await bench.sender();
    await bench.campaign(senderId, [to]);
    const claim = only(await bench.claim(senderId));
    await bench.ledger.sending.record([{ ...rejected(claim, 131050), reason: 'suppress' }]);
    const listed = [];
    for await (const one of bench.ledger.people.suppressions({ to })) listed.push(one);
    expect(listed).toMatchObject([{ person: to.slice(1), source: 'meta' }]);
    const again = await bench.campaign(senderId, [to]);
    expect(await turnedAway(senderId, again)).toMatchObject([{ reason: 'suppressed' }]);
    expect(await bench.ledger.people.unsuppress([to])).toBe(1);
    await bench.campaign(senderId, [to]);
    expect(await bench.claim(senderId)).toHaveLength(1);
  });
});

describe('the permission book', () => {
  test.each(['temporary', 'permanent'] as const)(
    'a %s permission is not asked for',
    async (status) => {
      const to = newNumber();
      const senderId = await bench.sender();
      const expiresAt = new Date(Date.now() + DAY);
      await book(senderId, to, status, status === 'temporary' ? { expiresAt } : {});
      const campaign = await bench.campaign(senderId, [to]);
      expect(await turnedAway(senderId, campaign)).toEqual([
        { state: 'skipped', reason: 'already-granted' },
      ]);
      await bench.campaign(senderId, [to], { includeGranted: true });
      expect(await bench.claim(senderId)).toHaveLength(1);
    },
  );

  test('one that has ended may be asked for', async () => {
    const to = newNumber();
    const senderId = await bench.sender();
    await book(senderId, to, 'temporary', { expiresAt: new Date(Date.now() - DAY * 30) });
    await bench.campaign(senderId, [to]);
    expect(await bench.claim(senderId)).toHaveLength(1);
  });

  test('who took it back is not asked again, by whatever time, unless the campaign includes them', async () => {
    const to = newNumber();
    const senderId = await bench.sender();
    await book(senderId, to, 'revoked', { at: new Date(Date.now() - DAY * 300) });
    const campaign = await bench.campaign(senderId, [to]);
    expect(await turnedAway(senderId, campaign)).toEqual([
      { state: 'skipped', reason: 'declined' },
    ]);
    await bench.campaign(senderId, [to], { includeDeclined: true });
    expect(await bench.claim(senderId)).toHaveLength(1);
  });

  test('from whom Meta took it back after four calls, for seven days', async () => {
    const [a, b] = [newNumber(), newNumber()];
    const senderId = await bench.sender();
    const [{ now } = { now: new Date() }] = await bench.rows<{ now: Date }>('select now_() as now');
    await bench.ledger.replies.bookAnswers(
      [a, b].map((to, i) => ({
        ...{ senderId, key: `w.${to}`, person: to.slice(1), status: 'revoked' as const },
        ...{ source: 'automatic' as const, at: new Date(now.getTime() - (6 + 2 * i) * DAY) },
      })),
    );
    const campaign = await bench.campaign(senderId, [a, b]);
    expect(await turnedAway(senderId, campaign)).toMatchObject([
      { state: 'skipped', reason: 'declined' },
      { state: 'sending' },
    ]);
  });

  test('who declined is left alone for seven days, unless the campaign includes them', async () => {
    const [a, b] = [newNumber(), newNumber()];
    const senderId = await bench.sender();
    const [{ now } = { now: new Date() }] = await bench.rows<{ now: Date }>('select now_() as now');
    await book(senderId, a, 'declined', { at: new Date(now.getTime() - 6 * DAY) });
    await book(senderId, b, 'declined', { at: new Date(now.getTime() - 8 * DAY) });
    const campaign = await bench.campaign(senderId, [a, b]);
    expect(await turnedAway(senderId, campaign)).toEqual([
      { state: 'skipped', reason: 'declined' },
      { state: 'sending', reason: null },
    ]);
    await bench.campaign(senderId, [a], { includeDeclined: true });
    expect(await bench.claim(senderId)).toHaveLength(1);
  });

  test('138017 books a permanent permission', async () => {
    const to = newNumber();
    const senderId = await bench.sender();
    await bench.campaign(senderId, [to]);
    const claim = only(await bench.claim(senderId));
    await bench.ledger.sending.record([
      { ...rejected(claim, 138017), state: 'already-granted', giveBackAllowance: false },
    ]);
    const booked = await all(bench.ledger.book.entries({ to }));
    expect(booked).toMatchObject([{ senderId, state: 'permanent', source: 'refusal' }]);
  });

  describe('138017 is a word of when Meta was asked, however late its answer comes', () => {
    async function late(said: 'revoked' | 'declined' | 'permanent', secondsAfter: number) {
      const to = newNumber();
      const senderId = await bench.sender();
      await bench.campaign(senderId, [to]);
      const claim = only(await bench.claim(senderId));
      const [{ at } = { at: new Date() }] = await bench.rows<{ at: Date }>(
        `select date_trunc('second', reserved_at) as at from requests where id = $1`,
        [claim.request],
      );
      await book(senderId, to, said, { at: new Date(at.getTime() + secondsAfter * 1_000) });
      await bench.ledger.sending.record([
        { ...rejected(claim, 138017), state: 'already-granted', giveBackAllowance: false },
      ]);
      const { state } = only(await all(bench.ledger.book.entries({ to })));
      return { to, claim, state };
    }
    const sources = async (to: string) =>
      (
        await bench.rows<{ source: string }>(
          'select source from permission_events where person = $1 order by at',
          [to.slice(1)],
        )
      ).map(({ source }) => source);

    test.each(['revoked', 'declined'] as const)('%s since, or in the same second', async (said) => {
      expect((await late(said, 5)).state).toBe(said);
      expect((await late(said, 0)).state).toBe(said);
    });

    test('and leaves no word behind where it may have been somebody else’s', async () => {
      const { to, claim } = await late('revoked', 5);
      expect(await sources(to)).toContain('refusal');
      await bench.ledger.sending.record([{ ...uncertain(claim), outcome: 'doubted' }]);
      expect(await sources(to)).toEqual(['answer']);
    });

    test.each(['revoked', 'declined'] as const)('%s before it', async (said) => {
      expect((await late(said, -1)).state).toBe('permanent');
    });
  });

  test('an older answer does not undo a newer one', async () => {
    const to = newNumber();
    const senderId = await bench.sender();
    await book(senderId, to, 'declined', { at: new Date(2_000) });
    await book(senderId, to, 'permanent', { at: new Date(1_000) });
    const booked = await all(bench.ledger.book.entries({ to }));
    expect(booked).toMatchObject([{ senderId, state: 'declined' }]);
  });
});

test('a connected call resets the allowance', async () => {
  const to = newNumber();
  const senderId = await bench.sender();
  await bench.campaign(senderId, [to]);
  await bench.ledger.sending.record([accepted(only(await bench.claim(senderId)))]);
  await bench.campaign(senderId, [to]);
  expect(await bench.claim(senderId)).toEqual([]);
  const [{ now } = { now: new Date() }] = await bench.rows<{ now: Date }>('select now_() as now');
  await bench.ledger.replies.bookCalls([
    {
      ...{ senderId, id: `wacid.${to}`, person: to.slice(1), byBusiness: true, at: now },
      ...{ isConnected: true, isOver: true },
    },
  ]);
  await bench.rows(
    "update requests set state = 'pending', due_at = now_() where state = 'queued' and sender_id = $1",
    [senderId],
  );
  expect(await bench.claim(senderId)).toHaveLength(1);
});

describe('over the pair limit', () => {
  test('a campaign that skips says so at once, one that waits names the time', async () => {
    const to = newNumber();
    const senderId = await bench.sender();
    await bench.campaign(senderId, [to]);
    await bench.claim(senderId);
    const skips = await bench.campaign(senderId, [to], { onPairLimit: 'skip' });
    const waits = await bench.campaign(senderId, [to]);
    await turnedAway(senderId, skips);
    const reads = (id: string) =>
      bench.rows(
        "select state, reason, due_at > now_() + interval '23 hours' as later from requests where campaign_id = $1",
        [id],
      );
    expect(await reads(skips)).toMatchObject([{ state: 'skipped', reason: 'pair-limit' }]);
    expect(await reads(waits)).toEqual([{ state: 'pending', reason: 'pair-limit', later: true }]);
  });
});
