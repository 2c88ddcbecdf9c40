/** `/openapi.json`, made from the schemas that check the requests. */
import swagger from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Proxies } from './prefix.ts';
import { problemSchema } from './schemas.ts';
import type { HttpServer } from './typed-server.ts';

const problem = {
  description: 'What was wrong, where, and what to do next (RFC 9457).',
  content: { 'application/problem+json': { schema: z.toJSONSchema(problemSchema) } },
};

/**
 * Adds the description of the API; before the routes, since it listens to their coming.
 * @param p.publicUrl where others find the API; else the path alone, as their proxy says it
 */
export async function describeApi(
  server: HttpServer,
  p: { readonly around: Pick<Proxies, 'prefixOf'>; readonly publicUrl: string | undefined },
): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'callpermit',
        version: '1',
        description:
          'Asks a whole list of people for permission to call them on WhatsApp. Every failure is ' +
          'a problem with a `code` for programs and a `next` for people.',
      },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    },
    // Problems are said here, not in the routes: any route may answer any of them, and they are
    // sent ready made, past the routes' own schemas.
    transform: (route) => {
      const { schema, url } = jsonSchemaTransform(route);
      return {
        url,
        schema: {
          ...schema,
          response: { '2xx': OK, ...responses(schema), '4xx': problem, '5xx': problem },
        },
      };
    },
  });
  server.get('/openapi.json', { schema: { hide: true } }, async (request) => {
    const prefix = p.around.prefixOf(request.raw);
    const isUsual = p.publicUrl !== undefined && new URL(p.publicUrl).pathname.endsWith(prefix);
    const url = isUsual ? p.publicUrl : prefix;
    return { ...server.swagger(), ...(url ? { servers: [{ url }] } : {}) };
  });
}

const OK = { description: 'Done.' };

function responses(schema: unknown): object {
  const own = (schema as { response?: object } | undefined)?.response;
  return own ?? {};
}
