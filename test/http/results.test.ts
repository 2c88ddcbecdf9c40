/** The lines of a campaign, over HTTP: what became of each, in pages and as a stream, and those that were refused. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { people, type Service, startService } from './support.ts';

let database: TestDatabase;
let service: Service;
let sql: pg.Client;
let id = '';

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.connectionString });
  sql = new pg.Client({ connectionString: database.connectionString });
  await sql.connect();
  id = await campaign(25, 5);
  await end(id, 'row % 5 = 0', "state = 'rejected', error_code = 131026");
  await end(id, 'row % 5 = 1', "state = 'rejected', error_code = 131049");
  await end(id, 'row % 5 = 2', "state = 'skipped', reason = 'suppressed'");
});

afterAll(async () => {
  await sql?.end();
  await service?.close();
  await database?.drop();
});

async function campaign(asked: number, bad: number): Promise<string> {
  const recipients = [
    ...people(asked),
    ...Array.from({ length: bad }, (_, i) => ({ to: `${i}`, 1: 'Ann' })),
  ];
  const body = { template: 't', language: 'en', start: false, recipients };
  return (await service.call('POST', '/v1/campaigns', { body })).body.id;
}

/** Rejected are only those who were asked: first nobody knows what became of them. */
async function end(of: string, which: string, how: string): Promise<void> {
  if (how.includes('rejected')) await end(of, which, "state = 'uncertain', cause = 'doubted.0'");
  await sql.query(`update requests set ${how} where campaign_id = $1 and ${which}`, [of]);
}

const get = (path: string, query: Readonly<Record<string, string>> = {}) =>
  service.call('GET', `/v1/campaigns/${id}/${path}?${new URLSearchParams(query)}`);

/** The rows of all pages of two. */
async function walk(path: string, noun: string, query: Readonly<Record<string, string>> = {}) {
  const rows: number[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page = { limit: '2', ...(after === '' ? {} : { after }) };
    const { body } = await get(path, { ...query, ...page });
    rows.push(...body[noun].map(({ row }: { row: number }) => row));
    after = body.next;
  }
  return rows;
}

const rowsWhere = (is: (row: number) => boolean) =>
  Array.from({ length: 25 }, (_, i) => i + 1).filter(is);

describe('the requests of a campaign', () => {
  it('are told in the order of the list, with the fields of an export', async () => {
    expect(await walk('requests', 'requests')).toEqual(rowsWhere(() => true));
    const { body } = await get('requests', { limit: '1' });
    const exported = await get('export', { format: 'ndjson' });
    expect(body.requests).toEqual([JSON.parse(exported.text.split('\n')[0] ?? '')]);
  });

  it.each([
    ['a state', { state: 'skipped' }, (row: number) => row % 5 === 2],
    ['several', { state: 'pending,skipped' }, (row: number) => [2, 3, 4].includes(row % 5)],
    ['a code', { code: '131049' }, (row: number) => row % 5 === 1],
    ['both', { code: '131026', state: 'rejected' }, (row: number) => row % 5 === 0],
    ['a code that no such state has', { code: '131026', state: 'skipped' }, () => false],
    ['a reason', { reason: 'suppressed' }, (row: number) => row % 5 === 2],
    ['a reason that no such state has', { reason: 'suppressed', state: 'pending' }, () => false],
    ['a code of nobody', { code: '-1' }, () => false],
  ])('by %s are those', async (_what, query, is) => {
    expect(await walk('requests', 'requests', query)).toEqual(rowsWhere(is));
  });

  it('of a code that many have are found as well', async () => {
    const many = await campaign(1, 0);
    await sql.query(
      `insert into requests (campaign_id, sender_id, row, to_number, language, parameters, state, error_code)
       select campaign_id, sender_id, g, '+4915' || (100000000 + g), 'en', '{}', 'rejected', case when g % 100 > 0 then 7 else 8 end
       from requests, generate_series(2, 6001) g where campaign_id = $1`,
      [many],
    );
    const page = async (query: string) =>
      (await service.call('GET', `/v1/campaigns/${many}/requests?${query}`)).body.requests.map(
        ({ row }: { row: number }) => row,
      );
    expect(await page('code=7&limit=3&state=rejected')).toEqual([2, 3, 4]);
    expect(await page('code=8&limit=2')).toEqual([100, 200]);
    expect(await page('code=7&limit=3&state=skipped')).toEqual([]);
  });
});

describe('refused lines', () => {
  it('are told page by page, each with its reason', async () => {
    expect(await walk('refused', 'refused')).toEqual([26, 27, 28, 29, 30]);
    const { body } = await get('refused', { limit: '1' });
    expect(body.refused).toEqual([
      expect.objectContaining({ row: 26, column: 'to', value: '0', code: expect.any(String) }),
    ]);
  });

  it('are exported too, but not by state', async () => {
    const csv = await get('export', { format: 'csv', refused: 'true' });
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(csv.headers.get('content-disposition')).toContain(`${id}-refused.csv`);
    expect(csv.text.split('\r\n')[0]).toBe('row,column,value,code,message');
    expect(csv.text.split('\r\n')).toHaveLength(7);
    const both = await get('export', { refused: 'true', status: 'skipped' });
    expect(both.body).toMatchObject({ status: 400, code: 'USAGE' });
  });
});

describe('both', () => {
  it('more than a hundred stand on one page, and where all fit exactly nothing follows', async () => {
    const many = await campaign(1, 250);
    const page = async (limit: number) =>
      (await service.call('GET', `/v1/campaigns/${many}/refused?limit=${limit}`)).body;
    expect(await page(249)).toMatchObject({ next: expect.any(String) });
    const whole = await page(250);
    expect([whole.refused.length, whole.next]).toEqual([250, null]);
  });

  it('an export by status has those alone', async () => {
    const csv = await get('export', { format: 'csv', status: 'skipped' });
    expect(csv.text.trim().split('\r\n')).toHaveLength(1 + 5);
  });

  it.each(['requests', 'refused'])('%s of no campaign are 404', async (path) => {
    const { status } = await service.call('GET', `/v1/campaigns/cnothere/${path}`);
    expect(status).toBe(404);
  });

  it.each([
    ['requests', 'after=W10'],
    ['refused', 'after=WyJ4Il0'],
    ['requests', 'state=gone'],
    ['requests', 'code=many'],
    ['refused', 'state=pending'],
  ])('%s?%s is refused', async (path, query) => {
    const { body } = await service.call('GET', `/v1/campaigns/${id}/${path}?${query}`);
    expect(body).toMatchObject({ status: 400, code: 'USAGE' });
  });

  it('the description of the API names the media types of an export', async () => {
    const { body } = await service.call('GET', '/openapi.json');
    const { responses } = body.paths['/v1/campaigns/{id}/export'].get;
    expect(Object.keys(responses['200'].content).sort()).toEqual([
      'application/x-ndjson',
      'text/csv',
    ]);
  });
});

describe('what is expected, and why people wait or ended', () => {
  it('is told in figures', async () => {
    const { body } = await get('forecast');
    expect(body).toMatchObject({ id, willAsk: 10, rate: null, later: 0, pausedQueues: [] });
    expect(body.seconds).toBeGreaterThan(0);
  });

  it('is counted by state and code', async () => {
    const { body } = await get('reasons');
    const told = body.reasons.map((one: { state: string; errorCode: number; count: number }) =>
      [one.state, one.errorCode, one.count].join(' '),
    );
    expect(told.sort()).toEqual([
      ...['pending  10', 'rejected 131026 5', 'rejected 131049 5', 'skipped  5'],
    ]);
  });
});
