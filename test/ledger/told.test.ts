/** What listeners are told of a campaign, whoever moves it: a pause is felt by claims already made. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ClaimedRequest, WorkEvent } from '../../src/core/ports/index.ts';
import { listenToLedger } from '../../src/ledger/listen.ts';
import { accepted, rejected, uncertain, useLedger } from './support.ts';

const bench = useLedger();
const BY_US = { by: 'us', message: 'told to stop' } as const;
const BY_PERSON = { by: 'person', message: 'paused by hand' } as const;

let listener: { close(): Promise<void> };
let heard: WorkEvent[];
let hear: () => void;

beforeEach(async () => {
  heard = [];
  hear = () => undefined;
  listener = listenToLedger(bench.database.connectionString, (event) => {
    heard.push(event);
    hear();
  });
});
afterEach(() => listener.close());

/** Waits until a word of our own is heard: what was told before it is heard by then. */
async function mark(name: string): Promise<void> {
  const isIt = (event: WorkEvent) => event.id === name;
  // Again and again: nothing is heard before the connection listens.
  while (!heard.some(isIt)) {
    const next = new Promise<void>((resolve) => {
      hear = resolve;
    });
    const word = JSON.stringify({ kind: 'campaign', id: name, state: 'running' });
    await bench.rows(`select pg_notify('callpermit', $1)`, [word]);
    await Promise.race([next, new Promise((resolve) => setTimeout(resolve, 50))]);
  }
}

/** Does something, and gives what was told of a campaign from then on. */
async function toldOf(id: string, act: () => Promise<unknown>): Promise<readonly WorkEvent[]> {
  await mark(`before ${id}`);
  heard = [];
  await act();
  await mark(`after ${id}`);
  return heard.filter((event) => event.id === id);
}

async function running(people = 5) {
  const senderId = await bench.sender();
  const id = await bench.campaign(senderId, people);
  return { senderId, id };
}

describe('a campaign that pauses is told once to those who listen', () => {
  test('by a streak of refusals', async () => {
    const { senderId, id } = await running();
    const claims = await bench.claim(senderId);
    await bench.ledger.sending.record(claims.map((claim) => rejected(claim, 100)));
    const told = await toldOf(id, () =>
      bench.ledger.sending.streak({
        ...{ campaignId: id, key: '100', attempts: claims, enough: 5 },
        reason: { ...BY_US, scope: 'campaign' },
      }),
    );
    expect(told).toEqual([{ kind: 'campaign', id, state: 'paused' }]);
  });

  test('by a sweep that finds nobody to ask behind a closed sender', async () => {
    const { senderId, id } = await running();
    await bench.rows('update senders set closed_at = now_(), closed_reason = $2 where id = $1', [
      senderId,
      JSON.stringify({ ...BY_US, scope: 'sender' }),
    ]);
    const told = await toldOf(id, () => bench.ledger.sending.pauseBlocked());
    expect(told).toEqual([{ kind: 'campaign', id, state: 'paused' }]);
  });

  test('by too many errors', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, 2, { maxErrors: { count: 0 } });
    const claims = await bench.claim(senderId);
    const told = await toldOf(id, () =>
      bench.ledger.sending.record(claims.map((claim) => rejected(claim, 131026))),
    );
    expect(told).toEqual([{ kind: 'campaign', id, state: 'paused' }]);
  });

  test('by a breaker, and its end by a probe', async () => {
    const { senderId, id } = await running();
    const told = await toldOf(id, async () => {
      await bench.ledger.senders.close({ senderId, reason: { ...BY_US, scope: 'sender' } });
      await bench.ledger.senders.reopen({ senderId, resume: true });
    });
    expect(told).toEqual([
      { kind: 'campaign', id, state: 'paused' },
      { kind: 'campaign', id, state: 'running' },
    ]);
  });

  test('by a person, as is each step after that', async () => {
    const { id } = await running();
    const { campaigns } = bench.ledger;
    const told = await toldOf(id, async () => {
      await campaigns.transition({ id, from: ['running'], to: 'paused', reason: BY_PERSON });
      await campaigns.transition({ id, from: ['paused'], to: 'running' });
      await campaigns.transition({ id, from: ['running'], to: 'cancelled', reason: BY_PERSON });
    });
    expect(told.map((event) => event.state)).toEqual([...['paused', 'running', 'cancelled']]);
  });
});

describe('a campaign that was completed and asks somebody after all is told to run', () => {
  /** Of two people one is accepted; the other’s request was left without an answer, and looked after. */
  async function completed() {
    const { senderId, id } = await running(2);
    const [one, other] = (await bench.claim(senderId)) as [ClaimedRequest, ClaimedRequest];
    await bench.ledger.sending.record([accepted(one), uncertain(other)]);
    await bench.ledger.evidence.recordCheck({ ...other, state: 'uncertain', finding: 'nothing' });
    await bench.ledger.sending.completeCampaigns();
    expect((await bench.ledger.campaigns.get(id))?.state).toBe('completed');
    return { id, other };
  }

  test.each<[string, (id: string, other: ClaimedRequest) => Promise<unknown>]>([
    [
      'by a late refusal that may be somebody else’s answer',
      async (_, other) => {
        await bench.ledger.sending.record([rejected(other)]);
        await bench.ledger.sending.record([{ ...uncertain(other), outcome: 'doubted' }]);
      },
    ],
    [
      'by a late refusal that is to be tried again',
      (_, other) => bench.ledger.sending.record([{ ...rejected(other, 131000), state: 'pending' }]),
    ],
    [
      'by an operator’s retry',
      (id) => bench.ledger.evidence.retry({ campaignId: id, states: ['uncertain'] }),
    ],
  ])('%s', async (_, act) => {
    const { id, other } = await completed();
    expect(await toldOf(id, () => act(id, other))).toEqual([
      { kind: 'campaign', id, state: 'running' },
    ]);
  });
});
