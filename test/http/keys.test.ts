/** Keys of the ledger over HTTP: what each scope may, and that a revoked one is refused at once by every process. */
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { KeyScope } from '../../src/core/api-key.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { KEY, people, type Service, startService } from './support.ts';

let database: TestDatabase;
let service: Service;
const keys: Partial<Record<KeyScope, string>> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.connectionString });
  for (const scope of ['read', 'send', 'admin'] as const) keys[scope] = await newKey(scope, scope);
});

afterAll(async () => {
  await service?.close();
  await database?.drop();
});

async function newKey(name: string, scope: KeyScope): Promise<string> {
  const made = await service.app.ledger.keys.create({ name, scope });
  if (made === undefined) throw new Error(`${name} is taken`);
  return made.key;
}

const keyOf = (scope: KeyScope) => keys[scope] ?? '';
const READS = [
  '/v1/campaigns',
  '/v1/campaigns/c1',
  '/v1/campaigns/c1/export',
  '/v1/campaigns/c1/funnel',
  '/v1/requests/r1',
  '/openapi.json',
] as const;
const WRITES = [
  ['/v1/campaigns', { template: 't', language: 'en', recipients: people(1) }],
  ['/v1/campaigns/c1/recipients', undefined],
  ['/v1/campaigns/c1/start', undefined],
  ['/v1/campaigns/c1/pause', undefined],
  ['/v1/campaigns/c1/resume', undefined],
  ['/v1/campaigns/c1/cancel', undefined],
  ['/v1/requests', { template: 't', language: 'en', to: '+16502000000', 1: 'Ann' }],
] as const;

describe('a key of the scope read', () => {
  it.each(READS)('may GET %s', async (path) => {
    const { status } = await service.call('GET', path, { key: keyOf('read') });
    expect([200, 404]).toContain(status);
  });

  it.each(WRITES)('may not POST %s, and is told which scope may', async (path, body) => {
    const before = await service.app.ledger.campaigns.list({ limit: 9 });
    const answer = await service.call('POST', path, { key: keyOf('read'), body });
    expect(answer).toMatchObject({
      status: 403,
      body: {
        type: 'urn:callpermit:problem:forbidden',
        code: 'FORBIDDEN',
        where: 'header Authorization',
        detail: expect.stringMatching(/"read" may look \(scope read\); .* scope send\.$/),
        next: expect.stringContaining('--scope send'),
      },
    });
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="callpermit", error="insufficient_scope", scope="send"',
    );
    expect(await service.app.ledger.campaigns.list({ limit: 9 })).toEqual(before);
  });

  it('is told what is not there', async () => {
    for (const method of ['GET', 'POST'])
      expect(await service.call(method, '/v1/nothing', { key: keyOf('read') })).toMatchObject({
        status: 404,
        body: { code: 'NOT_FOUND' },
      });
  });
});

describe.each(['send', 'admin'] as const)('a key of the scope %s', (scope) => {
  it.each(READS)('may GET %s', async (path) => {
    const { status } = await service.call('GET', path, { key: keyOf(scope) });
    expect([200, 404]).toContain(status);
  });

  it.each(WRITES)('may POST %s', async (path, body) => {
    const answer = await service.call('POST', path, { key: keyOf(scope), body });
    expect([201, 202, 404, 400, 415]).toContain(answer.status);
  });
});

describe('a key of API_KEYS', () => {
  it('may do everything', async () => {
    const body = { template: 't', language: 'en', recipients: people(1, 50) };
    expect((await service.call('POST', '/v1/campaigns', { body })).status).toBe(201);
  });

  it('is good before one of the ledger is looked for', async () => {
    const { keys: store } = service.app.ledger;
    const ledger = store as { use: typeof store.use };
    const { use } = store;
    ledger.use = () => Promise.reject(new Error('looked for'));
    try {
      expect((await service.call('GET', '/v1/campaigns', { key: KEY })).status).toBe(200);
    } finally {
      ledger.use = use;
    }
  });
});

describe('a revoked key', () => {
  it('is refused with the next request, by every process, on connections that are open, too', async () => {
    const key = await newKey('leaving', 'send');
    const other = await startService({ databaseUrl: database.connectionString });
    const both = [service, other];
    const statuses = () =>
      Promise.all(both.map(async (s) => (await s.call('GET', '/v1/campaigns', { key })).status));
    try {
      for (let i = 0; i < 3; i += 1) expect(await statuses()).toEqual([200, 200]);
      await other.app.ledger.keys.revoke('leaving');
      expect(await statuses()).toEqual([401, 401]);
      const again = await newKey('leaving', 'read');
      expect(await statuses()).toEqual([401, 401]);
      for (const s of both)
        expect((await s.call('GET', '/v1/campaigns', { key: again })).status).toBe(200);
    } finally {
      await other.close();
    }
  });
});

describe('what is no key', () => {
  it.each([
    ['a made up one', () => `Bearer cpk_${'A'.repeat(43)}`],
    ['the hash of one', () => `Bearer ${'0'.repeat(64)}`],
    ['one with its last letter changed', () => `Bearer ${keyOf('admin').slice(0, -1)}!`],
    ['the name of one', () => 'Bearer admin'],
    ['Basic with the key as its password', () => basic(`admin:${keyOf('admin')}`)],
    ['Basic with the key as its user', () => basic(`${keyOf('admin')}:`)],
    ['the key without its scheme', () => keyOf('admin')],
    ['two keys in one header', () => `Bearer ${keyOf('admin')}, Bearer ${keyOf('admin')}`],
    ['an empty header', () => ''],
  ])('%s: 401', async (_, authorization) => {
    const headers = { authorization: authorization() };
    const answer = await service.call('GET', '/v1/campaigns', { key: null, headers });
    expect([answer.status, answer.body.code]).toEqual([401, 'UNAUTHORIZED']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="callpermit"');
  });

  it('whatever is sent, nobody is let in and nothing breaks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary-ascii', maxLength: 80 }), async (text) => {
        const printable = text.replace(/[^\x20-\x7e]/g, '');
        const headers = { authorization: `Bearer cpk_${printable}` };
        const { status } = await service.call('GET', '/v1/campaigns', { key: null, headers });
        expect(status).toBe(401);
      }),
      { numRuns: 50 },
    );
  });

  it('two headers Authorization: 400, whichever of them is good', async () => {
    const good = `Bearer ${keyOf('admin')}`;
    for (const two of [
      [good, 'Bearer wrong'],
      ['Bearer wrong', good],
      [good, good],
    ])
      expect(await statusWith(two)).toBe(400);
    expect(await statusWith([good])).toBe(200);
  });
});

describe('the log', () => {
  it('names the key of each request and holds none', async () => {
    await service.call('GET', '/v1/campaigns', { key: keyOf('send') });
    await service.call('GET', '/v1/campaigns');
    await service.call('POST', '/v1/requests', { key: keyOf('read') });
    expect(service.logged()).toMatch(/"status":200,.*"key":"send"/);
    expect(service.logged()).toMatch(/"status":200,.*"key":"API_KEYS\[1\]"/);
    expect(service.logged()).toMatch(/"status":403,.*"key":"read"/);
    for (const key of Object.values(keys)) expect(service.logged()).not.toContain(key.slice(4));
  });
});

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/** The status of a GET with headers as they are written; `fetch` would make one of two. */
function statusWith(authorizations: readonly string[]): Promise<number | undefined> {
  const headers = ['host', 'localhost', ...authorizations.flatMap((a) => ['authorization', a])];
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${service.http.url}/v1/campaigns`, { headers, agent: false });
    sent.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on('error', reject);
    sent.end();
  });
}
