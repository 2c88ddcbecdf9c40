/** Who may call a route that says nothing of it, or something: closed by default. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify from 'fastify';
import { KEY_SCOPES } from '../../src/core/api-key.ts';
import { checkScope, identify } from '../../src/http/access.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { DESCRIPTION } from './described.ts';
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

describe('the routes of the description', () => {
  /** The scope that each of them needs. */
  const NEEDS = {
    'GET /v1/campaigns': 'read',
    'POST /v1/campaigns': 'send',
    'POST /v1/campaigns/import': 'send',
    'GET /v1/campaigns/{id}': 'read',
    'GET /v1/campaigns/{id}/answer-times': 'read',
    'GET /v1/campaigns/{id}/latency': 'read',
    'GET /v1/campaigns/{id}/export': 'read',
    'GET /v1/campaigns/{id}/forecast': 'read',
    'GET /v1/campaigns/{id}/funnel': 'read',
    'GET /v1/campaigns/{id}/reasons': 'read',
    'GET /v1/campaigns/{id}/refused': 'read',
    'GET /v1/campaigns/{id}/requests': 'read',
    'GET /v1/campaigns/{id}/requests/{row}': 'read',
    'POST /v1/campaigns/{id}/cancel': 'send',
    'POST /v1/campaigns/{id}/pause': 'send',
    'POST /v1/campaigns/{id}/recipients': 'send',
    'POST /v1/campaigns/{id}/resume': 'send',
    'POST /v1/campaigns/{id}/retry': 'send',
    'POST /v1/campaigns/{id}/start': 'send',
    'GET /v1/requests': 'read',
    'POST /v1/requests': 'send',
    'GET /v1/requests/{id}': 'read',
    'GET /v1/requests/{id}/webhooks': 'send',
    'POST /v1/requests/{id}/settle': 'send',
    'GET /v1/permissions': 'read',
    'GET /v1/permissions/export': 'read',
    'GET /v1/permissions/{to}': 'read',
    'POST /v1/permissions/check': 'send',
    'GET /v1/suppressions': 'read',
    'POST /v1/suppressions': 'send',
    'POST /v1/suppressions/import': 'send',
    'GET /v1/suppressions/{to}': 'read',
    'PUT /v1/suppressions/{to}': 'send',
    'DELETE /v1/suppressions/{to}': 'send',
    'GET /v1/templates': 'read',
    'POST /v1/templates': 'admin',
    'GET /v1/templates/{name}': 'read',
    'DELETE /v1/templates/{name}': 'admin',
    'GET /v1/health': 'read',
    'GET /v1/setup': 'read',
    'GET /v1/senders': 'read',
    'GET /v1/senders/{id}': 'read',
    'GET /v1/events': 'read',
    'GET /v1/events/stream': 'read',
    'GET /v1/campaigns/{id}/events': 'read',
    'GET /v1/events/subscriptions': 'admin',
    'POST /v1/events/subscriptions': 'admin',
    'DELETE /v1/events/subscriptions/{id}': 'admin',
    'POST /v1/events/replay': 'admin',
    'GET /v1/session': 'read',
    'PATCH /v1/session': 'read',
    'DELETE /v1/session': 'read',
    'DELETE /v1/sessions': 'read',
    'GET /v1/users': 'admin',
    'POST /v1/users': 'admin',
    'PATCH /v1/users/{name}': 'admin',
    'DELETE /v1/users/{name}': 'admin',
    'GET /v1/users/{name}/sessions': 'admin',
    'DELETE /v1/users/{name}/sessions': 'admin',
    'GET /v1/keys': 'admin',
    'POST /v1/keys': 'admin',
    'DELETE /v1/keys/{id}': 'admin',
    'GET /v1/audit': 'send',
  } as const;
  let database: TestDatabase;
  let service: Service;
  const keys = new Map<string, string>();

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

  it('are all of these, the probes, the metrics, and the log-in', () => {
    const routes = Object.entries(DESCRIPTION.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const closed = routes.filter((route) => !/ \/(health|metrics)|POST .v1.session$/.test(route));
    expect(closed.sort()).toEqual(Object.keys(NEEDS).sort());
  });

  it.each(Object.entries(NEEDS))('%s needs the scope %s', async (route, needs) => {
    const [method = '', path = ''] = route.split(' ');
    const at = path
      .replace('{to}', '+16502530000')
      .replace('{row}', '1')
      .replace(/\{\w+\}/, 'c0');
    const lets = KEY_SCOPES.slice(KEY_SCOPES.indexOf(needs));
    for (const scope of KEY_SCOPES) {
      // A stream has no end.
      const verb = /stream$|\/events$/.test(at) && method === 'GET' ? 'HEAD' : method;
      const { status } = await service.call(verb, at, { key: keys.get(scope) ?? '' });
      expect({ scope, isIn: status !== 403 }).toEqual({ scope, isIn: lets.includes(scope) });
    }
    expect((await service.call(method, at, { key: null })).status).toBe(401);
  });
});
