/** Both clients ask alike: lists and single people, what is refused of them, and what is known by its key. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client, EnqueueInput, RecipientInput, RequestInput } from '../../../src/index.ts';
import { all, draft, type Ground, KINDS, newPeople, openGround, problemOf } from './ground.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground?.close());

describe.each(KINDS)('%s: a list', (kind) => {
  const client = (): Client => ground.clients[kind];

  it('is taken of arrays, sets, generators and async generators', async () => {
    function* some(): Generator<RecipientInput> {
      yield* newPeople(2);
    }
    async function* later(): AsyncGenerator<RecipientInput> {
      yield* newPeople(2);
    }
    for (const recipients of [newPeople(2), new Set(newPeople(2)), some(), later()])
      expect(await client().enqueue(draft(recipients))).toEqual({
        ...{ id: expect.any(String), state: 'draft', created: true, added: 2, doubles: 0 },
        ...{
          refused: 0,
          refusedLines: [],
          warnings: expect.any(Array),
          forecast: expect.anything(),
        },
      });
  });

  it('has parameters as a list, by name, or flat, times as Dates, numbers as numbers', async () => {
    const [one, two, three] = newPeople(3).map(({ to }) => to);
    const notBefore = new Date(Date.now() + 60_000);
    const { id, added, refusedLines } = await client().enqueue({
      ...draft([
        { to: String(one), parameters: ['Ann'], notBefore, reference: 7 },
        { to: String(two), parameters: { 1: 'Bob' } },
        { to: Number(three), 1: 12 },
      ]),
      numbers: 'international',
    });
    expect({ added, refusedLines }).toEqual({ added: 3, refusedLines: [] });
    const results = await all(client().results(id));
    expect(results.map((r) => [r.to, r.reference])).toEqual([
      [one, '7'],
      [two, null],
      [three, null],
    ]);
    expect(results[0]?.due_at).toBe(notBefore.toISOString());
  });

  it('has bad lines and doubles reported beside the good ones', async () => {
    const [one] = newPeople(1);
    const people = [one, { to: '12', 1: 'Ann' }, one] as RecipientInput[];
    expect(await client().enqueue(draft(people))).toMatchObject({
      ...{ added: 1, doubles: 1, refused: 1 },
      refusedLines: [{ row: 2, column: 'to', value: '12', code: 'PHONE_COUNTRY_MISSING' }],
    });
  });

  it('starts unless told not to, with all that may be said of it', async () => {
    const options = {
      ...{
        name: `Orders of ${kind}`,
        weight: 3,
        onPairLimit: 'skip' as const,
        includeGranted: true,
      },
      ...{ quietHours: '21:00-08:00', maxErrors: '5%', ignoreColumns: ['city, state'] },
      ...{ map: { 'First Name': '1' }, defaultCountry: 'US', strict: true, again: true },
      startAt: new Date(Date.now() + 3_600_000),
      expireAt: '2099-01-01T00:00:00Z',
    } as const;
    const [{ to } = { to: '' }] = newPeople(1);
    const recipients = [{ to: to.slice(2), 'First Name': 'Ann', 'city, state': 'x' }];
    const { id, state } = await client().enqueue({
      ...{ template: 't', language: 'en', recipients, ...options },
    });
    expect(state).toBe('running');
    expect(await client().campaign(id)).toMatchObject({
      ...{ state: 'running', name: options.name, weight: 3, onPairLimit: 'skip' },
      ...{ includeGranted: true, includeDeclined: false },
      quietHours: { from: '21:00', to: '08:00' },
      ...{ startAt: options.startAt, scheduledFor: options.startAt },
      ...{ expireAt: new Date(options.expireAt), counts: { pending: 1 } },
    });
    await client().cancel(id);
  });

  it('that is a dry run says what would become of it, and leaves nothing', async () => {
    const before = await all(client().campaigns());
    const idempotencyKey = `dry-${kind}`;
    const done = await client().enqueue({ ...draft(newPeople(3)), dryRun: true, idempotencyKey });
    expect(done).toMatchObject({ added: 3, dryRun: true, forecast: { willAsk: 3 } });
    expect(await all(client().campaigns())).toEqual(before);
    const real = await client().enqueue({ ...draft(newPeople(1)), idempotencyKey });
    expect(real.created).toBe(true);
  });

  it.each([false, true])(
    'known by its key is one campaign, another one is refused; as a stream: %s',
    async (asStream) => {
      const idempotencyKey = `same-${kind}-${asStream}`;
      const people = newPeople(3);
      async function* stream(of: RecipientInput[]) {
        yield* of;
      }
      const list = (of: RecipientInput[]) => ({
        ...draft(asStream ? stream(of) : of),
        idempotencyKey,
      });
      const first = await client().enqueue(list(people));
      const again = await client().enqueue(list(people));
      expect(again).toMatchObject({ id: first.id, created: false, added: 0 });
      const other = client().enqueue(list(newPeople(4)));
      expect((await problemOf(other)).code).toBe('IDEMPOTENCY_MISMATCH');
      const heavier = client().enqueue({ ...list(people), weight: 2 });
      expect((await problemOf(heavier)).code).toBe('IDEMPOTENCY_MISMATCH');
    },
  );

  it.each<[string, Partial<EnqueueInput> | (() => Partial<EnqueueInput>), string]>([
    ['nobody', { recipients: [] }, 'LIST_EMPTY'],
    ['only bad lines', { recipients: [{ to: '1', 1: 'Ann' }] }, 'LIST_ALL_REFUSED'],
    [
      'one bad line, strictly',
      () => ({ recipients: [...newPeople(1), { to: '1', 1: 'A' }], strict: true }),
      'LIST_REFUSED',
    ],
    ['an unknown sender', () => ({ recipients: newPeople(1), sender: '7' }), 'NOT_FOUND'],
    ['a parameter too few', { recipients: [{ to: '+16505550101' }] }, 'TEMPLATE_COLUMNS'],
    ['no list', { recipients: 'x' as never }, 'USAGE'],
    ['an unknown option', { strikt: true } as never, 'USAGE'],
    ['a wrong language', { recipients: [], language: 7 as never }, 'USAGE'],
    ['a time that is none', { recipients: [], startAt: 'tomorrow' }, 'USAGE'],
    ['quiet hours that are none', { recipients: [], quietHours: 'at night' }, 'USAGE'],
    ['the same list again', () => ({ recipients: SAME }), 'LIST_AGAIN'],
  ])('with %s is a problem', async (what, more, code) => {
    if (what.includes('again')) await client().enqueue({ ...draft(SAME), again: true });
    const given = typeof more === 'function' ? more() : more;
    const problem = await problemOf(client().enqueue({ ...draft([]), ...given }));
    expect(problem).toMatchObject({ code, message: expect.stringMatching(/.\.$|\?$/) });
    if (/REFUSED/.test(code)) expect(problem).toMatchObject({ refusedLines: [expect.anything()] });
  });

  const SAME = newPeople(2);

  it('whose source fails, fails with the error of the source, and another source may come under its key', async () => {
    const idempotencyKey = `broken-${kind}`;
    async function* broken(): AsyncGenerator<RecipientInput> {
      yield* newPeople(5_000);
      throw new Error('the source broke');
    }
    const list = { ...draft(broken()), idempotencyKey };
    await expect(client().enqueue(list)).rejects.toThrow('the source broke');
    const right = newPeople(3);
    async function* another(): AsyncGenerator<RecipientInput> {
      yield* right;
    }
    const done = await client().enqueue({ ...draft(another()), idempotencyKey });
    expect(done.added).toBe(3);
    expect((await all(client().results(done.id))).map(({ to }) => to)).toEqual(
      right.map(({ to }) => to),
    );
  });

  it('whose source is long is not read further once it is refused', async () => {
    let told = false;
    let made = 0;
    async function* source(): AsyncGenerator<RecipientInput> {
      try {
        for (; made < 3_000_000; made += 1) yield { to: '12', 1: 'Ann', more: 'x'.repeat(100) };
      } finally {
        told = true;
      }
    }
    const list = { ...draft(source()), template: 'nothere' };
    expect((await problemOf(client().enqueue(list))).code).toBe('TEMPLATE_NOT_FOUND');
    while (!told) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(made).toBeLessThan(3_000_000);
  });

  it('is ended by its signal: the source is told, and nobody is asked', async () => {
    const ending = new AbortController();
    let told = false;
    async function* source(): AsyncGenerator<RecipientInput> {
      try {
        yield* newPeople(3_000);
        ending.abort(new Error('enough'));
        for (;;) yield* newPeople(1_000);
      } finally {
        told = true;
      }
    }
    const { signal } = ending;
    const list = { ...draft(source()), start: true, name: `ended ${kind}` };
    await expect(client().enqueue(list, { signal })).rejects.toThrow('enough');
    while (!told) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const { state } of await all(client().campaigns({ name: `ended ${kind}` })))
      expect(state).toBe('loading');
  });
});

describe('a list with a key', () => {
  it('is the same campaign whichever client hands it over', async () => {
    const { createClient: ledger, createHttpClient: http } = ground.clients;
    const people = newPeople(3);
    async function* stream() {
      yield* people;
    }
    const list = () => ({ ...draft(stream()), idempotencyKey: 'either' });
    const first = await ledger.enqueue(list());
    expect(await http.enqueue(list())).toMatchObject({ id: first.id, created: false, added: 0 });
  });
});

describe.each(KINDS)('%s: one person', (kind) => {
  const client = (): Client => ground.clients[kind];
  const one = (): RequestInput => ({
    ...{ to: newPeople(1)[0]?.to ?? '', template: 't', language: 'en', parameters: ['Ann'] },
  });

  it('is asked, waited for, and found again', async () => {
    const senders = await ground.service.app.runSenders();
    const asked = one();
    const done = await client().request({ ...asked, reference: 7, notAfter: new Date(4e12) });
    await senders.close();
    expect(done).toEqual({
      ...{ id: expect.any(String), created: true, state: 'completed', reason: null },
      ...{ warnings: [], row: 1, to: asked.to, reference: '7', status: 'accepted' },
      ...{ wa_id: expect.any(String), user_id: null, message_status: 'accepted' },
      ...{ wamid: expect.any(String), attempts: 1, due_at: null, waits_for: null },
      ...{ error_code: null, error_message: null, advice: null, accepted_at: expect.any(String) },
      ...{ delivery: null, delivered_at: null, read_at: null, answer: null, answered_at: null },
      permission_expires_at: null,
    });
    const [result] = await all(client().results(done.id));
    expect(result).toMatchObject({ status: 'accepted', wamid: done.wamid });
    expect(await client().campaign(done.id)).toMatchObject({ single: true, state: 'completed' });
  });

  it('is waited for as long as told, and is one request under its key', async () => {
    const asked = { ...one(), idempotencyKey: `one-${kind}` };
    const begun = performance.now();
    const done = await client().request({ ...asked, waitMs: 400 });
    expect(performance.now() - begun).toBeGreaterThan(390);
    expect(done).toMatchObject({ status: 'pending', state: 'running', created: true });
    const again = await client().request({ ...asked, waitMs: 0 });
    expect(again).toMatchObject({ id: done.id, created: false, status: 'pending' });
    const other = client().request({ ...one(), idempotencyKey: asked.idempotencyKey, waitMs: 0 });
    expect((await problemOf(other)).code).toBe('IDEMPOTENCY_MISMATCH');
    await client().cancel(done.id);
  });

  it('is not waited for any more once its signal says so; the request stays', async () => {
    const ending = new AbortController();
    const asked = { ...one(), idempotencyKey: `left-${kind}`, waitMs: 60_000 };
    const asking = client().request(asked, { signal: ending.signal });
    setTimeout(() => ending.abort(new Error('enough')), 1_000);
    await expect(asking).rejects.toThrow('enough');
    const again = await client().request({ ...asked, waitMs: 0 });
    expect(again.created).toBe(false);
    await client().cancel(again.id);
  });

  it.each<[string, object, string]>([
    ['a number that is none', { to: '12' }, 'PHONE_COUNTRY_MISSING'],
    ['a number of many digits', { to: 12 }, 'PHONE_COUNTRY_MISSING'],
    ['a parameter called as a column', { parameters: { phone: 'x' } }, 'USAGE'],
    ['no template', { template: undefined }, 'USAGE'],
    ['an unknown template', { template: 'nothere' }, 'TEMPLATE_NOT_FOUND'],
    ['an unknown option', { wait: 7 }, 'USAGE'],
    ['a wait that is none', { waitMs: -1 }, 'USAGE'],
    ['an unknown sender', { sender: '7' }, 'NOT_FOUND'],
    ['a time without a zone', { notAfter: '2099-01-01T00:00:00' }, 'USAGE'],
  ])('with %s is a problem', async (_what, more, code) => {
    const asking = client().request({ ...one(), waitMs: 0, ...more });
    expect((await problemOf(asking)).code).toBe(code);
  });
});
