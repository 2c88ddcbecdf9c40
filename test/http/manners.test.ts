/** What every answer of the HTTP API keeps to: ids, methods, limits, other origins. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startReceiver } from './receiver.ts';
import { KEY, people, type Service, startService } from './support.ts';

let database: TestDatabase;
let service: Service;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService(ground(), { DASHBOARD_USER: 'ann', DASHBOARD_PASSWORD: 'secret' });
});

afterAll(async () => {
  await service?.close();
  await database?.drop();
});

function ground() {
  return { databaseUrl: database.connectionString };
}

describe('Request-Id', () => {
  it.each([
    ['a success', 'GET', '/v1/campaigns', {}],
    ['no key', 'GET', '/v1/campaigns', { key: null }],
    ['no such route', 'GET', '/nothing', {}],
    ['no such method', 'PUT', '/v1/campaigns', {}],
    ['a body that is none', 'POST', '/v1/campaigns', { body: '{' }],
    ['a wrong field', 'GET', '/v1/campaigns?limit=x', {}],
    ['an address that is none', 'GET', '/v1/campaigns/%zz', {}],
    ['a part that is too long', 'GET', `/v1/campaigns/${'x'.repeat(300)}`, {}],
    ['a probe', 'GET', '/health/live', { key: null }],
    ['the dashboard', 'GET', '/queues', { key: null }],
    ['the handshake of a webhook', 'GET', '/webhooks/whatsapp', { key: null }],
    ['a webhook', 'POST', '/webhooks/whatsapp', { key: null, body: '{}' }],
  ])('of %s: the one that came, or one of ours', async (_, method, path, options) => {
    const headers = { 'request-id': 'From-you_1', 'content-type': 'application/json' };
    const theirs = await service.call(method, path, { ...options, headers });
    expect(theirs.headers.get('request-id')).toBe('From-you_1');
    const ours = await service.call(method, path, options);
    expect(ours.headers.get('request-id')).toMatch(/^[\da-f-]{36}$/);
  });

  it('stands in the line of the log', async () => {
    await service.call('GET', '/v1/campaigns', { headers: { 'request-id': 'logged-1' } });
    await service.call('GET', '/v1/campaigns', {
      key: null,
      headers: { 'request-id': 'logged-2' },
    });
    const lines = service.logged().split('\n');
    expect(lines.find((line) => line.includes('"request":"logged-1"'))).toContain('"status":200');
    expect(lines.find((line) => line.includes('"request":"logged-2"'))).toContain('"status":401');
  });

  it('that is none is not taken', async () => {
    const odd = fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 90 })
      .filter((text) => !/^[\w-]{1,64}$/.test(text.trim()) && text.trim() !== '');
    await fc.assert(
      fc.asyncProperty(odd, async (text) => {
        const headers = { 'request-id': text };
        const { headers: answered } = await service.call('GET', '/health/live', { headers });
        expect(answered.get('request-id')).toMatch(/^[\da-f-]{36}$/);
      }),
      { numRuns: 50 },
    );
    for (const text of ['x'.repeat(65), 'a b', 'a\tb', '"', '<script>']) {
      const answer = await service.call('GET', '/health/live', { headers: { 'request-id': text } });
      expect(answer.headers.get('request-id')).not.toBe(text);
    }
  });
});

const ALLOWED = [
  ['/v1/campaigns', 'GET, HEAD, OPTIONS, POST'],
  ['/v1/campaigns/c1', 'GET, HEAD, OPTIONS'],
  ['/v1/campaigns/c1/start', 'OPTIONS, POST'],
  ['/v1/campaigns/c1/recipients', 'OPTIONS, POST'],
  ['/v1/requests', 'GET, HEAD, OPTIONS, POST'],
  ['/openapi.json', 'GET, HEAD, OPTIONS'],
] as const;
const OPEN = [
  ['/health/live', 'GET, HEAD, OPTIONS'],
  ['/webhooks/whatsapp', 'GET, OPTIONS, POST'],
] as const;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'LINK'] as const;

describe('a method that a path does not take', () => {
  it.each([...ALLOWED, ...OPEN])('%s: 405 that allows %s', async (path, allow) => {
    for (const method of METHODS.filter((one) => !allow.split(', ').includes(one))) {
      const answer = await service.call(method, path, {
        ...(method === 'GET' || method === 'HEAD' ? {} : { body: 'a=1' }),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, allow]);
      if (method !== 'HEAD')
        expect(answer.body).toMatchObject({ code: 'METHOD_NOT_ALLOWED', where: 'method' });
    }
  });

  it.each([...ALLOWED, ...OPEN])('OPTIONS %s names them: %s', async (path, allow) => {
    const answer = await service.call('OPTIONS', path);
    expect([answer.status, answer.text, answer.headers.get('allow')]).toEqual([204, '', allow]);
  });

  it('is told only to who has a key, where the path needs one', async () => {
    for (const method of ['DELETE', 'OPTIONS']) {
      for (const [path] of ALLOWED) {
        const answer = await service.call(method, path, { key: null });
        expect([answer.status, answer.headers.get('allow')]).toEqual([401, null]);
      }
      for (const [path] of OPEN) {
        const answer = await service.call(method, path, { key: null });
        expect(answer.headers.get('allow')).not.toBeNull();
      }
    }
  });

  it('is told to keys that may only look', async () => {
    const made = await service.app.ledger.keys.create({ name: 'looks', scope: 'read' });
    const { status } = await service.call('DELETE', '/v1/campaigns', { key: made?.key ?? '' });
    expect(status).toBe(405);
  });

  it('is told by a receiver, too', async () => {
    const receiver = await startReceiver(database.connectionString);
    try {
      const answer = await fetch(receiver.url, { method: 'PUT', body: '{}' });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, OPTIONS, POST']);
      expect(answer.headers.get('request-id')).toMatch(/^[\da-f-]{36}$/);
    } finally {
      await receiver.close();
    }
  });

  it('is nothing of the description', async () => {
    const { body } = await service.call('GET', '/openapi.json');
    expect(Object.keys(body.paths['/v1/campaigns'])).toEqual(['post', 'get']);
    expect(Object.keys(body.paths['/v1/campaigns/{id}/start'])).toEqual(['post']);
  });
});

describe('HEAD', () => {
  it('is a GET without its body, and an export is not read for it', async () => {
    const list = { template: 't', language: 'en', recipients: people(3) };
    const { body } = await service.call('POST', '/v1/campaigns', { body: list });
    const read = jest.spyOn(service.app.ledger.campaigns, 'results');
    const answer = await service.call('HEAD', `/v1/campaigns/${body.id}/export?format=csv`);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers.get('content-type')).toContain('text/csv');
    expect(read).not.toHaveBeenCalled();
    read.mockRestore();
    expect((await service.call('HEAD', '/v1/campaigns/cnothere/export')).status).toBe(404);
  });
});

describe('pages of other origins', () => {
  it.each([
    ['OPTIONS', '/v1/campaigns'],
    ['GET', '/v1/campaigns'],
    ['POST', '/v1/campaigns'],
    ['GET', '/v1/nothing'],
    ['GET', '/health/live'],
    ['OPTIONS', '/health/live'],
  ])('%s %s gives them no leave', async (method, path) => {
    for (const key of [KEY, null]) {
      const { headers } = await service.call(method, path, {
        key,
        headers: {
          origin: 'https://elsewhere.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      });
      const cors = [...headers.keys()].filter((name) => name.startsWith('access-control-'));
      expect(cors).toEqual([]);
    }
  });
});

describe('requests of a key in a minute', () => {
  it('are counted for each key, told in headers, and refused beyond the limit', async () => {
    const limited = await startService(ground(), { API_REQUESTS_PER_MINUTE: '5' });
    try {
      const get = (key: string, path = '/v1/campaigns') => limited.call('GET', path, { key });
      const one = (await limited.app.ledger.keys.create({ name: 'one', scope: 'read' }))?.key ?? '';
      const told = ({ headers, status }: Awaited<ReturnType<typeof get>>) => [
        status,
        headers.get('ratelimit-limit'),
        headers.get('ratelimit-remaining'),
      ];
      const first = await get(one);
      expect(told(first)).toEqual([200, '5', '4']);
      const reset = Number(first.headers.get('ratelimit-reset'));
      expect(reset).toBeGreaterThan(0);
      expect(reset).toBeLessThanOrEqual(60);
      // What is refused or not there counts as well.
      expect(told(await limited.call('POST', '/v1/requests', { key: one }))).toEqual([
        403,
        '5',
        '3',
      ]);
      expect(told(await get(one, '/v1/nothing'))).toEqual([404, '5', '2']);
      expect(told(await limited.call('DELETE', '/v1/campaigns', { key: one }))).toEqual([
        ...[405, '5', '1'],
      ]);
      expect(told(await get(one))).toEqual([200, '5', '0']);
      const over = await get(one);
      expect(told(over)).toEqual([429, '5', '0']);
      const wait = over.headers.get('retry-after') ?? '';
      expect(wait).toBe(over.headers.get('ratelimit-reset'));
      expect(over.headers.get('request-id')).not.toBeNull();
      expect(over.body).toMatchObject({
        code: 'TOO_MANY_REQUESTS',
        detail: 'The key "one" has made its 5 requests of this minute.',
        next: expect.stringContaining(`in ${wait} s`),
      });

      // Others have minutes of their own, and who needs no key has no limit.
      expect(told(await get('key-one'))).toEqual([200, '5', '4']);
      expect(told(await get('another'))).toEqual([200, '5', '4']);
      for (let i = 0; i < 8; i += 1) {
        expect(told(await get(one, '/health/live'))).toEqual([200, null, null]);
        expect(told(await get('wrong'))).toEqual([401, null, null]);
        const webhook = await limited.call('POST', '/webhooks/whatsapp', { key: null, body: '{}' });
        expect(webhook.headers.get('ratelimit-limit')).toBeNull();
        expect(webhook.status).not.toBe(429);
      }
    } finally {
      await limited.close();
    }
  });

  it('are many by default', async () => {
    const answer = await service.call('GET', '/v1/campaigns');
    expect(answer.headers.get('ratelimit-limit')).toBe('30000');
  });
});

describe('503', () => {
  it('says when to come back: of the dashboard, too', async () => {
    const ping = jest.spyOn(service.app.queue, 'ping').mockRejectedValue(new Error('away'));
    const headers = {
      authorization: `Basic ${Buffer.from('ann:secret').toString('base64')}`,
    };
    const page = await service.call('GET', '/queues/api/queues', { key: null, headers });
    const ready = await service.call('GET', '/health/ready', { key: null });
    ping.mockRestore();
    for (const answer of [page, ready])
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  });
});
