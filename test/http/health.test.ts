import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import type { SenderStatus } from '../../src/core/ports/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { KEY, type Service, startService } from './support.ts';

/** A way to the database that can be shut. */
async function doorTo(url: string): Promise<{ readonly url: string; shut(): void }> {
  const to = new URL(url);
  const sockets = new Set<Socket>();
  const door = createServer((near) => {
    const far = connect(Number(to.port), to.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => near.destroy() && far.destroy());
    }
    near.pipe(far).pipe(near);
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const outside = new URL(url);
  outside.host = `127.0.0.1:${(door.address() as AddressInfo).port}`;
  return {
    url: outside.href,
    shut() {
      door.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

let database: TestDatabase;
let door: Awaited<ReturnType<typeof doorTo>>;
let redis: TestRedis;
let service: Service;

beforeAll(async () => {
  database = await createTestDatabase();
  door = await doorTo(database.connectionString);
  redis = await startRedis();
  service = await startService(
    { databaseUrl: door.url, redisUrl: redis.url },
    { DASHBOARD_USER: 'ann', DASHBOARD_PASSWORD: 'secret' },
  );
});

afterAll(async () => {
  await service?.close();
  await redis?.stop();
  await database?.drop();
});

it('ready when database and queue answer, and says which one is out when they do not', async () => {
  const ready = () => service.call('GET', '/health/ready', { key: null });
  expect(await ready()).toMatchObject({
    status: 200,
    body: { status: 'ready', checks: { database: 'ok', queue: 'ok' } },
  });

  await redis.kill9();
  expect(await ready()).toMatchObject({
    status: 503,
    body: { code: 'QUEUE_UNREACHABLE', checks: { database: 'ok', queue: 'no answer' } },
  });
  const live = await service.call('GET', '/health/live', { key: null });
  expect(live.status).toBe(200);

  // The ledger is the truth: lists go in while the queue is away, and the pages say so, too.
  const body = { template: 'plain', language: 'en', recipients: [{ to: '+16502000000' }] };
  expect((await service.call('POST', '/v1/campaigns', { body })).status).toBe(201);
  const authorization = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
  const page = await service.call('GET', '/queues/api/queues', {
    key: null,
    headers: { authorization },
  });
  expect(page.status).toBe(503);

  await redis.restart();
  for (;;) if ((await ready()).status === 200) break;
});

it('says why a sender is silent; who has no key learns neither its id nor a number', async () => {
  const sender = '106540000000999';
  const client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  await client.query(
    "insert into senders (id, account, rate_allowed, rate_now) values ($1, 'w', 80, 80)",
    [sender],
  );
  await client.query(
    `insert into workers (id, sender_id, messages_per_second, in_flight, seen_at, silent_since, silent_why)
     values ('w', $1, 80, 0, now(), now(), $2)`,
    [sender, 'the sender is stopped: 131031: +4915112000001 is locked'],
  );
  await client.end();
  const told = async (key?: null) => {
    const { body } = await service.call('GET', '/health/ready', key === null ? { key } : {});
    return body.silent;
  };
  const since = expect.any(String);
  const silent = await told(null);
  expect(silent).toContainEqual({ since, why: 'the sender is stopped: 131031: +… is locked' });
  expect(JSON.stringify(silent)).not.toMatch(/\d{7}/);
  expect(await told()).toContainEqual({
    sender,
    since,
    why: 'the sender is stopped: 131031: +4915112000001 is locked',
  });
});

it('a key of the ledger is told what one of API_KEYS is; one that is revoked is not', async () => {
  const { keys, senders } = service.app.ledger;
  const made = await keys.create({ name: 'probe', scope: 'read' });
  const list = jest.spyOn(senders, 'list').mockResolvedValue([
    // What the probe reads of it.
    { senderId: '7', silence: { since: null, why: 'w' } } as unknown as SenderStatus,
  ]);
  const told = async () => {
    const answer = await service.call('GET', '/health/ready', { key: made?.key ?? '' });
    return answer.body.silent;
  };
  try {
    expect(await told()).toEqual([{ sender: '7', since: null, why: 'w' }]);
    await keys.revoke('probe');
    expect(await told()).toEqual([{ since: null, why: 'w' }]);
  } finally {
    list.mockRestore();
  }
});

it('a database that is away is a problem that tells no address', async () => {
  const made = await service.app.ledger.keys.create({ name: 'away', scope: 'read' });
  door.shut();
  const ready = await service.call('GET', '/health/ready', { key: null });
  expect(ready).toMatchObject({ status: 503, body: { checks: { database: 'no answer' } } });
  const list = await service.call('GET', '/v1/campaigns');
  expect([list.status, list.body.code]).toEqual([503, 'DATABASE_UNREACHABLE']);
  expect(list.text).not.toMatch(/127\.0\.0\.1|postgres|test_/);
  for (const { headers } of [ready, list]) expect(headers.get('retry-after')).toBe('5');

  // Keys of the settings need no database, nor does it need one to refuse what is no key.
  const opened = async (key: string) => {
    const answer = await service.call('GET', '/openapi.json', { key });
    return [answer.status, answer.body.code, answer.headers.get('retry-after')];
  };
  expect(await opened(KEY)).toEqual([200, undefined, null]);
  expect(await opened('wrong')).toEqual([401, 'UNAUTHORIZED', null]);
  expect(await opened(made?.key ?? '')).toEqual([503, 'DATABASE_UNREACHABLE', '5']);
});
