import { describe, expect, test } from '@jest/globals';
import type { SenderStatus } from '../../src/core/ports/index.ts';
import { useLedger } from './support.ts';

const bench = useLedger();
const REASON = { by: 'us', code: 'X', message: 'told to stop' } as const;

const standing = (senderId: string) => bench.ledger.silence.standing(senderId);

async function listed(senderId: string): Promise<SenderStatus | undefined> {
  return (await bench.ledger.senders.list()).find((s) => s.senderId === senderId);
}

async function alive(senderId: string): Promise<void> {
  await bench.ledger.senders.heartbeat({
    worker: 'a',
    senderId,
    messagesPerSecond: 100,
    inFlight: 0,
  });
}

describe('how a sender stands', () => {
  test('nobody is due: not before a campaign runs, nor after its people are claimed', async () => {
    const senderId = await bench.sender();
    await bench.campaign(senderId, 2, { start: false });
    expect(await standing(senderId)).toMatchObject({ due: false, moves: false });
    await bench.campaign(senderId, 2);
    expect(await standing(senderId)).toMatchObject({ due: true, feedable: true, queued: false });
    await bench.ledger.sending.feed({ senderId, limit: 1, batchSize: 250 });
    expect(await standing(senderId)).toMatchObject({ due: true, queued: true, moves: false });
    await bench.claim(senderId);
    await bench.rows(
      `update requests set state = 'accepted' where sender_id = $1 and state = 'queued'`,
      [senderId],
    );
    expect(await standing(senderId)).toMatchObject({ due: false, moves: true });
  });

  test('people who wait for a time of their own are not due', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 1);
    await bench.rows(`update requests set due_at = now() + interval '1 h' where campaign_id = $1`, [
      id,
    ]);
    expect((await standing(senderId)).due).toBe(false);
  });

  test('a closed sender, a time that Meta named, a spent budget and a closed template are told', async () => {
    const senderId = await bench.sender();
    await bench.campaign(senderId, 1);
    await bench.ledger.senders.slow({ senderId, reason: 'r', waitMs: 60_000, cutAgainMs: 0 });
    const held = await standing(senderId);
    expect(Number(held.heldUntil) - Date.now()).toBeGreaterThan(30_000);
    await bench.ledger.senders.budget({ senderId, portfolio: `p${senderId}`, limit: 0 });
    expect((await standing(senderId)).spent).toEqual({ freesAt: null });
    await bench.rows(
      `insert into template_breakers (account, name, language, closed_at, closed_reason)
       select s.account, c.template, c.language, now(), $2 from senders s, campaigns c
       where s.id = $1 and c.sender_id = s.id`,
      [senderId, JSON.stringify(REASON)],
    );
    expect(await standing(senderId)).toMatchObject({ feedable: false, template: REASON.message });
    await bench.rows('update senders set closed_at = now(), closed_reason = $2 where id = $1', [
      senderId,
      JSON.stringify(REASON),
    ]);
    expect((await standing(senderId)).closed).toBe(REASON.message);
  });
});

describe('what others see', () => {
  test('why a living process is silent, until it takes it back or dies', async () => {
    const senderId = await bench.sender();
    await alive(senderId);
    expect((await listed(senderId))?.silence).toBeNull();
    await bench.ledger.silence.note({
      senderId,
      worker: 'a',
      silence: { forMs: 12_000, why: 'so' },
    });
    const { silence } = (await listed(senderId)) ?? {};
    expect(silence?.why).toBe('so');
    expect(Math.abs(Date.now() - 12_000 - Number(silence?.since))).toBeLessThan(10_000);
    await bench.ledger.silence.note({ senderId, worker: 'a', silence: null });
    expect((await listed(senderId))?.silence).toBeNull();
    await bench.ledger.silence.note({ senderId, worker: 'a', silence: { forMs: 1, why: 'so' } });
    await bench.rows(
      `update workers set seen_at = seen_at - interval '1 min' where sender_id = $1`,
      [senderId],
    );
    expect((await listed(senderId))?.silence).toBeNull();
  });

  test('that no process sends for a sender whose people are due', async () => {
    const senderId = await bench.sender();
    await bench.campaign(senderId, 1);
    expect((await listed(senderId))?.silence).toEqual({
      since: null,
      why: 'people are due and no process sends for this sender',
    });
    await alive(senderId);
    expect((await listed(senderId))?.silence).toBeNull();
  });
});
