/** `GET /v1/campaigns`: pages, filters, cursors. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { cursorOf } from '../../src/http/pages.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { people, type Service, startService } from './support.ts';

let database: TestDatabase;
let service: Service;
let sql: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.connectionString });
  sql = new pg.Client({ connectionString: database.connectionString });
  await sql.connect();
});

afterAll(async () => {
  await sql?.end();
  await service?.close();
  await database?.drop();
});

async function make(more: object = {}): Promise<string> {
  const body = { template: 't', language: 'en', ...more };
  return (await service.call('POST', '/v1/campaigns', { body })).body.id;
}

const list = (query: Readonly<Record<string, string>>) =>
  service.call('GET', `/v1/campaigns?${new URLSearchParams(query)}`);

async function idsOf(query: Readonly<Record<string, string>>): Promise<string[]> {
  return (await list(query)).body.campaigns.map(({ id }: { id: string }) => id);
}

/** All pages; `between` is done after each. */
async function walk(query: Readonly<Record<string, string>>, between: () => Promise<unknown>) {
  const seen: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const { body } = await list({ ...query, ...(after === '' ? {} : { after }) });
    seen.push(...body.campaigns.map(({ id }: { id: string }) => id));
    after = body.next;
    await between();
  }
  return seen;
}

describe('campaigns in pages', () => {
  it('each that was there is given once, newest first, though others are added meanwhile', async () => {
    const made: string[] = [];
    for (let i = 0; i < 7; i += 1) made.push(await make());
    // Three of one microsecond stand on both sides of the end of a page.
    await sql.query('update campaigns set created_at = $1 where id = any($2)', [
      '2026-01-01T00:00:00.123457Z',
      made.slice(0, 3),
    ]);
    const { rows } = await sql.query('select id from campaigns order by created_at desc, id');
    const before = rows.map(({ id }) => id);
    expect(await walk({ limit: '2' }, () => make())).toEqual(before);
  });

  it('the last page has no next, also where it is full', async () => {
    const name = 'full pages';
    for (let i = 0; i < 4; i += 1) await make({ name });
    const first = await list({ name, limit: '2' });
    const second = await list({ name, limit: '2', after: first.body.next });
    expect([first.body.next, second.body.next]).toEqual([expect.any(String), null]);
    expect(second.body.campaigns).toHaveLength(2);
  });

  it.each([
    ['of another list', cursorOf([7])],
    ['that is none', 'x'],
    ['from beyond all time', cursorOf([9e15, 'c'])],
    ['with a text for a time', cursorOf(['2026', 'c'])],
  ])('a cursor %s is refused', async (_what, after) => {
    expect(await list({ after })).toMatchObject({
      status: 400,
      body: { code: 'USAGE', where: 'after' },
    });
  });
});

describe('campaigns by filter', () => {
  it('a name is found by a part of it, whatever the capitals, and a wildcard is a character', async () => {
    const spring = await make({ name: 'Spring 2027, 50% off' });
    await make({ name: 'Autumn' });
    expect(await idsOf({ name: 'spring' })).toEqual([spring]);
    expect(await idsOf({ name: '50%' })).toEqual([spring]);
    expect(await idsOf({ name: 'S%2027' })).toEqual([]);
  });

  it('template and state are exact; several states may be named', async () => {
    const plain = await make({ template: 'plain' });
    const cancelled = await make({ template: 'plain' });
    await service.call('POST', `/v1/campaigns/${cancelled}/cancel`);
    expect(await idsOf({ template: 'plain' })).toEqual([cancelled, plain]);
    expect(await idsOf({ template: 'plai' })).toEqual([]);
    expect(await idsOf({ template: 'plain', state: 'cancelled' })).toEqual([cancelled]);
    const both = await idsOf({ template: 'plain', state: 'cancelled, loading' });
    expect(both).toEqual([cancelled, plain]);
  });

  it('scheduled are the running ones whose start lies ahead, which are running, too', async () => {
    const name = 'by the clock';
    const recipients = people(1, 40);
    const asked = { name, recipients, start: true };
    const running = await make(asked);
    const ahead = await make({ ...asked, startAt: '2040-01-01T00:00:00Z' });
    expect(await idsOf({ name, state: 'scheduled' })).toEqual([ahead]);
    expect(await idsOf({ name, state: 'running' })).toEqual([ahead, running]);
    await service.call('POST', `/v1/campaigns/${ahead}/pause`);
    expect(await idsOf({ name, state: 'scheduled' })).toEqual([]);
  });

  it('since counts the moment itself', async () => {
    const old = await make({ name: 'long ago' });
    await sql.query('update campaigns set created_at = $1 where id = $2', [
      '2025-05-01T10:00:00Z',
      old,
    ]);
    const name = 'long ago';
    expect(await idsOf({ name, since: '2025-05-01T12:00:00+02:00' })).toEqual([old]);
    expect(await idsOf({ name, since: '2025-05-01T10:00:01Z' })).toEqual([]);
  });

  it.each([
    ['state', 'asleep'],
    ['since', 'yesterday'],
    ['since', '2026-01-01'],
    ['limit', '1001'],
    ['status', 'running'],
  ])('%s=%s is refused', async (field, value) => {
    expect((await list({ [field]: value })).body).toMatchObject({ status: 400, code: 'USAGE' });
  });
});
