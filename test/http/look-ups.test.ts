/** `GET /v1/requests`: requests of all campaigns and single ones, by what callers know of them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Service, startService } from './support.ts';

let database: TestDatabase;
let service: Service;
let sql: pg.Client;
let made: { first: string; second: string; single: string };

const ANN = '+16503000001';

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.connectionString });
  sql = new pg.Client({ connectionString: database.connectionString });
  await sql.connect();
  const first = await campaign(['spring', 'spring', 'spring', 'autumn']);
  await sql.query(
    `update requests set state = 'accepted', wamid = 'wamid.' || row, wa_id = ltrim(to_number, '+') where campaign_id = $1`,
    [first],
  );
  const second = await campaign(['spring', 'summer', 'spring']);
  await sql.query(
    `update requests set state = 'queued', batch = 1 where campaign_id = $1 and row = 2`,
    [second],
  );
  await sql.query(
    `update requests set state = 'skipped', reason = 'suppressed' where campaign_id = $1 and row = 3`,
    [second],
  );
  const body = {
    template: 't',
    language: 'en',
    parameters: ['Ann'],
    to: ANN,
    reference: 'spring',
    includeGranted: true,
  };
  const single = (await service.call('POST', '/v1/requests', { body })).body.id;
  made = { first, second, single };
});

afterAll(async () => {
  await sql?.end();
  await service?.close();
  await database?.drop();
});

/** People from Ann on, each with a reference. */
async function campaign(references: readonly string[]): Promise<string> {
  const recipients = references.map((reference, i) => ({
    to: `+1650300000${i + 1}`,
    reference,
    1: 'Ann',
  }));
  const body = { template: 't', language: 'en', recipients };
  return (await service.call('POST', '/v1/campaigns', { body })).body.id;
}

interface Told {
  readonly id: string;
  readonly campaign: string | null;
  readonly row: number;
  readonly status: string;
}

/** What all pages tell, each as its campaign, row and state. */
async function told(query: string, limit = 2): Promise<string[]> {
  const all: string[] = [];
  for (let after = ''; ; ) {
    const from = after === '' ? '' : `&after=${after}`;
    const { body } = await service.call('GET', `/v1/requests?${query}&limit=${limit}${from}`);
    all.push(
      ...body.requests.map(({ campaign, row, status }: Told) => {
        const of = campaign === null ? 'single' : campaign === made.first ? 'first' : 'second';
        return `${of} ${row} ${status}`;
      }),
    );
    if (body.next === null) return all;
    after = body.next;
  }
}

const ANNS = ['first 1 accepted', 'single 1 pending', 'second 1 pending'];

describe('a look-up', () => {
  it.each([1, 2, 3, 100])('by number finds all of a person, %i a page', async (limit) => {
    const found = await told(`number=${encodeURIComponent(ANN)}`, limit);
    expect(found.slice(0, 1)).toEqual(ANNS.slice(0, 1));
    expect(found.sort()).toEqual(ANNS.toSorted());
  });

  it.each(['+16503000001', '16503000001', '%2B1%20(650)%20300-0001'])(
    'takes the number as %s',
    async (number) => expect((await told(`number=${number}`)).sort()).toEqual(ANNS.toSorted()),
  );

  it('finds who is in the queue', async () => {
    expect(await told('number=%2B16503000002')).toEqual(['second 2 queued', 'first 2 accepted']);
    expect(await told('reference=summer')).toEqual(['second 2 queued']);
  });

  it.each([1, 2, 3, 100])('by reference finds all of it, %i a page', async (limit) => {
    const found = await told('reference=spring', limit);
    const ended = ['second 3 skipped', 'first 3 accepted', 'first 2 accepted', 'first 1 accepted'];
    expect(found.slice(0, 4)).toEqual(ended);
    expect(found.slice(4).sort()).toEqual(['second 1 pending', 'single 1 pending']);
  });

  it('by wamid finds the one', async () => {
    expect(await told('wamid=wamid.3')).toEqual(['first 3 accepted']);
    expect(await told('wamid=wamid.33')).toEqual([]);
  });

  it('takes all that is given together', async () => {
    expect(await told('reference=spring&state=skipped,pending')).toHaveLength(3);
    expect(await told('reference=spring&state=skipped')).toEqual(['second 3 skipped']);
    expect(await told('reference=spring&number=16503000002')).toEqual(['first 2 accepted']);
    expect(await told('wamid=wamid.3&number=16503000002')).toEqual([]);
    expect(await told('wamid=wamid.3&reference=spring&state=accepted')).toHaveLength(1);
  });

  it('by state, or by nothing, tells the newest first', async () => {
    expect(await told('state=accepted', 3)).toEqual([
      ...['first 4 accepted', 'first 3 accepted', 'first 2 accepted', 'first 1 accepted'],
    ]);
    expect(await told('', 3)).toHaveLength(8);
    expect(await told('state=uncertain')).toEqual([]);
  });

  it.each([
    ['number=12', 'number'],
    ['number=650300', 'number'],
    ['state=gone', 'querystring/state/0'],
    ['after=W10', 'after'],
    [`after=${Buffer.from('["x"]').toString('base64url')}`, 'after'],
    [`after=${Buffer.from('["a\\u0000","","",0,"1"]').toString('base64url')}`, 'after'],
    ['colour=red', 'querystring/colour'],
  ])('with %s is refused', async (query, where) => {
    const { body } = await service.call('GET', `/v1/requests?${query}`);
    expect(body).toMatchObject({ status: 400, where });
  });
});

describe('a request that was found', () => {
  it('is looked at by its id, whether it is single or on a list', async () => {
    const { body } = await service.call('GET', '/v1/requests');
    for (const { id, campaign } of body.requests as Told[]) {
      const one = await service.call('GET', `/v1/requests/${id}`);
      expect([one.status, one.body]).toMatchObject([200, { id, campaign, state: 'running' }]);
    }
  });

  it('that waits says for what', async () => {
    const { body } = await service.call('GET', `/v1/requests?number=16503000001&state=pending`);
    const onList = (body.requests as Told[]).find(({ campaign }) => campaign !== null);
    const one = await service.call('GET', `/v1/requests/${onList?.id}`);
    expect(one.body).toMatchObject({ status: 'pending', waits_for: 'sender-process' });
  });

  it('is known by two ids where it is single, and told under the one that was given', async () => {
    const { rows } = await sql.query('select id::text from requests where campaign_id = $1', [
      made.single,
    ]);
    const one = await service.call('GET', `/v1/requests/${rows[0].id}`);
    expect(one.body).toMatchObject({ id: rows[0].id, campaign: null, to: ANN });
  });

  it.each(['0', '999999999999999999', 'cnothere'])('is 404 under %s', async (id) => {
    expect((await service.call('GET', `/v1/requests/${id}`)).status).toBe(404);
  });
});
