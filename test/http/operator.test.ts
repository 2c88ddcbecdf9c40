/** What operators decide over HTTP: who is asked again, and what became of an uncertain one. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { people, type Service, startService } from './support.ts';

let database: TestDatabase;
let service: Service;
let sql: pg.Client;
let numbers = 0;

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

/** A running campaign, some of whose people ended as `how` says. */
async function campaign(n: number, which: string, how: string): Promise<string> {
  const recipients = people(n, numbers);
  numbers += n;
  const body = { template: 't', language: 'en', recipients };
  const { id } = (await service.call('POST', '/v1/campaigns', { body })).body;
  await sql.query(`update requests set ${UNCERTAIN} where campaign_id = $1 and ${which}`, [id]);
  await sql.query(`update requests set ${how} where campaign_id = $1 and ${which}`, [id]);
  return id;
}

const REJECTED = "state = 'rejected', error_code = 131026";
const UNCERTAIN = "state = 'uncertain', cause = 'doubted.0', attempts = 1";

const retry = (id: string, body?: object) =>
  service.call('POST', `/v1/campaigns/${id}/retry`, body === undefined ? {} : { body });
const countsOf = async (id: string) =>
  (await service.call('GET', `/v1/campaigns/${id}`)).body.counts;

describe('a retry', () => {
  it('asks those again who were rejected, each once, though it is said twice at once', async () => {
    const id = await campaign(2_500, 'row <= 2100', REJECTED);
    const answers = await Promise.all([retry(id), retry(id, {}), retry(id)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const sum = answers.reduce((n, { body }) => n + body.retried, 0);
    expect(sum).toBe(2_100);
    expect(answers[0]?.body).toMatchObject({ id, state: 'running', whole: true });
    expect(await countsOf(id)).toMatchObject({ pending: 2_500, rejected: 0 });
    expect((await retry(id)).body.retried).toBe(0);
  });

  it('goes by code, by state, and for the uncertain alone', async () => {
    const id = await campaign(12, 'row <= 4', REJECTED);
    const end = (which: string, how: string) =>
      sql.query(`update requests set ${how} where campaign_id = $1 and ${which}`, [id]);
    await end('row in (5, 6)', "state = 'skipped', reason = 'suppressed'");
    await end('row in (7, 8, 9)', UNCERTAIN);
    expect((await retry(id, { code: 131049 })).body.retried).toBe(0);
    expect((await retry(id, { code: 131026 })).body.retried).toBe(4);
    expect((await retry(id, { status: ['skipped', 'expired'] })).body.retried).toBe(2);
    expect((await retry(id, { uncertain: true })).body.retried).toBe(3);
    expect(await countsOf(id)).toMatchObject({ pending: 12 });
  });

  it.each([
    [{ uncertain: true, code: 1 }, 'uncertain'],
    [{ uncertain: true, status: ['skipped'] }, 'uncertain'],
    [{ status: ['accepted'] }, 'body/status/0'],
    [{ status: [] }, 'body/status'],
    [{ codes: 7 }, 'body/codes'],
  ])('%j is refused and changes nothing', async (body, where) => {
    const id = await campaign(1, 'true', REJECTED);
    expect((await retry(id, body)).body).toMatchObject({ status: 400, code: 'USAGE', where });
    expect(await countsOf(id)).toMatchObject({ rejected: 1 });
  });

  it('of a cancelled campaign is refused, of none is 404', async () => {
    const id = await campaign(2, 'row = 1', REJECTED);
    await service.call('POST', `/v1/campaigns/${id}/cancel`);
    expect(await retry(id)).toMatchObject({ status: 409, body: { code: 'CAMPAIGN_STATE' } });
    expect((await retry('cnothere')).status).toBe(404);
  });
});

describe('a settlement', () => {
  const settle = (id: string, as: string) =>
    service.call('POST', `/v1/requests/${id}/settle`, { body: { as } });

  async function idOf(campaignId: string, row: number): Promise<string> {
    const { rows } = await sql.query(
      'select id::text from requests where campaign_id = $1 and row = $2',
      [campaignId, row],
    );
    return rows[0].id;
  }

  it('says what became of a request on a list, once', async () => {
    const campaignId = await campaign(3, 'row <= 2', UNCERTAIN);
    const id = await idOf(campaignId, 2);
    const settled = await settle(id, 'accepted');
    expect([settled.status, settled.body]).toMatchObject([
      200,
      { id, campaign: campaignId, row: 2, status: 'accepted', waits_for: null },
    ]);
    expect((await settle(id, 'rejected')).body).toMatchObject({
      status: 409,
      code: 'CAMPAIGN_STATE',
    });
    expect(await countsOf(campaignId)).toMatchObject({ accepted: 1, uncertain: 1, pending: 1 });
  });

  it('twice at once settles one time', async () => {
    const id = await idOf(await campaign(1, 'true', UNCERTAIN), 1);
    const answers = await Promise.all([settle(id, 'accepted'), settle(id, 'rejected')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const won = answers.find(({ status }) => status === 200)?.body.status;
    expect((await service.call('GET', `/v1/requests/${id}`)).body.status).toBe(won);
  });

  it('takes a single request by the id that it was made under', async () => {
    const made = await service.call('POST', '/v1/requests', {
      body: { template: 't', language: 'en', parameters: ['Ann'], to: '+16502990000' },
    });
    const { id } = made.body;
    await sql.query(`update requests set ${UNCERTAIN} where campaign_id = $1`, [id]);
    expect((await settle(id, 'rejected')).body).toMatchObject({
      id,
      campaign: null,
      status: 'rejected',
    });
  });

  it('of what waits is refused, of a campaign or of nothing is 404', async () => {
    const campaignId = await campaign(1, 'false', REJECTED);
    expect((await settle(await idOf(campaignId, 1), 'accepted')).status).toBe(409);
    for (const id of [campaignId, '999999999999999999', 'nothing'])
      expect((await settle(id, 'accepted')).body).toMatchObject({ status: 404, where: id });
    expect((await settle('1', 'pending')).body).toMatchObject({ status: 400, where: 'body/as' });
  });
});
