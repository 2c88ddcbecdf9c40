/** Large JSON bodies take turns, small ones and streamed lists do not wait for them, and a turn ends with its caller. */
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import Fastify from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { boundLargeBodies } from '../../src/http/large-bodies.ts';
import type { HttpServer } from '../../src/http/typed-server.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { KEY, people, type Service, startService } from './support.ts';

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

const MIB = 1024 * 1024;
let lists = 0;
/** Another list of two megabytes each time, most of it in one line that is refused. */
function large(): string {
  lists += 1;
  const recipients = [...people(1, lists), { to: '+1', '1': 'x'.repeat(2 * MIB) }];
  return JSON.stringify({ template: 't', language: 'en', recipients });
}

/** Sends all of a body but its last byte. */
async function begin(body: string, path = '/v1/campaigns') {
  const headers = {
    authorization: `Bearer ${KEY}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  };
  const call = request(`${service.http.url}${path}`, { method: 'POST', headers });
  const answered = once(call, 'response').then(([response]) => response.statusCode as number);
  answered.catch(() => undefined);
  call.write(body.slice(0, -1));
  await service.call('GET', '/health/live');
  return { call, answered, finish: () => call.end(body.slice(-1)) };
}

it('two are in hand at once, and small ones pass them', async () => {
  const server = Fastify({ bodyLimit: 8 * MIB }).withTypeProvider<ZodTypeProvider>();
  boundLargeBodies(server as unknown as HttpServer);
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let inHand = 0;
  let most = 0;
  let both: () => void = () => undefined;
  const areBoth = new Promise<void>((resolve) => {
    both = resolve;
  });
  const schema = { body: { type: 'object' } };
  server.post('/small', { schema }, async () => 'small');
  server.post('/large', { schema }, async () => {
    inHand += 1;
    most = Math.max(most, inHand);
    if (inHand === 2) both();
    await answered;
    inHand -= 1;
    return 'large';
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const send = async (path: string, text: string) => {
    const headers = { 'content-type': 'application/json' };
    return (
      await fetch(url + path, { method: 'POST', headers, body: JSON.stringify({ text }) })
    ).text();
  };
  const all = Array.from({ length: 5 }, () => send('/large', 'x'.repeat(2 * MIB)));
  await areBoth;
  for (let n = 0; n < 20; n += 1) expect(await send('/small', 'x')).toBe('small');
  answer();
  expect(await Promise.all(all)).toEqual(Array.from({ length: 5 }, () => 'large'));
  expect(most).toBe(2);
  await server.close();
});

it('callers who leave, in their turn or before it, keep nobody', async () => {
  const gone = [await begin(large()), await begin(large()), await begin(large())];
  const last = await begin(large());
  last.finish();
  for (const { call } of gone) call.destroy();
  expect(await last.answered).toBe(201);
});

it('a list that is read as a stream has no turn', async () => {
  const held = [await begin(large()), await begin(large())];
  const body = JSON.stringify(JSON.parse(large()).recipients);
  const list = await begin(body, '/v1/campaigns/import?template=t&language=en');
  list.finish();
  expect(await list.answered).toBe(201);
  for (const { call } of held) call.destroy();
});
