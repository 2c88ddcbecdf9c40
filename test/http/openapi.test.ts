/** The description of the API: whole, valid, and the one in the repository. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Service, startService } from './support.ts';

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

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

async function description() {
  return (await service.call('GET', '/openapi.json')).body as {
    readonly servers: readonly unknown[];
    readonly tags: readonly { readonly name: string }[];
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly schemas: Readonly<Record<string, object>> };
  };
}

async function operations() {
  const { paths } = await description();
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      place: `${method.toUpperCase()} ${path}`,
    })),
  );
}

it('is a valid OpenAPI 3.1 document', async () => {
  const found = await new Validator().validate({ ...(await description()) });
  expect(found).toEqual({ valid: true });
});

it('is the one in docs/openapi.json, which `npm run docs:openapi` writes', async () => {
  const written = readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8');
  expect(JSON.parse(written)).toEqual(await description());
});

it('gives every operation an id of its own, a summary, a tag that is explained, and words for its parameters', async () => {
  const all = await operations();
  const tags = (await description()).tags.map(({ name }) => name);
  const bare = all.filter(
    ({ operationId, summary, tags: own = [], parameters = [] }) =>
      operationId === undefined ||
      summary === undefined ||
      own.length !== 1 ||
      !tags.includes(own[0] ?? '') ||
      parameters.some((parameter) => parameter.description === undefined),
  );
  expect(bare.map(({ place }) => place)).toEqual([]);
  expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
});

it('says of every answer but an empty one what it holds', async () => {
  const silent = (await operations()).flatMap(({ place, responses }) =>
    Object.entries(responses).flatMap(([status, response]) =>
      status === '204' || '$ref' in response || response.content !== undefined
        ? []
        : [`${place} ${status}`],
    ),
  );
  expect(silent).toEqual([]);
});

it('names the things that come in more than one answer', async () => {
  const { schemas } = (await description()).components;
  expect(Object.keys(schemas)).toEqual(
    expect.arrayContaining(['Problem', 'Campaign', 'RequestStanding']),
  );
});
