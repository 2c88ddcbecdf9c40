/** `/openapi.json`, made from the schemas that check requests and answers. */
import swagger from '@fastify/swagger';
import type { FastifyRequest } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { EVENT_SCHEMAS } from '../core/events/event.ts';
import { problemComponents, refusalReferences } from './described-problems.ts';
import { withNamedSchemas } from './named-schemas.ts';
import type { Proxies } from './prefix.ts';
import { REQUEST_ID } from './request-ids.ts';
import type { HttpServer } from './typed-server.ts';

const ABOUT =
  'Asks a whole list of people for permission to call them on WhatsApp. Every failure is a problem ' +
  '(RFC 9457) with a `code` for programs and a `next` for people. Every list answers its items and ' +
  '`next`, which is the `after` of the page that follows. What is of HTTP and not of an operation is a problem as well: ' +
  '405 names in `Allow` what a path takes, 414 is of a path that is too long, and before anything else is known of a request 400 is of what ' +
  'is not HTTP and 408 of one that came too slowly.';

const TAGS = [
  { name: 'campaigns', description: 'Lists of people to ask, and how far that is.' },
  { name: 'requests', description: 'One person asked, now or as a line of a list.' },
  { name: 'permissions', description: 'The permission book: who may be called, until when.' },
  { name: 'suppressions', description: 'Numbers that are never asked.' },
  { name: 'templates', description: "Meta's message templates with a call permission request." },
  { name: 'senders', description: 'Phone numbers that ask: rate, state, budget.' },
  { name: 'events', description: 'What happened, and who is told of it.' },
  { name: 'console', description: 'Who logs in, as what, which keys there are, who did what.' },
  { name: 'health', description: 'Probes, figures, and what is wrong.' },
];

const INTEGER = { schema: { type: 'integer', minimum: 0 } };

/** Headers of every answer. */
const HEADERS = {
  [canonical(REQUEST_ID)]: {
    description: "The request's own, or one of ours: what the log calls it by.",
    schema: { type: 'string' },
  },
};

const LIMITS = {
  'RateLimit-Limit': { description: 'Requests of this key or user in a minute.', ...INTEGER },
  'RateLimit-Remaining': { description: 'How many are left.', ...INTEGER },
  'RateLimit-Reset': { description: 'Seconds until all are there again.', ...INTEGER },
};

/** Gives the description as the caller of a request sees it: with the address that reached us. */
export type Describe = (request: FastifyRequest) => Record<string, unknown>;

/**
 * Adds the description of the API; before the routes, since it listens to their coming.
 * @param p.publicUrl where others find the API; else the path alone, as their proxy says it
 */
export async function describeApi(
  server: HttpServer,
  p: { readonly around: Pick<Proxies, 'prefixOf'>; readonly publicUrl: string | undefined },
): Promise<Describe> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'callpermit', version: '1', description: ABOUT, license: LICENSE },
      tags: TAGS,
      components: {
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description: 'A key of `callpermit key create`, or one of API_KEYS.',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'callpermit_session',
            description:
              'Set by `POST /v1/session`, for browsers; behind https its name begins with `__Host-` or `__Secure-`.',
          },
          csrf: {
            type: 'apiKey',
            in: 'header',
            name: 'X-CSRF-Token',
            description:
              '`csrfToken` of `GET /v1/session`: with a session, for what changes something.',
          },
        },
      },
      security: [{ key: [] }, { session: [], csrf: [] }],
    },
    transform: (given) => {
      const { schema, url } = jsonSchemaTransform(given);
      const { route } = given;
      const { body, operationId } = (schema ?? {}) as {
        readonly body?: unknown;
        readonly operationId?: string;
      };
      const { method, config } = route;
      const described = { method, config, url, operationId, hasBody: body !== undefined };
      refusals.set(keyOf(String(route.method), url), refusalReferences(described));
      // A key has no session.
      const security = [{ session: [], csrf: [] }];
      return { schema: config?.access === 'session' ? { ...schema, security } : schema, url };
    },
    transformObject: (given) =>
      completed(withNamedSchemas(withEvents(jsonSchemaTransformObject(given))), refusals),
  });
  const refusals = new Map<string, Readonly<Record<string, object>>>();
  const describe: Describe = (request) => {
    const prefix = p.around.prefixOf(request.raw);
    const isUsual = p.publicUrl !== undefined && new URL(p.publicUrl).pathname.endsWith(prefix);
    const url = (isUsual ? p.publicUrl : prefix) || '/';
    return { ...server.swagger(), servers: [{ url, description: 'This service.' }] };
  };
  const route = { config: { access: 'key-or-password' }, schema: { hide: true } } as const;
  server.get('/openapi.json', route, async (request) => describe(request));
  return describe;
}

const LICENSE = { name: 'MIT', identifier: 'MIT' };

// What fastify says where a route says nothing.
const UNSAID = 'Default Response';

interface Operation {
  readonly operationId?: string;
  readonly security?: readonly unknown[];
  readonly responses?: Readonly<Record<string, Record<string, unknown>>>;
}

/** The document with what fastify's part of it does not know: refusals and headers. */
function completed(
  document: ReturnType<typeof jsonSchemaTransformObject>,
  refusals: ReadonlyMap<string, Readonly<Record<string, object>>>,
): ReturnType<typeof jsonSchemaTransformObject> {
  const { schemas, responses } = problemComponents();
  const before = document as {
    readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components?: { readonly schemas?: object };
  };
  const paths = Object.entries(before.paths ?? {}).map(([path, operations]) => [
    path,
    Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [
        method,
        answered(operation, refusals.get(keyOf(method, path)) ?? {}),
      ]),
    ),
  ]);
  return {
    ...document,
    paths: Object.fromEntries(paths),
    components: {
      ...before.components,
      schemas: { ...before.components?.schemas, ...schemas },
      responses,
    },
  } as ReturnType<typeof jsonSchemaTransformObject>;
}

/** With what subscribers are sent, one entry a type. */
function withEvents<D extends object>(document: D): D & { readonly webhooks: object } {
  const webhooks = Object.entries(EVENT_SCHEMAS).map(([type, schema]) => {
    const { id, description } = z.globalRegistry.get(schema) ?? {};
    const content = { 'application/json': { schema: { $ref: `#/components/schemas/${id}` } } };
    const post = {
      summary: description ?? type,
      tags: ['events'],
      security: [],
      parameters: SIGNED.map((name) => ({ name, in: 'header', required: true, ...TEXT })),
      requestBody: { required: true, content },
      responses: { '2XX': { description: 'Taken. Anything else is sent again for a day.' } },
    };
    return [type, { post }];
  });
  return { ...document, webhooks: Object.fromEntries(webhooks) };
}

const TEXT = { schema: { type: 'string' } };
// Of Standard Webhooks.
const SIGNED = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

function answered(operation: Operation, refused: Readonly<Record<string, object>>): Operation {
  const isOpen = operation.security?.length === 0;
  const headers = isOpen ? HEADERS : { ...HEADERS, ...LIMITS };
  const own = Object.entries(operation.responses ?? {}).map(([status, response]) => [
    status,
    {
      ...response,
      ...(response.description === UNSAID ? { description: 'Done.' } : {}),
      headers,
    },
  ]);
  return { ...operation, responses: { ...refused, ...Object.fromEntries(own) } };
}

function keyOf(method: string, url: string): string {
  return `${method.toUpperCase()} ${url.replace(/:(\w+)/g, '{$1}')}`;
}

function canonical(header: string): string {
  return header.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
}
