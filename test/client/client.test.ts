import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  type Client,
  type ClientOptions,
  createClient,
  type Enqueued,
  type EnqueueInput,
  ProblemError,
  type RecipientInput,
} from '../../src/index.ts';
import { people, type Service, startService } from '../http/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let database: TestDatabase;
let service: Service;
let clients: Client[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.connectionString });
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  clients = [];
});

afterAll(async () => {
  await service?.close();
  await database?.drop();
});

/** A client of another service: it knows the database and who asks, and has no token. */
function client(options: ClientOptions = {}): Client {
  const made = createClient({
    databaseUrl: database.connectionString,
    sender: service.simulator.phoneNumberId,
    ...options,
  });
  clients.push(made);
  return made;
}

const list = (recipients: EnqueueInput['recipients'], more: Partial<EnqueueInput> = {}) => ({
  template: 't',
  language: 'en',
  recipients,
  start: false,
  ...more,
});

const WORDS = `select to_number || ' ' || reference || ' ' || (parameters ->> '1') as said
  from requests where campaign_id = $1 order by row`;

async function read<R extends pg.QueryResultRow>(sql: string, values: readonly unknown[]) {
  const reader = new pg.Client({ connectionString: database.connectionString });
  await reader.connect();
  try {
    return await reader.query<R>(sql, [...values]);
  } finally {
    await reader.end();
  }
}

async function problemOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ProblemError) return error.problem;
  throw new Error(`Expected a ProblemError, got ${String(error)}`, { cause: error });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('enqueue', () => {
  it('takes arrays, sets, generators and async generators', async () => {
    function* some(): Generator<RecipientInput> {
      yield* people(2, 100);
    }
    async function* later(): AsyncGenerator<RecipientInput> {
      yield* people(2, 200);
    }
    for (const recipients of [people(2), new Set(people(2, 50)), some(), later()]) {
      expect(await client().enqueue(list(recipients))).toMatchObject({
        state: 'draft',
        created: true,
        added: 2,
        doubles: 0,
        refused: 0,
        refusedLines: [],
      });
    }
  });

  it('takes parameters as a list, by name, or flat, and times as Dates', async () => {
    const notBefore = new Date(Date.now() + 60_000);
    const recipients = [
      { to: '+16502000300', parameters: ['Ann'], notBefore },
      { to: '+16502000301', parameters: { 1: 'Bob' } },
      { to: '+1 650 200 0302', 1: 'Cid' },
    ];
    const { id, added } = await client().enqueue(list(recipients));
    expect(added).toBe(3);
    expect((await all(client().results(id))).map((r) => r.to)).toEqual([
      '+16502000300',
      '+16502000301',
      '+16502000302',
    ]);
  });

  it('reports bad lines and doubles beside the good ones', async () => {
    const [one] = people(1, 400);
    const bad = { to: '12', 1: 'Ann' };
    const done = await client().enqueue(list([one as RecipientInput, bad, one as RecipientInput]));
    expect(done).toMatchObject({ added: 1, doubles: 1, refused: 1 });
    expect(done.refusedLines).toMatchObject([{ row: 2, column: 'to', value: '12' }]);
  });

  it('people of a generator are taken as they are written, not held', async () => {
    let made = 0;
    let taken = 0;
    let furthest = 0;
    const { ledger } = service.app;
    async function* many(): AsyncGenerator<RecipientInput> {
      for (; made < 20_000; made += 1) {
        furthest = Math.max(furthest, made - taken);
        yield { to: `+1650${4_000_000 + made}`, 1: 'Ann' };
        if (made % 5_000 === 4_999) taken = await inLedger();
      }
    }
    const inLedger = async () => {
      const [newest] = await ledger.campaigns.list({ limit: 1 });
      return newest?.counts.pending ?? 0;
    };
    const done = await client().enqueue(list(many()));
    expect(done.added).toBe(20_000);
    // Looked at every 5,000; two batches are on their way, a third is being filled.
    expect(furthest).toBeLessThan(11_500);
  });

  it('the same key and list are one campaign, another list is refused', async () => {
    const same = list(people(3, 500), { idempotencyKey: 'client-1' });
    const first = await client().enqueue(same);
    const again = await client().enqueue(same);
    expect(again).toMatchObject({ id: first.id, created: false, added: 0 });
    const other = list(people(4, 500), { idempotencyKey: 'client-1' });
    expect((await problemOf(client().enqueue(other))).code).toBe('IDEMPOTENCY_MISMATCH');
  });

  it('a list that broke off binds nothing: the next one under its key is what is asked, to the word', async () => {
    const key = { idempotencyKey: 'client-broke-off' };
    async function* breaksOff() {
      yield* people(1_200, 30_000);
      throw new Error('the source broke');
    }
    await expect(client().enqueue(list(breaksOff(), key))).rejects.toThrow('the source broke');
    const right = people(700, 30_000).map((one) => ({ ...one, reference: 'new', 1: 'Bea' }));
    async function* stream() {
      yield* right;
    }
    const done = await client().enqueue(list(stream(), key));
    expect(done).toMatchObject({ created: false, state: 'draft', added: 700 });
    const { rows } = await read<{ said: string }>(WORDS, [done.id]);
    expect(rows.map((row) => row.said)).toEqual(right.map((one) => `${one.to} new Bea`));
  });

  it('two arrays under one key at the same instant: one is in, of the other not a row', async () => {
    const key = { idempotencyKey: 'client-arrays' };
    const lists = [people(900, 40_000), people(900, 42_000)];
    const ends = await Promise.allSettled(
      lists.map((recipients) => client().enqueue(list(recipients, key))),
    );
    const won = ends.findIndex((end) => end.status === 'fulfilled');
    expect(ends[1 - won]).toMatchObject({
      reason: {
        problem: { code: 'IDEMPOTENCY_MISMATCH', message: expect.stringContaining('list') },
      },
    });
    const end = ends[won];
    if (end?.status !== 'fulfilled') throw new Error('neither is in');
    const { rows } = await read<{ said: string }>(WORDS, [end.value.id]);
    const expected = lists[won]?.map((one) => `${one.to} ${one.reference} Ann`);
    expect(rows.map((row) => row.said)).toEqual(expected);
  });

  it('starts the campaign unless told not to', async () => {
    const { id, state } = await client().enqueue(list(people(1, 600), { start: true }));
    expect(state).toBe('running');
    expect(await client().campaign(id)).toMatchObject({ state: 'running', counts: { pending: 1 } });
  });

  it.each<[string, Partial<EnqueueInput>, string]>([
    ['nobody', { recipients: [] }, 'LIST_EMPTY'],
    ['only bad lines', { recipients: [{ to: '1', 1: 'Ann' }] }, 'LIST_ALL_REFUSED'],
    [
      'one bad line, strictly',
      { recipients: [...people(1), { to: '1', 1: 'A' }], strict: true },
      'LIST_REFUSED',
    ],
    ['an unknown sender', { recipients: people(1), sender: '7' }, 'NOT_FOUND'],
  ])('%s is a problem that is thrown', async (_what, more, code) => {
    expect((await problemOf(client().enqueue(list([], more)))).code).toBe(code);
  });

  it('a source that fails fails the call with its own error', async () => {
    async function* broken(): AsyncGenerator<RecipientInput> {
      yield* people(2, 700);
      throw new Error('the source broke');
    }
    await expect(client().enqueue(list(broken()))).rejects.toThrow('the source broke');
  });

  it('a source is told when its list is not taken', async () => {
    let isTold = false;
    async function* source(): AsyncGenerator<RecipientInput> {
      try {
        yield* people(10, 800);
      } finally {
        isTold = true;
      }
    }
    const key = { idempotencyKey: 'client-2' };
    await client().enqueue(list(people(1, 850), key));
    const other = list(source(), { ...key, template: 'plain' });
    expect((await problemOf(client().enqueue(other))).code).toBe('IDEMPOTENCY_MISMATCH');
    expect(isTold).toBe(true);
  });
});

describe('what is enqueued', () => {
  it('is sent by senders elsewhere, and read back row by row', async () => {
    const { id } = await client().enqueue(list(people(30, 900), { start: true }));
    const senders = await service.app.runSenders();
    while ((await client().campaign(id)).state !== 'completed');
    await senders.close();
    const results = await all(client().results(id));
    expect(results.map((r) => r.row)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(results[29]).toMatchObject({
      reference: 'r929',
      status: 'accepted',
      wamid: expect.any(String),
    });
  });

  it('an unknown campaign is a problem', async () => {
    expect((await problemOf(client().campaign('cnothere'))).code).toBe('NOT_FOUND');
    expect((await problemOf(all(client().results('cnothere')))).code).toBe('NOT_FOUND');
  });
});

describe('waiting for a campaign', () => {
  it('ends with how it stands once it is completed, cancelled or paused', async () => {
    const { id } = await client().enqueue(list(people(3, 970), { start: true }));
    const waiting = client().waitFor(id, { pollMs: 10 });
    const senders = await service.app.runSenders();
    expect(await waiting).toMatchObject({ id, state: 'completed', counts: { accepted: 3 } });
    await senders.close();
    const draft = (await client().enqueue(list(people(2, 980)))).id;
    const cancelled = client().waitFor(draft, { pollMs: 10 });
    await service.call('POST', `/v1/campaigns/${draft}/cancel`);
    expect(await cancelled).toMatchObject({ state: 'cancelled' });
    const running = (await client().enqueue(list(people(2, 985), { start: true }))).id;
    const paused = client().waitFor(running, { pollMs: 10 });
    await service.call('POST', `/v1/campaigns/${running}/pause`);
    expect(await paused).toMatchObject({ state: 'paused' });
    await service.call('POST', `/v1/campaigns/${running}/cancel`);
  });

  it('is ended by its signal, and by a campaign that is not there', async () => {
    const { id } = await client().enqueue(list(people(2, 990)));
    const ending = new AbortController();
    const waiting = client().waitFor(id, { signal: ending.signal, pollMs: 60_000 });
    ending.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect((await problemOf(client().waitFor('cnothere'))).code).toBe('NOT_FOUND');
  });
});

describe('what a client stands on', () => {
  it.each([{}, { DATA_DIR: tmpdir() }])(
    'without a database that was named, none is made: %j in the environment',
    async (env) => {
      const before = { ...process.env };
      delete process.env.DATABASE_URL;
      Object.assign(process.env, env);
      try {
        const lost = createClient({ sender: '1' });
        expect(await problemOf(lost.enqueue(list(people(1))))).toMatchObject({
          code: 'SETTING_MISSING',
          where: 'DATABASE_URL',
          next: expect.stringContaining('dataDir'),
        });
        await lost.close();
      } finally {
        delete process.env.DATA_DIR;
        Object.assign(process.env, before);
      }
    },
  );

  it('neither Redis nor a token need be there', async () => {
    const redis: TestRedis = await startRedis();
    await redis.stop();
    const done: Enqueued = await client({ redisUrl: redis.url }).enqueue(list(people(1, 950)));
    expect(done.added).toBe(1);
  });

  it('a database that is not there is a problem, and the client can be closed', async () => {
    const lost = client({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none' });
    expect((await problemOf(lost.campaign('c1'))).code).toBe('DATABASE_UNREACHABLE');
    await lost.close();
  });

  it('a wrong setting is named', async () => {
    const wrong = client({ databaseUrl: 'mysql://x' });
    expect(await problemOf(wrong.campaign('c1'))).toMatchObject({
      code: 'SETTING_INVALID',
      where: 'DATABASE_URL',
    });
  });

  it('closing twice, or before any call, is no mistake', async () => {
    const idle = client();
    await idle.close();
    await idle.close();
    expect((await problemOf(idle.campaign('cnothere'))).code).toBe('NOT_FOUND');
  });

  it('nothing but a database folder need be set', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'callpermit-client-'));
    expect(createClient({ dataDir })).toMatchObject({ close: expect.any(Function) });
    await rm(dataDir, { recursive: true });
  });
});

describe('request', () => {
  const one = { to: '+16502001000', template: 't', language: 'en', parameters: ['Ann'] };

  it('waits for the outcome of one person, sent by senders elsewhere', async () => {
    const senders = await service.app.runSenders();
    const done = await client().request({ ...one, reference: 7 });
    await senders.close();
    expect(done).toMatchObject({
      state: 'completed',
      reason: null,
      status: 'accepted',
      to: one.to,
      reference: '7',
      created: true,
      wamid: expect.any(String),
    });
    const [result] = await all(client().results(done.id));
    expect(result).toMatchObject({ status: 'accepted', wamid: done.wamid });
  });

  it('waits as long as it is told; the request stays, and can be taken back by its id', async () => {
    const to = '+16502001001';
    const done = await client().request({ ...one, to, waitMs: 300, idempotencyKey: 'one-1' });
    expect(done).toMatchObject({ status: 'pending', state: 'running' });
    const again = await client().request({ ...one, to, waitMs: 0, idempotencyKey: 'one-1' });
    expect(again).toMatchObject({ id: done.id, created: false, status: 'pending' });
    expect(await client().campaign(done.id)).toMatchObject({ single: true });
    await service.call('POST', `/v1/campaigns/${done.id}/cancel`);
  });

  it.each([
    ['a number that is none', { to: '12' }, 'PHONE_COUNTRY_MISSING'],
    ['a parameter called as a column', { parameters: { phone: 'x' } }, 'USAGE'],
    ['an unknown sender', { sender: '7' }, 'NOT_FOUND'],
    [
      'another request under a key',
      { to: '+16502001002', idempotencyKey: 'one-1' },
      'IDEMPOTENCY_MISMATCH',
    ],
  ])('%s is a problem that is thrown', async (_what, more, code) => {
    expect((await problemOf(client().request({ ...one, ...more, waitMs: 0 }))).code).toBe(code);
  });
});
