import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Service, startService } from './support.ts';

let database: TestDatabase;
let service: Service;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService(ground());
});

afterAll(async () => {
  await service?.close();
  await database?.drop();
});

function ground() {
  return { databaseUrl: database.connectionString };
}

const CLOSED = [
  ['GET', '/v1/campaigns'],
  ['POST', '/v1/campaigns'],
  ['GET', '/v1/campaigns/c1'],
  ['GET', '/v1/campaigns/c1/export'],
  ['GET', '/v1/campaigns/c1/funnel'],
  ['POST', '/v1/campaigns/c1/recipients'],
  ['POST', '/v1/campaigns/c1/start'],
  ['GET', '/openapi.json'],
  ['GET', '/v1/no-such-route'],
  ['GET', '/no-such-page'],
] as const;

describe('keys', () => {
  it.each(CLOSED)('%s %s answers 401 without a key and with a wrong one', async (method, path) => {
    for (const key of [null, 'wrong', `${'key-one'}x`, 'key-on']) {
      const answer = await service.call(method, path, { key });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      expect(answer.body).toMatchObject({
        type: 'urn:callpermit:problem:unauthorized',
        title: 'Unauthorized',
        status: 401,
        code: 'UNAUTHORIZED',
        where: 'header Authorization',
      });
      expect(answer.body.next).toContain('API_KEYS');
    }
  });

  it('any of the keys opens the API', async () => {
    for (const key of ['key-one', 'another']) {
      expect((await service.call('GET', '/v1/campaigns', { key })).status).toBe(200);
    }
  });

  it('the word Bearer may be written in any case', async () => {
    const headers = { authorization: 'bearer key-one' };
    expect((await service.call('GET', '/v1/campaigns', { key: null, headers })).status).toBe(200);
  });

  it('a basic password is no key', async () => {
    const headers = { authorization: `Basic ${Buffer.from('key-one:').toString('base64')}` };
    expect((await service.call('GET', '/v1/campaigns', { key: null, headers })).status).toBe(401);
  });

  it('the probes need none', async () => {
    expect((await service.call('GET', '/health/live', { key: null })).status).toBe(200);
    expect((await service.call('GET', '/health/ready', { key: null })).status).toBe(200);
  });

  it('the log names routes, never keys', async () => {
    await service.call('GET', '/v1/campaigns?limit=3');
    await service.call('GET', '/v1/campaigns', { key: 'some-wrong-key' });
    expect(service.logged()).toContain('"route":"/v1/campaigns"');
    expect(service.logged()).not.toMatch(/key-one|some-wrong-key/);
  });
});

describe('a service without API_KEYS', () => {
  it('lets in who has a key of the ledger, and says how one is made', async () => {
    const closed = await startService(ground(), { API_KEYS: '' });
    try {
      const answer = await closed.call('GET', '/v1/campaigns', { key: '' });
      expect(answer.status).toBe(401);
      expect(answer.body.next).toContain('callpermit key create');
      const made = await closed.app.ledger.keys.create({ name: 'only', scope: 'read' });
      const { status } = await closed.call('GET', '/v1/campaigns', { key: made?.key ?? '' });
      expect(status).toBe(200);
    } finally {
      await closed.close();
    }
  });
});
