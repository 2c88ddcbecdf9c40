import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { people, type Service, startService } from './support.ts';

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

const json = { 'content-type': 'application/json' };
const good = { template: 't', language: 'en' };

describe('what is wrong with a request is told as an RFC 9457 problem', () => {
  it.each([
    ['an unknown route', 'GET', '/v1/nothing', undefined, {}, 404, 'NOT_FOUND'],
    ['an unknown campaign', 'GET', '/v1/campaigns/cnothere', undefined, {}, 404, 'NOT_FOUND'],
    [
      'starting an unknown campaign',
      'POST',
      '/v1/campaigns/cnothere/start',
      undefined,
      {},
      404,
      'NOT_FOUND',
    ],
    [
      'exporting an unknown campaign',
      'GET',
      '/v1/campaigns/cnothere/export',
      undefined,
      {},
      404,
      'NOT_FOUND',
    ],
    ['an id with a NUL in it', 'GET', '/v1/campaigns/%00', undefined, {}, 400, 'USAGE'],
    ['an address that is none', 'GET', '/v1/campaigns/%zz', undefined, {}, 400, 'USAGE'],
    ['a wrong limit', 'GET', '/v1/campaigns?limit=many', undefined, {}, 400, 'USAGE'],
    ['broken JSON', 'POST', '/v1/campaigns', '{"template":', json, 400, 'USAGE'],
    ['an empty body', 'POST', '/v1/campaigns', '', json, 400, 'USAGE'],
    ['no body', 'POST', '/v1/campaigns', undefined, {}, 400, 'USAGE'],
    [
      'JSON that says it is a text',
      'POST',
      '/v1/campaigns',
      JSON.stringify(good),
      { 'content-type': 'text/plain' },
      415,
      'USAGE',
    ],
    [
      'another content type',
      'POST',
      '/v1/campaigns',
      'a=1',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'USAGE',
    ],
    ['a missing field', 'POST', '/v1/campaigns', '{"template":"t"}', json, 400, 'USAGE'],
    [
      'a misspelt field',
      'POST',
      '/v1/campaigns',
      '{"template":"t","language":"en","recipents":[]}',
      json,
      400,
      'USAGE',
    ],
    [
      'a wrong idempotency key',
      'POST',
      '/v1/campaigns',
      JSON.stringify(good),
      { ...json, 'idempotency-key': 'x'.repeat(256) },
      400,
      'USAGE',
    ],
    [
      'an unknown sender',
      'POST',
      '/v1/campaigns',
      JSON.stringify({ ...good, sender: '5' }),
      json,
      400,
      'USAGE',
    ],
    [
      'an empty list',
      'POST',
      '/v1/campaigns',
      JSON.stringify({ ...good, recipients: [] }),
      json,
      422,
      'LIST_EMPTY',
    ],
    [
      'an unknown template',
      'POST',
      '/v1/campaigns',
      JSON.stringify({ template: 'x', language: 'en' }),
      json,
      422,
      'TEMPLATE_NOT_FOUND',
    ],
    [
      'a template that waits for approval',
      'POST',
      '/v1/campaigns',
      JSON.stringify({ template: 'waiting', language: 'en' }),
      json,
      422,
      'TEMPLATE_NOT_APPROVED',
    ],
    [
      'a column too few',
      'POST',
      '/v1/campaigns',
      JSON.stringify({ ...good, recipients: [{ to: '+16505550001' }] }),
      json,
      422,
      'TEMPLATE_COLUMNS',
    ],
    [
      'an option of a list that is not there',
      'POST',
      '/v1/campaigns',
      JSON.stringify({ ...good, strict: true }),
      json,
      400,
      'USAGE',
    ],
  ])('%s', async (_what, method, path, body, headers, status, code) => {
    const answer = await service.call(method, path, { body, headers });
    expect([answer.status, answer.body?.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      status,
      title: expect.any(String),
      detail: expect.any(String),
    });
    expect(answer.body.type).toMatch(/^urn:callpermit:problem:[a-z-]+$/);
    expect(answer.text).not.toMatch(/node_modules|\.ts:|select |insert /);
  });

  it('says where the wrong field stands', async () => {
    const answer = await service.call('POST', '/v1/campaigns', {
      body: { template: 7, language: 'en' },
    });
    expect(answer.body.where).toBe('body/template');
  });

  it('a body beyond 10 MB is answered with 413 and the way of streams', async () => {
    const body = { ...good, recipients: people(1), filler: 'x'.repeat(10 * 1024 * 1024) };
    const answer = await service.call('POST', '/v1/campaigns', { body });
    expect(answer.status).toBe(413);
    expect(answer.body.next).toContain('/recipients');
  });

  it('a list with only bad lines is refused with the reasons', async () => {
    const recipients = [
      { to: '12', 1: 'Ann' },
      { to: '+16505550001', 1: '' },
    ];
    const answer = await service.call('POST', '/v1/campaigns', { body: { ...good, recipients } });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: 'LIST_ALL_REFUSED',
      refusedLines: [
        { row: 1, column: 'to', value: '12' },
        { row: 2, column: '1' },
      ],
    });
    expect((await service.call('GET', '/v1/campaigns')).text).not.toContain('loading');
  });

  it('strict refuses the whole list for one bad line', async () => {
    const recipients = [...people(2), { to: '12', 1: 'Ann' }];
    const body = { ...good, recipients, strict: true };
    const answer = await service.call('POST', '/v1/campaigns', { body });
    expect(answer.body).toMatchObject({ code: 'LIST_REFUSED', refusedLines: [{ row: 3 }] });
  });

  it('what is not HTTP gets a problem too', async () => {
    const { port } = new URL(service.http.url);
    const text = await new Promise<string>((resolve, reject) => {
      let said = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('GARBAGE\r\n\r\n'));
      socket.setEncoding('utf8');
      socket.on('data', (chunk) => {
        said += chunk;
      });
      socket.on('close', () => resolve(said));
      socket.on('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    const [, id] = /\r\nRequest-Id: (\S+)\r\n/.exec(text) ?? [];
    expect(id).toMatch(/^[\w-]{36}$/);
    expect(service.logged()).toContain(`"request":"${id}"`);
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'USAGE' });
  });

  it('a bug is a 500 that tells nothing but where to look', async () => {
    const { list } = service.app.ledger.campaigns;
    const ledger = service.app.ledger.campaigns as { list: unknown };
    ledger.list = () =>
      Promise.reject(new Error('relation "campaigns" of postgres://u:p@h does not exist'));
    try {
      const answer = await service.call('GET', '/v1/campaigns');
      expect(answer.status).toBe(500);
      expect(answer.body).toMatchObject({
        code: 'INTERNAL',
        next: expect.stringContaining(`request ${answer.headers.get('request-id')}`),
      });
      expect(answer.text).not.toMatch(/relation|postgres/);
    } finally {
      ledger.list = list;
    }
  });
});
