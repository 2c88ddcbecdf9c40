import { describe, expect, test } from '@jest/globals';
import { feedRows, lines, newClaimId, newNumber, only, toClaim, useLedger } from './support.ts';

const bench = useLedger();

async function status(senderId: string) {
  return only((await bench.ledger.senders.list()).filter((s) => s.senderId === senderId));
}

function beat(senderId: string, worker: string, messagesPerSecond: number, inFlight = 0) {
  return bench.ledger.senders.heartbeat({ worker, senderId, messagesPerSecond, inFlight });
}

const cut = (senderId: string, more: { waitMs?: number; cutAgainMs?: number } = {}) =>
  bench.ledger.senders.slow({ senderId, reason: '130429: too fast', cutAgainMs: 1_000, ...more });

/** As if the last cut and climb were so long ago. */
async function later(senderId: string, seconds: number): Promise<void> {
  await bench.rows(
    `update senders set throttled_at = throttled_at - $2 * interval '1 s',
       climbed_at = climbed_at - $2 * interval '1 s', hold_until = hold_until - $2 * interval '1 s'
     where id = $1`,
    [senderId, seconds],
  );
}

describe('heartbeats', () => {
  test('the rate in force is the lowest among the living, whatever each was started with', async () => {
    const senderId = await bench.sender();
    expect((await beat(senderId, 'a', 80)).rateNow).toBe(80);
    expect((await beat(senderId, 'b', 40)).rateNow).toBe(40);
    expect((await beat(senderId, 'c', 250)).rateNow).toBe(40);
    expect((await beat(senderId, 'a', 80)).rateAllowed).toBe(40);
  });

  test('one that leaves, or was silent for 15 s, counts no more', async () => {
    const senderId = await bench.sender();
    await beat(senderId, 'slow', 20);
    await beat(senderId, 'dead', 10);
    await bench.ledger.senders.leave({ worker: 'slow', senderId });
    await bench.rows(
      `update workers set seen_at = seen_at - interval '16 s' where sender_id = $1 and id = 'dead'`,
      [senderId],
    );
    expect(await beat(senderId, 'a', 80)).toMatchObject({ rateNow: 80, processes: 1 });
  });

  test('tell how many processes there are and what is in flight', async () => {
    const senderId = await bench.sender();
    await beat(senderId, 'a', 80, 3);
    await beat(senderId, 'b', 80, 4);
    expect(await status(senderId)).toMatchObject({ processes: 2, inFlight: 7, breaker: null });
  });

  test('many at once agree on the lowest with the next beat', async () => {
    const senderId = await bench.sender();
    const rates = [80, 40, 60, 250];
    await Promise.all(rates.map((rate, i) => beat(senderId, `w${i}`, rate)));
    await beat(senderId, 'w0', 80);
    expect((await status(senderId)).rateNow).toBe(40);
  });

  test('of a sender nobody made known is a bug, not an answer', async () => {
    await expect(beat('nobody', 'a', 80)).rejects.toThrow();
  });
});

describe('slowing down', () => {
  test('cuts the rate of all processes by 15 % and says why', async () => {
    const senderId = await bench.sender();
    await beat(senderId, 'a', 100);
    await cut(senderId);
    expect(await status(senderId)).toMatchObject({
      rateAllowed: 100,
      rateNow: 85,
      rateReason: '130429: too fast',
    });
  });

  test('a hundred refusals of one moment are one cut', async () => {
    const senderId = await bench.sender();
    await beat(senderId, 'a', 100);
    await Promise.all(Array.from({ length: 20 }, () => cut(senderId)));
    expect((await status(senderId)).rateNow).toBe(85);
    await later(senderId, 2);
    await cut(senderId);
    expect((await status(senderId)).rateNow).toBeCloseTo(72.25, 5);
  });

  test('never goes below one a second', async () => {
    const senderId = await bench.sender();
    await beat(senderId, 'a', 2);
    for (let i = 0; i < 12; i += 1) await cut(senderId, { cutAgainMs: 0 });
    expect((await status(senderId)).rateNow).toBe(1);
  });

  test('a time that Meta named: nothing is claimed before it', async () => {
    const senderId = await bench.sender();
    await beat(senderId, 'a', 100);
    await bench.campaign(senderId, 1);
    const jobs = await feedRows(bench, { senderId, limit: 1 });
    await cut(senderId, { waitMs: 60_000 });
    const claim = () =>
      bench.ledger.sending.claim({
        claimId: newClaimId(),
        senderId,
        batches: toClaim(jobs),
        worker: 'a',
        leaseMs: 60_000,
      });
    const held = await claim();
    expect(held).toMatchObject({ claimed: [], left: [], closed: false });
    expect(held.nextSlotMs - held.databaseNowMs).toBeGreaterThan(50_000);
    await later(senderId, 60);
    expect((await claim()).claimed).toHaveLength(1);
  });
});

describe('climbing back', () => {
  test('not before 5 s, then faster the longer Meta is content, up to the rate allowed', async () => {
    const senderId = await bench.sender();
    await beat(senderId, 'a', 100);
    await cut(senderId);
    expect((await beat(senderId, 'a', 100)).rateNow).toBe(85);
    const rates: number[] = [];
    for (let i = 0; i < 20; i += 1) {
      await later(senderId, 6);
      rates.push((await beat(senderId, 'a', 100)).rateNow);
    }
    const steps = rates.map((rate, i) => rate / (rates[i - 1] ?? 85));
    expect(steps[0]).toBeCloseTo(1.03, 2);
    expect(steps[1]).toBeGreaterThan(steps[0] as number);
    expect(rates.at(-1)).toBe(100);
    expect((await status(senderId)).rateReason).toBeNull();
  });

  test('is once for all processes', async () => {
    const senderId = await bench.sender();
    await Promise.all(['a', 'b', 'c'].map((worker) => beat(senderId, worker, 100)));
    await cut(senderId);
    await later(senderId, 6);
    await Promise.all(['a', 'b', 'c'].map((worker) => beat(senderId, worker, 100)));
    expect((await status(senderId)).rateNow).toBeLessThan(85 * 1.04);
  });

  test('not before the time that Meta named', async () => {
    const senderId = await bench.sender();
    await beat(senderId, 'a', 100);
    await cut(senderId, { waitMs: 60_000 });
    await later(senderId, 30);
    expect((await beat(senderId, 'a', 100)).rateNow).toBe(85);
    await later(senderId, 31);
    expect((await beat(senderId, 'a', 100)).rateNow).toBeGreaterThan(85);
  });

  test('a lower rate allowed holds at once, also while it climbs', async () => {
    const senderId = await bench.sender();
    await beat(senderId, 'a', 100);
    await cut(senderId);
    expect((await beat(senderId, 'b', 20)).rateNow).toBe(20);
  });
});

describe('breakers', () => {
  const reason = { by: 'us', scope: 'sender', code: 190, message: 'the token died' } as const;
  const state = async (id: string) => (await bench.ledger.campaigns.get(id))?.state;

  test('closing a sender pauses its running campaigns with the reason, and no others', async () => {
    const senderId = await bench.sender();
    const running = await bench.campaign(senderId, 1);
    const draft = await bench.campaign(senderId, 1, { start: false });
    const other = await bench.campaign(await bench.sender(), 1);
    expect(await bench.ledger.senders.close({ senderId, reason })).toEqual([running]);
    expect(await bench.ledger.campaigns.get(running)).toMatchObject({ state: 'paused', reason });
    expect([await state(draft), await state(other)]).toEqual(['draft', 'running']);
    expect((await status(senderId)).breaker).toEqual(reason);
  });

  test('a campaign with another open sender goes on there, until that one is closed too', async () => {
    const [one, two] = [await bench.sender(), await bench.sender()];
    const id = await bench.campaign(one, 1);
    await bench.rows('update campaigns set sender_ids = array[$2, $3] where id = $1', [
      id,
      one,
      two,
    ]);
    expect(await bench.ledger.senders.close({ senderId: one, reason })).toEqual([]);
    expect(await state(id)).toBe('running');
    expect(await bench.ledger.senders.close({ senderId: two, reason })).toEqual([id]);
  });

  test('the first reason stays', async () => {
    const senderId = await bench.sender();
    await bench.ledger.senders.close({ senderId, reason });
    await bench.ledger.senders.close({ senderId, reason: { ...reason, code: 131031 } });
    expect((await status(senderId)).breaker).toEqual(reason);
  });

  test('closing a template pauses campaigns of that template and language, over the senders of the account', async () => {
    const [one, two] = [await bench.sender(), await bench.sender()];
    await bench.rows(`update senders set account = 'shared' where id in ($1, $2)`, [one, two]);
    const ids = [
      await bench.campaign(one, 1),
      await bench.campaign(two, 1),
      await bench.campaign(one, 1, { language: 'de' }),
      await bench.campaign(one, 1, { template: 'other' }),
      await bench.campaign(await bench.sender(), 1),
    ];
    const template = { name: 't', language: 'en' };
    const paused = await bench.ledger.senders.close({ senderId: one, template, reason });
    expect([...paused].sort()).toEqual(ids.slice(0, 2).sort());
    expect(await Promise.all(ids.map(state))).toEqual([
      'paused',
      'paused',
      'running',
      'running',
      'running',
    ]);
  });

  test('a person’s command reopens sender and template; its campaigns wait for their own command', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 1);
    await bench.ledger.senders.close({ senderId, reason });
    await bench.ledger.senders.close({
      senderId,
      template: { name: 't', language: 'en' },
      reason,
    });
    expect(await bench.ledger.senders.reopen({ senderId, template: { name: 't' } })).toEqual([]);
    expect((await status(senderId)).breaker).toBeNull();
    expect(await state(id)).toBe('paused');
    await bench.ledger.campaigns.transition({ id, from: ['paused'], to: 'running' });
    expect(await bench.claim(senderId)).toHaveLength(1);
  });

  test('a probe is taken when it is due, by one process, and put off further each time', async () => {
    const senderId = await bench.sender();
    const template = { name: 't', language: 'en' };
    await bench.ledger.senders.close({ senderId, template, reason, probeAfterMs: 60_000 });
    const take = () => bench.ledger.senders.takeProbes({ senderId, pauseMs: 100_000 });
    expect(await take()).toEqual([]);
    await bench.advance(61_000);
    expect((await Promise.all([take(), take()])).flat()).toEqual([template]);
    await bench.advance(150_000);
    expect(await take()).toEqual([]);
    await bench.advance(60_000);
    expect(await take()).toEqual([template]);
  });

  test('what a probe reopens resumes what that breaker had paused, and nothing a person paused', async () => {
    const senderId = await bench.sender();
    const template = { name: 't', language: 'en' };
    const ours = await bench.campaign(senderId, 1);
    const theirs = await bench.campaign(senderId, 1);
    await bench.ledger.campaigns.transition({
      id: theirs,
      from: ['running'],
      to: 'paused',
      reason: { by: 'person', message: 'paused by hand' },
    });
    await bench.ledger.senders.close({
      senderId,
      template,
      reason: { ...reason, scope: 'template' },
    });
    const reopened = await bench.ledger.senders.reopen({
      senderId,
      template,
      templateOnly: true,
      resume: true,
    });
    expect(reopened).toEqual([ours]);
    expect([await state(ours), await state(theirs)]).toEqual(['running', 'paused']);
  });

  test('a campaign started on a closed sender pauses with its reason instead of waiting silently', async () => {
    const senderId = await bench.sender();
    await bench.ledger.senders.close({ senderId, reason });
    const id = await bench.campaign(senderId, 1);
    expect(await bench.ledger.sending.pauseBlocked()).toContain(id);
    expect(await bench.ledger.campaigns.get(id)).toMatchObject({ state: 'paused', reason });
  });

  test('a campaign of which only lines in a closed language are left pauses too, not before', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, [newNumber()], { start: false });
    await bench.ledger.campaigns.transition({ id, from: ['draft'], to: 'loading' });
    await bench.add(id, senderId, lines([newNumber()], { row: 2, language: 'de' }));
    await bench.ledger.campaigns.transition({ id, from: ['loading'], to: 'running' });
    await bench.ledger.senders.close({ senderId, template: { name: 't', language: 'de' }, reason });
    expect(await bench.ledger.sending.pauseBlocked()).not.toContain(id);
    const claim = only(await bench.claim(senderId));
    await bench.rows(`update requests set state = 'accepted' where id = $1`, [claim.request]);
    expect(await bench.ledger.sending.pauseBlocked()).toContain(id);
  });
});
