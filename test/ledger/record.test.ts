import { describe, expect, test } from '@jest/globals';
import type { ClaimedRequest, RecordEntry } from '../../src/core/ports/index.ts';
import { HELD_UP } from '../support/held-up.ts';
import { accepted, NO_LEASE_MS, only, rejected, uncertain, unsent, useLedger } from './support.ts';

const bench = useLedger();

async function claimed(people = 1) {
  const senderId = await bench.sender();
  const id = await bench.campaign(senderId, people);
  const claims = await bench.claim(senderId);
  return { senderId, id, claims, claim: claims[0] as ClaimedRequest };
}

const record = (...entries: RecordEntry[]) => bench.ledger.sending.record(entries);

async function row(claim: ClaimedRequest) {
  return only(await bench.rows('select * from requests where id = $1', [claim.request]));
}

async function evidence(claim: ClaimedRequest) {
  return bench.rows(
    'select fence, outcome, applied, error_code, wamid from attempts where request_id = $1 order by id',
    [claim.request],
  );
}

function pending(claim: ClaimedRequest, more: Partial<RecordEntry> = {}): RecordEntry {
  return { ...rejected(claim, 131000), state: 'pending', reason: 'retry', delayMs: 0, ...more };
}

describe('recording an outcome', () => {
  test('an acceptance is written with its wamid and status as Meta gave them, and leaves no evidence', async () => {
    const { senderId, claim } = await claimed();
    const answers = await record({
      ...accepted(claim),
      wamid: 'no-prefix',
      messageStatus: 'held_for_quality_assessment',
      waId: claim.to.slice(1),
    });
    expect(answers).toEqual([
      { request: claim.request, fence: 1, applied: true, state: 'accepted' },
    ]);
    expect(await row(claim)).toMatchObject({
      state: 'accepted',
      wamid: 'no-prefix',
      message_status: 'held_for_quality_assessment',
      wa_id: claim.to.slice(1),
      accepted_at: expect.any(Date),
      lease_until: null,
      claimed_by: null,
      attempts: 1,
    });
    expect(await evidence(claim)).toEqual([]);
    expect(await bench.asked(senderId, claim.to)).toBe(1);
  });

  test('an outcome that asked somebody else, of the same request and fence, changes nothing: a ledger put back to an older state has other people there', async () => {
    const { senderId, claim } = await claimed();
    const before = await row(claim);
    const strangers: RecordEntry[] = [
      { ...accepted(claim), to: '+4915100000001', waId: '5511999990000' },
      { ...rejected(claim), to: '+4915100000001' },
    ];
    for (const entry of strangers) expect(await record(entry)).toEqual([]);
    expect(await row(claim)).toEqual(before);
    expect(await evidence(claim)).toEqual([]);
    expect(await bench.asked(senderId, claim.to)).toBe(1);
    expect(await bench.rows('select from wa_ids where number = $1', [claim.to])).toEqual([]);
    const own = await record({ ...accepted(claim), to: claim.to });
    expect(own).toMatchObject([{ applied: true, state: 'accepted' }]);
  });

  test('a refusal gives the allowance back and keeps Meta’s words', async () => {
    const { senderId, claim } = await claimed();
    await record(rejected(claim));
    expect(await row(claim)).toMatchObject({
      state: 'rejected',
      error_code: 131026,
      error_message: 'Message undeliverable',
      reason: 'reject',
    });
    expect(await evidence(claim)).toMatchObject([{ outcome: 'refused', error_code: 131026 }]);
    expect(await bench.asked(senderId, claim.to)).toBe(0);
  });

  test('one that keeps the allowance keeps it', async () => {
    const { senderId, claim } = await claimed();
    await record({
      ...rejected(claim, 138017),
      state: 'already-granted',
      giveBackAllowance: false,
    });
    expect(await bench.asked(senderId, claim.to)).toBe(1);
    expect((await row(claim)).state).toBe('already-granted');
  });

  test('a retry waits so long, shows when, and counts or not', async () => {
    const { senderId, claims } = await claimed(2);
    const [counts, free] = claims as [ClaimedRequest, ClaimedRequest];
    await record(
      pending(counts, { delayMs: 60_000 }),
      pending(free, { delayMs: 60_000, countAttempt: false }),
    );
    expect(await bench.ledger.sending.feed({ senderId, limit: 9, batchSize: 250 })).toEqual([]);
    const [shown] = await bench.rows<{ at: Date }>(
      'select retry_at as at from attempts where request_id = $1',
      [counts.request],
    );
    expect(shown?.at).toEqual((await row(counts)).due_at);
    await bench.advance(61_000);
    const again = await bench.claim(senderId);
    expect(again.map((c) => [c.fence, c.attempts]).sort()).toEqual([
      [2, 1],
      [2, 2],
    ]);
  });

  test('many at once, in one batch', async () => {
    const { id, claims } = await claimed(50);
    const answers = await record(
      ...claims.map((c, i) => (i % 2 === 0 ? accepted(c) : rejected(c))),
    );
    expect(answers.every((a) => a.applied)).toBe(true);
    expect((await bench.states(id)).filter((s) => s === 'accepted')).toHaveLength(25);
  });

  test('batches that overlap in any order neither deadlock nor lose one', async () => {
    const { id, claims } = await claimed(60);
    const shuffles = [3, 5, 7, 11].map((k) => claims.map((_, i) => claims[(i * k) % 60]));
    await Promise.all(
      shuffles.map((batch) => record(...(batch as ClaimedRequest[]).map(accepted))),
    );
    expect(new Set(await bench.states(id))).toEqual(new Set(['accepted']));
  });
});

describe('the fence of a record', () => {
  test.each([
    ['an older fence (late)', -1],
    ['a fence not given out yet', 1],
  ])('%s changes nothing and is kept as evidence', async (_, off) => {
    const { senderId, claim } = await claimed();
    await record(pending(claim));
    const second = only(await bench.claim(senderId));
    const answer = await record({ ...accepted(second), fence: second.fence + off });
    expect(answer).toMatchObject([{ applied: false, state: 'sending' }]);
    expect((await row(claim)).state).toBe('sending');
    expect((await evidence(claim)).at(-1)).toMatchObject({ outcome: 'accepted', applied: false });
  });

  test('the same record twice is applied once', async () => {
    const { senderId, claim } = await claimed();
    await record(rejected(claim));
    expect(await record(rejected(claim))).toMatchObject([{ applied: false, state: 'rejected' }]);
    expect(await record(pending(claim))).toMatchObject([{ applied: false, state: 'rejected' }]);
    expect((await row(claim)).attempts).toBe(1);
    expect(await bench.asked(senderId, claim.to)).toBe(0);
  });

  test('nothing takes an acceptance back', async () => {
    const { claim } = await claimed();
    await record(accepted(claim));
    for (const entry of [rejected(claim), pending(claim), uncertain(claim)])
      expect(await record(entry)).toMatchObject([{ applied: false, state: 'accepted' }]);
    expect(await row(claim)).toMatchObject({ state: 'accepted', error_code: null });
  });

  test('a row that is not there gives no answer', async () => {
    expect(await record(accepted({ request: '999999999', fence: 1 }))).toEqual([]);
    expect(await record()).toEqual([]);
  });
});

describe('what comes late for an uncertain request settles it', () => {
  async function swept() {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 1);
    const claim = only(await bench.claim(senderId, { leaseMs: NO_LEASE_MS }));
    await bench.ledger.sending.sweepLeases({ checkAfterMs: 60_000 });
    return { senderId, id, claim };
  }

  test('a wamid makes it accepted', async () => {
    const { senderId, claim } = await swept();
    expect(await record(accepted(claim))).toMatchObject([{ applied: true, state: 'accepted' }]);
    expect(await row(claim)).toMatchObject({
      check_at: null,
      wamid: expect.any(String),
      reason: null,
    });
    expect(await bench.asked(senderId, claim.to)).toBe(1);
  });

  test('a refusal is a refusal, and gives the allowance back', async () => {
    const { senderId, claim } = await swept();
    expect(await record(rejected(claim))).toMatchObject([{ applied: true, state: 'rejected' }]);
    expect(await bench.asked(senderId, claim.to)).toBe(0);
    expect((await row(claim)).check_at).toBeNull();
  });

  test('another uncertain outcome changes nothing: its check is set already', async () => {
    const { claim } = await swept();
    expect(await record(uncertain(claim))).toMatchObject([{ applied: false, state: 'uncertain' }]);
  });

  test('an acceptance also settles one that an operator or a check judged otherwise, and its allowance is used again', async () => {
    const { senderId, id, claim } = await swept();
    await bench.ledger.evidence.settle({ campaignId: id, row: 1, as: 'rejected' });
    expect(await bench.asked(senderId, claim.to)).toBe(0);
    expect(await record(accepted(claim))).toMatchObject([{ applied: true, state: 'accepted' }]);
    expect(await bench.asked(senderId, claim.to)).toBe(1);
  });

  test('in a completed campaign too', async () => {
    const { id, claim } = await swept();
    await bench.ledger.evidence.recordCheck({ ...claim, state: 'uncertain', finding: 'nothing' });
    await bench.ledger.sending.completeCampaigns();
    await record(accepted(claim));
    expect(await bench.ledger.campaigns.get(id)).toMatchObject({
      state: 'completed',
      counts: { accepted: 1, uncertain: 0 },
    });
  });
});

describe('records of a cancelled campaign', () => {
  test('an outcome is written as it is; what would wait is cancelled', async () => {
    const { id, claims } = await claimed(3);
    await bench.ledger.campaigns.transition({ id, from: ['running'], to: 'cancelled' });
    const [a, b, c] = claims as [ClaimedRequest, ClaimedRequest, ClaimedRequest];
    await record(accepted(a), unsent(b), uncertain(c, 60_000));
    expect(await bench.states(id)).toEqual(['accepted', 'cancelled', 'uncertain']);
    const why = 'select reason from requests where campaign_id = $1 and state = $2';
    expect(await bench.rows(why, [id, 'cancelled'])).toEqual([{ reason: 'cancelled' }]);
  });

  test('also when it is cancelled while the record is under way', async () => {
    const { id, claims } = await claimed(2);
    const [a, b] = claims as [ClaimedRequest, ClaimedRequest];
    const client = await bench.database.pool.connect();
    try {
      // Holds the rows, so that the record begins before the cancelling.
      await client.query('begin');
      await client.query('select from requests where campaign_id = $1 for update', [id]);
      const recording = record(pending(a));
      const releasing = bench.ledger.sending.record([unsent(b)]);
      await until(async () => (await waiting()) === 2);
      const cancelling = bench.ledger.campaigns.transition({
        id,
        from: ['running'],
        to: 'cancelled',
      });
      await until(async () => (await waiting()) === 3);
      await client.query('commit');
      await Promise.all([recording, releasing, cancelling]);
    } finally {
      client.release();
    }
    await bench.ledger.sending.completeCampaigns();
    expect(await bench.states(id)).toEqual(['cancelled', 'cancelled']);
  });
});

async function waiting(): Promise<number> {
  return (await bench.rows(HELD_UP)).length;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition()));
}

test('one refusal is no proof that it is about a value: an outcome alone is tried as it is once more', async () => {
  const { claim } = await claimed();
  // A sequence counts on where the statement is undone.
  await bench.rows('create sequence refusals');
  await bench.rows(`create function refuse_once() returns trigger language plpgsql as $$ begin
    if new.state = 'accepted' and nextval('refusals') = 1 then
      raise exception 'in trouble' using errcode = '54000';
    end if;
    return new;
  end $$`);
  await bench.rows(
    'create trigger a_refuse_once before update on requests for each row execute function refuse_once()',
  );
  try {
    await record({ ...accepted(claim), wamid: 'wamid.known' });
  } finally {
    await bench.rows('drop trigger a_refuse_once on requests');
  }
  expect(await row(claim)).toMatchObject({ state: 'accepted', wamid: 'wamid.known' });
});
