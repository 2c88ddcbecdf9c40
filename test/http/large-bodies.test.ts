/** Large JSON bodies take turns, small ones and streamed lists do not wait for them, and a turn ends with its caller. */
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
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

it('the third waits until one of two is answered', async () => {
  const [first, second, third] = [await begin(large()), await begin(large()), await begin(large())];
  third.finish();
  let isOver = false;
  third.answered.then(() => {
    isOver = true;
  });
  for (let n = 0; n < 20; n += 1)
    expect((await service.call('GET', '/v1/suppressions')).status).toBe(200);
  expect(isOver).toBe(false);
  first.finish();
  expect(await first.answered).toBe(201);
  expect(await third.answered).toBe(201);
  second.finish();
  expect(await second.answered).toBe(201);
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
