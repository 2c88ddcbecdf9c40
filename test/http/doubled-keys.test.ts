/** A key that stands twice in one object of a body: nobody knows which was meant, so nobody is asked by it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Service, startService } from './support.ts';

let database: TestDatabase;
let service: Service;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.connectionString });
});

afterAll(async () => {
  await service?.close();
  await database?.drop();
});

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (path: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
  service.call('POST', path, { body, headers: { ...JSON_TYPE, ...headers } });

/** The body of a campaign as it is written. */
const written = (recipients: string, more = '') =>
  `{ "template": "t", "recipients" : ${recipients}, "language": "en", "start": false${more} }`;
const good = (n: number) => `{"to":"+4915145000${n}","1":"a \\" ] , {\\"to\\": 1, \\"to\\": 2"}`;
const campaigns = async () =>
  (await service.call('GET', '/v1/campaigns?limit=1000')).body.campaigns.length;

describe('among the recipients', () => {
  it.each([
    ['two numbers', '{"to":"+4915145000900","to":"+33612345678","1":"A"}'],
    ['one number, twice', '{"to":"+4915145000900","1":"A","to" : "+4915145000900"}'],
    ['two texts', '{"to":"+4915145000900","1":"A","1":"B"}'],
    ['nested', '{"to":"+4915145000900","parameters":{"1":"A","1":"B"}}'],
  ])('it refuses its line, as in a stream: %s', async (_what, line) => {
    const list = `[ ${good(100)}, ${line} , ${good(101)}]`;
    const inline = await post('/v1/campaigns', written(list, ',"again":true'));
    const waiting = await post('/v1/campaigns', '{"template":"t","language":"en"}');
    const path = `/v1/campaigns/${waiting.body.id}/recipients?again=true`;
    const streamed = await post(path, list);
    expect(inline.status).toBe(201);
    expect(inline.body.list).toMatchObject({
      ...{ lines: 3, added: 2, refused: 1 },
      refusedLines: [{ row: 2, code: 'COLUMN_TWICE' }],
    });
    expect(inline.body.list.refusedLines).toEqual(streamed.body.refusedLines);
  });

  it('the list without it is another one: under its key, and within seven days', async () => {
    const twice = written(`[${good(200)},{"to":"+33612345670","to":"+4915145000201","1":"A"}]`);
    const once = written(`[${good(200)},{"to":"+4915145000201","1":"A"}]`);
    const key = { 'idempotency-key': 'twice' };
    const first = await post('/v1/campaigns', twice, key);
    expect(first.body).toMatchObject({ created: true, list: { added: 1, refused: 1 } });
    expect(await post('/v1/campaigns', twice, key)).toMatchObject({
      status: 200,
      body: { id: first.body.id, created: false },
    });
    expect((await post('/v1/campaigns', once, key)).body.code).toBe('IDEMPOTENCY_MISMATCH');
    expect((await post('/v1/campaigns', twice)).body).toMatchObject({ code: 'LIST_AGAIN' });
    expect((await post('/v1/campaigns', once)).body).toMatchObject({ list: { added: 2 } });
  });

  it('a strict list is refused for it', async () => {
    const list = `[${good(300)},{"to":"+4915145000301","1":"A","1":"B"}]`;
    const { status, body } = await post('/v1/campaigns', written(list, ',"strict":true'));
    expect([status, body.code]).toEqual([422, 'LIST_REFUSED']);
    expect(body.refusedLines).toMatchObject([{ row: 2, code: 'COLUMN_TWICE' }]);
  });
});

describe('anywhere else it refuses the body, and leaves nothing', () => {
  const list = `[${good(400)}]`;
  it.each([
    ['an option', '/v1/campaigns', written(list, ',"template":"plain"')],
    ['the recipients', '/v1/campaigns', written(list, `,"recipients":[${good(401)}]`)],
    ['by an escape', '/v1/campaigns', written(list, ',"recip\\u0069ents":[]')],
    ['in an option', '/v1/campaigns', written(list, ',"map":{"a":"1","a":"to"}')],
    [
      'an option, beside one in a line',
      '/v1/campaigns',
      written('[{"to":"+4915145000402","1":"A","1":"B"}]', ',"weight":1,"weight":2'),
    ],
    ['without recipients', '/v1/campaigns', '{"template":"t","language":"en","language":"de"}'],
    [
      'the person of a single request',
      '/v1/requests',
      '{"template":"t","language":"en","to":"+4915145000403","to":"+33612345678","parameters":["A"]}',
    ],
  ])('%s', async (_what, path, body) => {
    const before = await campaigns();
    const answer = await post(path, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'USAGE', where: 'body' } });
    expect(answer.body.detail).toContain('twice');
    expect(await campaigns()).toBe(before);
  });

  it('nor does a body that is nested without end stop the server', async () => {
    const deep = `${'{"a":['.repeat(100_000)}${']}'.repeat(100_000)}`;
    expect((await post('/v1/campaigns', deep)).status).toBe(400);
    expect((await service.call('GET', '/health/live')).status).toBe(200);
  });
});
