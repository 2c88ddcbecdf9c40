/** Who may call a route that says nothing of it, or something: closed by default. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify from 'fastify';
import { KEY_SCOPES, type KeyScope } from '../../src/core/api-key.ts';
import { checkScope, identify } from '../../src/http/access.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Service, startService } from './support.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** The methods by which somebody is let in, and the statuses of the others. */
async function answers(config: object, who: string) {
  const server = Fastify();
  const scope = KEY_SCOPES.find((one) => one === who);
  server.decorateRequest('caller', undefined);
  server.addHook(
    'onRequest',
    identify(async () => (scope === undefined ? undefined : { id: who, name: who, scope })),
  );
  server.addHook('onRequest', checkScope);
  server.all('/', { config }, async () => 'in');
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  try {
    const answered = METHODS.map(async (method) => {
      const { status } = await fetch(url, { method, headers: { authorization: 'Bearer x' } });
      return status === 200 ? method : status;
    });
    return [...new Set(await Promise.all(answered))].join(' ');
  } finally {
    await server.close();
  }
}

it.each([
  [{}, 'read', 'GET HEAD 403'],
  [{}, 'send', 'GET HEAD 403'],
  [{}, 'admin', METHODS.join(' ')],
  [{}, 'nobody', '401'],
  [{ scope: 'send' }, 'read', '403'],
  [{ scope: 'send' }, 'send', METHODS.join(' ')],
  [{ scope: 'admin' }, 'send', '403'],
  [{ scope: 'read' }, 'read', METHODS.join(' ')],
  [{ access: 'open' }, 'nobody', METHODS.join(' ')],
] as const)('a route of %j lets in, with a key of scope %s: %s', async (config, who, methods) => {
  expect(await answers(config, who)).toBe(methods);
});

describe('of the book, opt-outs, templates and senders', () => {
  let database: TestDatabase;
  let service: Service;
  const keys = new Map<KeyScope, string>();

  beforeAll(async () => {
    database = await createTestDatabase();
    service = await startService({ databaseUrl: database.connectionString });
    for (const scope of KEY_SCOPES) {
      const made = await service.app.ledger.keys.create({ name: scope, scope });
      keys.set(scope, made?.key ?? '');
    }
  });

  afterAll(async () => {
    await service?.close();
    await database?.drop();
  });

  it.each([
    ['GET', '/v1/permissions', 'read'],
    ['GET', '/v1/permissions/export', 'read'],
    ['GET', '/v1/permissions/+16502530000', 'read'],
    ['POST', '/v1/permissions/check', 'send'],
    ['GET', '/v1/suppressions', 'read'],
    ['GET', '/v1/suppressions/+16502530000', 'read'],
    ['POST', '/v1/suppressions', 'send'],
    ['POST', '/v1/suppressions/import', 'send'],
    ['PUT', '/v1/suppressions/+16502530000', 'send'],
    ['DELETE', '/v1/suppressions/+16502530000', 'send'],
    ['GET', '/v1/templates', 'read'],
    ['GET', '/v1/templates/t', 'read'],
    ['POST', '/v1/templates', 'admin'],
    ['DELETE', '/v1/templates/nothing', 'admin'],
    ['GET', '/v1/senders', 'read'],
    ['GET', '/v1/senders/1', 'read'],
  ] as const)('%s %s needs a key of the scope %s', async (method, path, needs) => {
    const open = KEY_SCOPES.slice(KEY_SCOPES.indexOf(needs));
    for (const scope of KEY_SCOPES) {
      const { status } = await service.call(method, path, { key: keys.get(scope) ?? '' });
      expect({ scope, isIn: status !== 403 }).toEqual({ scope, isIn: open.includes(scope) });
    }
    expect((await service.call(method, path, { key: null })).status).toBe(401);
  });
});
