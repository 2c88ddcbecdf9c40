/** Both clients tell alike how campaigns stand, page by page, and steer them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../../../src/index.ts';
import { all, draft, type Ground, KINDS, newPeople, openGround, problemOf } from './ground.ts';

let ground: Ground;
const ids: string[] = [];
let sent: string;

beforeAll(async () => {
  ground = await openGround();
  const { createClient: client } = ground.clients;
  for (let i = 0; i < 5; i += 1) {
    const { id } = await client.enqueue({ ...draft(newPeople(1)), name: `Batch ${i}` });
    ids.unshift(id);
  }
  // Somebody whose number nobody has is refused by Meta.
  const to = newPeople(1)[0]?.to ?? '';
  ground.service.simulator.setFaults([{ to: [to], effect: { kind: 'refuse', code: 131026 } }]);
  const people = [...newPeople(6), { to, 1: 'Ann' }, { to: '12', 1: 'x' }];
  sent = (await client.enqueue({ ...draft(people), name: 'Sent', start: true })).id;
  const senders = await ground.service.app.runSenders();
  await client.waitFor(sent, { pollMs: 50 });
  await senders.close();
}, 180_000);
afterAll(() => ground?.close());

describe.each(KINDS)('%s', (kind) => {
  const client = (): Client => ground.clients[kind];

  it.each([1, 2, 1_000])(
    'lists campaigns, the newest first, however many are read at once: %d',
    async (pageItems) => {
      const found = await all(client().campaigns({ pageItems, name: 'batch' }));
      expect(found.map(({ id }) => id)).toEqual(ids);
    },
  );

  it.each<[object, () => string[]]>([
    [{ state: 'draft' }, () => ids],
    [{ state: ['completed', 'paused'] }, () => [sent]],
    [{ name: 'bATCH 3' }, () => [ids[1] ?? '']],
    [{ template: 'plain' }, () => []],
    [{ since: new Date(Date.now() + 60_000) }, () => []],
    [{ since: '2020-01-01T00:00:00Z', state: 'draft' }, () => ids],
  ])('lists those of %j', async (query, expected) => {
    const found = await all(client().campaigns({ ...query, pageItems: 2 }));
    expect(found.map(({ id }) => id)).toEqual(expected());
  });

  it('tells what became of each line, however many are read at once', async () => {
    for (const pageItems of [1, 3, 1_000]) {
      const found = await all(client().results(sent, { pageItems }));
      expect(found.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    }
    const rejected = await all(
      client().results(sent, { state: ['rejected', 'skipped'], pageItems: 1 }),
    );
    expect(rejected).toMatchObject([{ row: 7, status: 'rejected', error_code: 131026 }]);
  });

  it('stops to read where the loop ends, or by its signal', async () => {
    for await (const { row } of client().results(sent, { pageItems: 1 })) if (row === 2) break;
    const ending = new AbortController();
    const reading = (async () => {
      for await (const { row } of client().results(sent, { pageItems: 1, signal: ending.signal }))
        if (row === 2) ending.abort(new Error('enough'));
    })();
    await expect(reading).rejects.toThrow('enough');
  });

  it('pauses, resumes and cancels; said twice it changes nothing', async () => {
    const { id } = await client().enqueue({ ...draft(newPeople(2)), start: true });
    for (const { state } of [await client().pause(id), await client().pause(id)])
      expect(state).toBe('paused');
    expect(await client().campaign(id)).toMatchObject({ reason: { by: 'person' } });
    for (const one of [await client().resume(id), await client().resume(id)])
      expect(one).toMatchObject({ id, state: 'running', stuckQueues: [] });
    for (const one of [await client().cancel(id), await client().cancel(id)])
      expect(one).toMatchObject({ state: 'cancelled', counts: { cancelled: 2 } });
    expect((await problemOf(client().pause(id))).code).toBe('CAMPAIGN_STATE');
    expect((await problemOf(client().resume(id))).code).toBe('CAMPAIGN_STATE');
    expect((await problemOf(client().retry(id))).code).toBe('CAMPAIGN_STATE');
  });

  it('has a queue go on that was paused in the dashboard', async () => {
    const { id } = await client().enqueue({ ...draft(newPeople(1)), start: true });
    const queues = ground.service.app.dashboard().slice(0, 2);
    for (const queue of queues) await queue.pause();
    const one = { to: newPeople(1)[0]?.to ?? '', template: 't', language: 'en', parameters: ['A'] };
    const asked = await client().request({ ...one, waitMs: 0 });
    expect(asked).toMatchObject({ status: 'pending', waits_for: 'paused-queue' });
    await client().resume(id);
    for (const queue of queues) expect(await queue.isPaused()).toBe(false);
    for (const started of [id, asked.id]) await client().cancel(started);
  });

  it('asks people again by code or state, and nobody twice', async () => {
    expect(await client().retry(sent, { state: 'expired' })).toEqual({
      ...{ id: sent, state: 'completed', retried: 0, whole: true },
    });
    expect(await client().retry(sent, { code: 131026 })).toMatchObject({
      state: 'running',
      retried: 1,
    });
    expect(await client().retry(sent)).toMatchObject({ retried: 0 });
    expect(await client().retry(sent, { uncertain: true })).toMatchObject({ retried: 0 });
    const senders = await ground.service.app.runSenders();
    expect(await client().waitFor(sent, { pollMs: 50 })).toMatchObject({
      ...{ state: 'completed', counts: { accepted: 6, rejected: 1 } },
    });
    await senders.close();
  });

  it('waits for a campaign until it is completed, cancelled or paused', async () => {
    const { id } = await client().enqueue({ ...draft(newPeople(2)), start: true });
    const waiting = client().waitFor(id, { pollMs: 20 });
    await ground.clients.createClient.pause(id);
    expect(await waiting).toMatchObject({ id, state: 'paused' });
    await client().cancel(id);
    const { id: idle } = await client().enqueue(draft(newPeople(1)));
    const ending = new AbortController();
    const ended = client().waitFor(idle, { signal: ending.signal, pollMs: 60_000 });
    ending.abort(new Error('enough'));
    await expect(ended).rejects.toThrow('enough');
    await client().cancel(idle);
  });

  const VERBS: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
    campaign: (id) => client().campaign(id),
    waitFor: (id) => client().waitFor(id),
    results: (id) => all(client().results(id)),
    pause: (id) => client().pause(id),
    resume: (id) => client().resume(id),
    cancel: (id) => client().cancel(id),
    retry: (id) => client().retry(id),
  };

  it.each(Object.entries(VERBS))(
    '%s: an id of nothing is NOT_FOUND, whatever it looks like',
    async (_, verb) => {
      for (const id of ['cnothere', '', '../campaigns', 'a b', `c${'x'.repeat(100)}`])
        expect((await problemOf(verb(id))).code).toBe('NOT_FOUND');
      expect((await problemOf(verb(7 as never))).code).toBe('USAGE');
    },
  );

  it.each<[string, () => Promise<unknown>]>([
    ['a state that is none', () => all(client().campaigns({ state: 'gone' as never }))],
    ['no state', () => all(client().campaigns({ state: [] }))],
    ['a time that is none', () => all(client().campaigns({ since: 'lately' }))],
    ['no items a page', () => all(client().campaigns({ pageItems: 0 }))],
    ['an unknown filter', () => all(client().campaigns({ tempalte: 't' } as never))],
    ['a state of no request', () => all(client().results(sent, { state: 'gone' as never }))],
    ['a code that is none', () => client().retry(sent, { code: 1.5 })],
    [
      'a state nobody is asked again in',
      () => client().retry(sent, { state: 'accepted' as never }),
    ],
    ['uncertain beside a code', () => client().retry(sent, { uncertain: true, code: 1 })],
    ['a signal that is none', () => client().pause(sent, { signal: 'now' as never })],
  ])('%s is USAGE', async (_what, verb) => {
    expect((await problemOf(verb())).code).toBe('USAGE');
  });
});

it('both clients answer the same of the same', async () => {
  const { createClient: ledger, createHttpClient: http } = ground.clients;
  expect(await all(http.campaigns())).toEqual(await all(ledger.campaigns()));
  expect(await all(http.results(sent))).toEqual(await all(ledger.results(sent)));
  for await (const { id } of ledger.campaigns())
    expect(await http.campaign(id)).toEqual(await ledger.campaign(id));
  const nowhere = 'cnothere';
  const [one, other] = [
    await problemOf(http.pause(nowhere)),
    await problemOf(ledger.pause(nowhere)),
  ];
  expect(one).toMatchObject({ code: other.code, message: other.message });
});
