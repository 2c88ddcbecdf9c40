/** `/v1/keys`: keys of other services. */
import type { ApiKey, KeyStore } from '../core/ports/index.ts';
import { createKey, revokeKey } from '../users/manage-keys.ts';
import {
  keys as keyList,
  keyPath,
  keysQuery,
  madeKey,
  newKey,
  revokedKey,
} from './console-schemas.ts';
import { unwrap } from './find-campaign.ts';
import { pageOfAll, placeOf } from './pages.ts';
import type { HttpServer } from './typed-server.ts';

/** Adds the routes of keys. */
export function keyRoutes(server: HttpServer, keys: KeyStore): void {
  const tags = ['console'];
  const config = { scope: 'admin' } as const;

  server.get(
    '/v1/keys',
    {
      config,
      schema: {
        ...{ tags, operationId: 'listKeys' },
        summary: 'Keys of other services, without those of API_KEYS',
        querystring: keysQuery,
        response: { 200: keyList },
      },
    },
    async ({ query }) => {
      const found = await keys.list();
      const wanted = found.filter(({ revokedAt }) => query.all || revokedAt === null);
      const { items, next } = pageOfAll(
        wanted,
        query,
        (one) => `${one.revokedAt === null ? 0 : 1} ${placeOf(one)}`,
      );
      return { keys: items.map(shown), next };
    },
  );

  server.post(
    '/v1/keys',
    {
      config,
      schema: {
        ...{ tags, operationId: 'createKey', summary: 'Make a key; it is shown this once' },
        body: newKey,
        response: { 201: madeKey },
      },
    },
    async (request, reply) => {
      const made = unwrap(await createKey(keys, request.body));
      reply.header('cache-control', 'no-store');
      return reply.code(201).send({ ...shown(made), key: made.key });
    },
  );

  server.delete(
    '/v1/keys/:id',
    {
      config,
      schema: {
        ...{ tags, operationId: 'revokeKey' },
        summary: 'Revoke a key: every process refuses it from its next request on',
        params: keyPath,
        response: { 200: revokedKey },
      },
    },
    async ({ params }) => {
      const revoked = unwrap(await revokeKey(keys, params.id));
      return { ...shown(revoked), wasRevoked: revoked.wasRevoked };
    },
  );
}

function shown({ id, name, scope, createdAt, lastUsedAt, revokedAt }: ApiKey) {
  return {
    ...{ id, name, scope, createdAt: createdAt.toISOString() },
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
