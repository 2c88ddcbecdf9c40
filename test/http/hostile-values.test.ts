/**
 * Values that nobody means, in each place of each operation of docs/openapi.json: a NUL, half a surrogate pair, deep JSON,
 * numbers beyond all bounds, other types. Each is refused with a code, or is no harm; none is a fault of callpermit.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { DESCRIPTION } from './described.ts';
import { KEY, people, type Service, startService } from './support.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema?: Schema }>>;
  };
}

const deep = (open: string, close: string) => `${open.repeat(20_000)}1${close.repeat(20_000)}`;
const cursor = (word: string) => Buffer.from(word).toString('base64url');

/** As they stand in an address. */
const IN_ADDRESSES = [
  ...['%00', 'a%00b', '%ed%a0%80', '%ff%fe', '%F0%9F%98%80', '%25', '%27%22--', '%0a', '%E2%80%AE'],
  ...[
    '-1',
    '1e400',
    '9007199254740993',
    '99999999999999999999999',
    'NaN',
    'null',
    '[]',
    '*,*',
    '+',
  ],
  ...['2026-11-29T00:00:00Z', '275761-01-01T00:00:00Z', '0000-01-01T00:00:00Z', '9'.repeat(19)],
  'x'.repeat(1_500),
  ...[
    cursor('["\\u0000","\\u0000"]'),
    cursor('["\\u0000"]'),
    cursor('["\\ud800","1"]'),
    cursor('[99999999999999999999]'),
    cursor('["999999999999999999"]'),
    cursor('[1e400,1e400]'),
    cursor('["275761-01-01T00:00:00Z","x"]'),
    cursor('["\\u0000","\\u0000","\\u0000",1,"1"]'),
    cursor('{"__proto__":1}'),
    cursor(deep('[', ']')),
  ],
];

/** As they stand in JSON. */
const IN_JSON = [
  ...['"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00x"', '""', '"\\u202e"', '"x\\ny"'],
  ...['null', 'true', '-1', '1e400', '-1e400', '1e308', '9007199254740993', '99999999999999999999'],
  ...['[]', '{}', '[null]', '[[]]', '{"\\u0000":"\\u0000"}', '["\\u0000"]', '["\\ud800"]'],
  ...['{"a":{"b":[1,{"c":null}]}}', '{"toString":1}', '"2026-11-29T00:00:00Z"', '"+16505551234"'],
  ...['"275761-01-01T00:00:00Z"', '"0000-01-01T00:00:00Z"', `"${'9'.repeat(400)}"`],
  ...[`"${'x'.repeat(100_000)}"`, deep('[', ']'), deep('{"a":', '}')],
  ...[`[${'1,'.repeat(10_000)}1]`, `[${'{},'.repeat(10_000)}{}]`],
];

/** What a field has where another one is tried. */
const USUAL: Readonly<Record<string, unknown>> = {
  ...{ template: 't', language: 'en', name: 'a', to: '+16505551234', url: 'https://example.com/a' },
  ...{ recipients: people(1), people: ['+16505551234'], map: { a: '1' }, startAt: undefined },
  ...{ parameters: ['Ann'], since: '2026-11-01T00:00:00Z', user: 'ann', password: 'long enough' },
};

let database: TestDatabase;
let service: Service;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService(
    { databaseUrl: database.connectionString },
    {
      DASHBOARD_USER: 'ann',
      DASHBOARD_PASSWORD: 'long enough',
      API_REQUESTS_PER_MINUTE: '1000000',
      EVENTS_KEY: 'k'.repeat(64),
    },
  );
  const made = await service.call('POST', '/v1/campaigns', {
    body: { template: 't', language: 'en', recipients: people(3), start: false },
  });
  campaign = made.body.id;
  expect(made.status).toBe(201);
});

afterAll(async () => {
  await service?.close();
  await database?.drop();
});

let campaign: string;

/** A value of a schema: of several the first, of an object what it needs. */
function usualOf(schema: Schema | undefined, name = ''): unknown {
  if (Object.hasOwn(USUAL, name)) return USUAL[name];
  if (schema === undefined) return 'a';
  const { $ref } = schema;
  if ($ref !== undefined) return usualOf(named($ref), name);
  const [first] = schema.anyOf ?? schema.oneOf ?? [];
  if (first !== undefined) return usualOf(first, name);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.properties !== undefined) {
    const { properties, required = [] } = schema;
    return Object.fromEntries(required.map((key) => [key, usualOf(properties[key], key)]));
  }
  if (schema.type === 'array') return [usualOf(schema.items)];
  if (schema.type === 'boolean') return true;
  if (schema.type === 'number' || schema.type === 'integer') return schema.minimum ?? 1;
  return 'a';
}

function named($ref: string): Schema {
  const { schemas } = DESCRIPTION.components as unknown as { schemas: Record<string, Schema> };
  return schemas[$ref.split('/').at(-1) ?? ''] ?? {};
}

function fieldsOf(schema: Schema | undefined): readonly string[] {
  if (schema === undefined) return [];
  const all = schema.$ref === undefined ? schema : named(schema.$ref);
  const others = [...(all.anyOf ?? []), ...(all.oneOf ?? [])];
  return [...new Set([...Object.keys(all.properties ?? {}), ...others.flatMap(fieldsOf)])];
}

interface Call {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly what: string;
}

/** All calls of an operation: one of its places is hostile in each. */
function callsOf(template: string, operation: Operation): readonly Call[] {
  const { parameters = [], requestBody } = operation;
  const type = requestBody && Object.keys(requestBody.content)[0];
  const schema = type === undefined ? undefined : requestBody?.content[type]?.schema;
  const isJson = type === 'application/json';
  const body: object | string = isJson
    ? (usualOf(schema) as object)
    : `{"to":"+16505551234","1":"Ann"}\n`;
  const usual = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = type === undefined ? {} : { 'content-type': type };
  const at = (values: Readonly<Record<string, string>> = {}) => {
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
      const others = template.startsWith('/v1/campaigns') ? campaign : 'a';
      return values[name] ?? (name === 'to' ? '+16505551234' : others);
    });
    const needed =
      operation.operationId === 'importCampaign' ? { template: 't', language: 'en' } : {};
    const query = Object.entries({ ...needed, ...values }).filter(([name]) =>
      parameters.some((one) => one.in === 'query' && one.name === name),
    );
    return `${path}?${query.map(([name, value]) => `${name}=${value}`).join('&')}`;
  };
  const withBody = type === undefined ? {} : { body: usual };
  const calls: Call[] = parameters.flatMap((parameter) =>
    IN_ADDRESSES.map((value) => {
      const what = `${parameter.in} ${parameter.name}=${value.slice(0, 60)}`;
      if (parameter.in !== 'header')
        return { path: at({ [parameter.name]: value }), headers, ...withBody, what };
      return { path: at(), headers: { ...headers, [parameter.name]: value }, ...withBody, what };
    }),
  );
  if (type === undefined) return calls;
  for (const value of IN_JSON) {
    const what = `body ${value.slice(0, 60)}`;
    calls.push({ path: at(), headers, body: isJson ? value : `${value}\n${usual}`, what });
    if (!isJson) {
      const lines = [`{"to":"+16505551234","1":${value}}`, `{"to":${value},"1":"Ann"}`];
      calls.push({ path: at(), headers, body: `${usual}${lines.join('\n')}`, what });
      continue;
    }
    for (const field of [...fieldsOf(schema), '__proto__', 'nobody']) {
      const others = Object.entries(body)
        .filter(([name]) => name !== field)
        .map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`);
      const text = `{${[...others, `"${field}":${value}`].join(',')}}`;
      calls.push({ path: at(), headers, body: text, what: `body/${field} ${value.slice(0, 60)}` });
    }
    if (isJson && !('recipients' in Object(body)) && fieldsOf(schema).includes('recipients')) {
      const line = `{"to":"+16505551234","1":${value}}`;
      const text = `{"template":"t","language":"en","recipients":[${value},${line}]}`;
      calls.push({ path: at(), headers, body: text, what: `a recipient ${value.slice(0, 60)}` });
    }
  }
  return calls;
}

/** What is wrong with the answer; a stream is not read to its end. */
async function faultOf(method: string, call: Call): Promise<string | undefined> {
  const over = new AbortController();
  const { path, headers, body } = call;
  const answer = await fetch(service.http.url + path, {
    method,
    headers: { authorization: `Bearer ${KEY}`, ...headers },
    ...(body === undefined ? {} : { body }),
    signal: over.signal,
  });
  const { status } = answer;
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const text = isStream ? '' : await answer.text();
  over.abort();
  const said = `${method} ${path.slice(0, 120)} with ${call.what}: ${status} ${text.slice(0, 300)}`;
  if (status < 400) return undefined;
  const { code } = JSON.parse(text) as { readonly code?: string };
  // What Meta says no to is told as Meta's.
  const isTold = status < 500 ? code !== undefined : code === 'GRAPH_REFUSED';
  return isTold ? undefined : said;
}

const OPERATIONS = Object.entries(DESCRIPTION.paths).flatMap(([path, methods]) =>
  Object.entries(methods as unknown as Record<string, Operation>).map(
    ([method, operation]) =>
      [operation.operationId, method.toUpperCase(), path, operation] as const,
  ),
);

/** Calls under way at once. */
const AT_ONCE = 8;

describe('a value that nobody means is no fault of callpermit', () => {
  test.each(OPERATIONS)(
    'in %s',
    async (_, method, path, operation) => {
      const calls = [...callsOf(path, operation)];
      const faults: string[] = [];
      const work = async () => {
        for (let call = calls.pop(); call !== undefined; call = calls.pop()) {
          const fault = await faultOf(method, call);
          if (fault !== undefined) faults.push(fault);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      expect(faults).toEqual([]);
    },
    120_000,
  );
});
