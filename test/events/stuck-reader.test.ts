/** Streams whose reader takes nothing any more, and signs of life for those that do. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { type RunningHttp, startHttp } from '../../src/http/server.ts';
import { KEY, people, type Service, startService } from '../http/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const STUCK_MS = 1_500;
const BEAT_MS = 300;
const MB = 1024 * 1024;

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

/** Bytes that are in use, not those that only wait to be collected. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Reads the head of a stream, and from then on only what it is told to. */
async function open(path = '/v1/events/stream', headers: Readonly<Record<string, string>> = {}) {
  const { hostname, port } = new URL(http.url);
  const socket = connect(Number(port), hostname);
  undo.push(() => socket.destroy());
  let said = '';
  socket.setEncoding('utf8').on('error', () => undefined);
  socket.on('data', (text: string) => {
    said += text;
  });
  const more = Object.entries({ authorization: `Bearer ${KEY}`, ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`);
  while (!said.includes('retry:')) await once(socket, 'data');
  return { socket, said: () => said };
}

it('signs of life come while nothing happens, and keep a reader that takes them', async () => {
  const { socket, said } = await open();
  const beats = () => said().split('\n:\n').length - 1;
  // Longer than a stuck reader would be kept.
  const until = performance.now() + 2 * STUCK_MS;
  while (performance.now() < until) await once(socket, 'data');
  expect(beats()).toBeGreaterThanOrEqual(3);
  expect(socket.destroyed).toBe(false);
}, 60_000);

it('a reader that takes nothing is cut off; what it did not take is not held, and costs the others nothing', async () => {
  const other = await open();
  const { socket, said } = await open();
  socket.pause();
  const before = heldBytes();
  // More than the buffers of both systems hold: without it nobody knows that it is stuck.
  for (let i = 0; i < 6; i += 1) await happenings(5_000);
  const seen = (text: string) => text.match(/event: request\.rejected/g)?.length ?? 0;
  while (seen(other.said()) < 30_000) await once(other.socket, 'data');
  // What the other one has read is held by this test. 30,000 events that wait for a reader would be 40 MB.
  const held = heldBytes() - before - 2 * Buffer.byteLength(other.said());
  expect(held).toBeLessThan(20 * MB);
  expect(other.socket.destroyed).toBe(false);
  // It learns of its end once it reads what lies in the buffers. The time is the server's, and nothing tells that it is over.
  await new Promise((resolve) => setTimeout(resolve, 2 * STUCK_MS));
  const ended = once(socket, 'close');
  socket.resume();
  await ended;
  expect(seen(said())).toBeLessThan(30_000);
}, 180_000);
