/** Streams whose reader takes nothing any more, and signs of life for those that do. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { type RunningHttp, startHttp } from '../../src/http/server.ts';
import { KEY, people, type Service, startService } from '../http/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const STUCK_MS = 4_000;
const BEAT_MS = 1_000;
const PEOPLE = 30_000;

let database: TestDatabase;
let service: Service;
let http: RunningHttp;
let sql: pg.Client;
let running: Awaited<ReturnType<Service['app']['runEvents']>>;
const undo: (() => void)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.connectionString });
  sql = new pg.Client({ connectionString: database.connectionString });
  await sql.connect();
  running = await service.app.runEvents();
  const streams = { stuckMs: STUCK_MS, beatMs: BEAT_MS };
  http = await startHttp(service.app, { port: 0, streams });
});
afterEach(() => {
  for (const step of undo.splice(0)) step();
});
afterAll(async () => {
  await sql?.end();
  await http?.close();
  await running?.close();
  await service?.close();
  await database?.drop();
});

let last = 0;
/** So many people who end as rejected: an event each. */
async function happenings(n: number): Promise<void> {
  const recipients = people(n, last);
  last += n;
  const made = await service.call('POST', '/v1/campaigns', {
    body: { template: 't', language: 'en', recipients },
  });
  for (const how of [
    "state = 'uncertain', cause = 'doubted.0', attempts = 1",
    "state = 'rejected', error_code = 131026",
  ])
    await sql.query(`update requests set ${how} where campaign_id = $1`, [made.body.id]);
}

/** Reads the head of a stream, and from then on only what it is told to; counts, and keeps nothing. */
async function open(path = '/v1/events/stream') {
  const { hostname, port } = new URL(http.url);
  const socket = connect(Number(port), hostname);
  undo.push(() => socket.destroy());
  const seen = { head: false, beats: 0, rejected: 0, closed: false };
  let rest = '';
  socket.setEncoding('utf8').on('error', () => undefined);
  socket.once('close', () => {
    seen.closed = true;
    socket.emit('news');
  });
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('retry:')) seen.head = true;
      if (line === ':') seen.beats += 1;
      if (line === 'event: request.rejected') seen.rejected += 1;
    }
    socket.emit('news');
  });
  const until = async (isSo: () => boolean) => {
    while (!isSo() && !seen.closed) await once(socket, 'news');
  };
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\n\r\n`);
  await until(() => seen.head);
  return { socket, seen, until };
}

it('signs of life come while nothing happens, and keep a reader that takes them', async () => {
  const { seen, until } = await open();
  // They take longer than a stuck reader would be kept.
  await until(() => seen.beats > (2 * STUCK_MS) / BEAT_MS);
  expect(seen.closed).toBe(false);
}, 60_000);

it('a reader that takes nothing is not read ahead for, and is cut off', async () => {
  const { socket, seen, until } = await open();
  socket.pause();
  // More than the buffers of both systems hold: without it nobody knows that it is stuck.
  for (let i = 0; i < PEOPLE / 5_000; i += 1) await happenings(5_000);
  while ((await sql.query('select 1 from new_events limit 1')).rowCount !== 0) await pause(100);
  // It learns of its end once it reads what lies in the buffers. The time is the server's, and nothing tells that it is over.
  await pause(2 * STUCK_MS);
  socket.resume();
  await until(() => seen.rejected >= PEOPLE);
  expect(seen.closed).toBe(true);
  expect(seen.rejected).toBeLessThan(PEOPLE);
}, 180_000);
