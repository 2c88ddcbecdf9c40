/** Who may call a route that says nothing of it, or something: closed by default. */
import { expect, it } from '@jest/globals';
import Fastify from 'fastify';
import { KEY_SCOPES } from '../../src/core/api-key.ts';
import { checkScope, identify } from '../../src/http/access.ts';

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
