/** Where Meta's webhooks arrive, over real HTTP and a real Postgres: what is answered, and what is stored then. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { APP_SECRET, type Receiver, signed, startReceiver } from './receiver.ts';

const MIB = 1024 * 1024;

let database: TestDatabase;
let client: pg.Client;
let receiver: Receiver;
const others: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  receiver = await startReceiver(database.connectionString);
});
afterEach(async () => {
  for (const end of others.splice(0).reverse()) await end();
});
afterAll(async () => {
  await receiver?.close();
  await client?.end();
  await database?.drop();
});

/** Another receiver on the same database, until the test ends. */
async function another(...[url, ...more]: Parameters<typeof startReceiver>): Promise<Receiver> {
  const made = await startReceiver(url, ...more);
  others.push(() => made.close());
  return made;
}

const unique = (more = {}) => JSON.stringify({ id: randomUUID(), ...more });

async function bodies(): Promise<string[]> {
  const { rows } = await client.query('select body from webhook_deliveries');
  return rows.map((row) => row.body);
}

const storedOf = async (body: string) => (await bodies()).filter((each) => each === body).length;

/** What it answers to a handshake. */
async function handshake(query: string, of = receiver) {
  const answer = await fetch(`${of.url}?${query}`);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const RIGHT = 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=the%20word';

describe('the handshake', () => {
  test('is answered by the bare challenge, as plain text that no browser takes for a page', async () => {
    const { status, headers, text } = await handshake(RIGHT);
    expect([status, text]).toEqual([200, '1158201444']);
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each([
    ['another word', RIGHT.replace('word', 'ward')],
    ['no word', RIGHT.replace(/&hub.verify.*/, '')],
    ['two words', `${RIGHT}&hub.verify_token=the%20word`],
    ['another mode', RIGHT.replace('subscribe', 'unsubscribe')],
    ['no challenge', RIGHT.replace(/&hub.challenge=\d+/, '')],
    ['a challenge without an end', RIGHT.replace(/\d{5,}/, '1'.repeat(300))],
    ['nothing', ''],
  ])('with %s is refused', async (_, query) => {
    const { status, text } = await handshake(query);
    expect(status).toBe(403);
    expect(text).not.toContain('1158201444');
  });

  test('is refused where no word is set, whatever is asked', async () => {
    const silent = await another(database.connectionString, { WHATSAPP_WEBHOOK_VERIFY_TOKEN: '' });
    expect((await handshake(RIGHT, silent)).status).toBe(403);
    expect((await handshake(RIGHT.replace('the%20word', ''), silent)).status).toBe(403);
  });
});

describe('a delivery', () => {
  test('is in the table when it is answered, byte for byte, whatever type it says it is', async () => {
    const odd = '{"id":"\\u00e9\\/\\u0000","x":"é😀"}';
    expect((await receiver.deliver(odd)).status).toBe(200);
    expect(await storedOf(odd)).toBe(1);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', ';;', 'a/b; charset'])
      expect([type, (await receiver.deliver(unique(), { 'content-type': type })).status]).toEqual([
        type,
        401,
      ]);
    const body = unique();
    const answer = await receiver.deliver(body, { ...signed(body), 'content-type': ';;' });
    expect([answer.status, await storedOf(body)]).toEqual([200, 1]);
  });

  test('signed with the older secret is taken too', async () => {
    const body = unique();
    expect((await receiver.deliver(body, signed(body, 'older'))).status).toBe(200);
    expect(await storedOf(body)).toBe(1);
  });

  test('that comes a hundred times is one row', async () => {
    const body = unique();
    const answers = await Promise.all(Array.from({ length: 50 }, () => receiver.deliver(body)));
    for (let i = 0; i < 50; i += 1) answers.push(await receiver.deliver(body));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await storedOf(body)).toBe(1);
  });

  test('of nearly 4 MiB is taken, a longer one is not', async () => {
    const long = unique({ x: 'x'.repeat(3.9 * MIB) });
    expect((await receiver.deliver(long)).status).toBe(200);
    expect(await storedOf(long)).toBe(1);
    const before = (await bodies()).length;
    const longer = unique({ x: 'x'.repeat(4.1 * MIB) });
    expect((await receiver.deliver(longer)).status).toBe(413);
    expect(await chunked(longer)).toMatch(/^HTTP\/1.1 413 /);
    expect(await bodies()).toHaveLength(before);
  });

  test('wakes who applies it, after its commit', async () => {
    const body = unique();
    const woken = new Promise<number>((resolve) => {
      const stop = receiver.app.webhooks.onStored(() => {
        stop();
        resolve(storedOf(body));
      });
    });
    await receiver.deliver(body);
    expect(await woken).toBe(1);
  });
});

describe('refused, with nothing stored', () => {
  const REFUSED = unique();
  test.each<[string, number, string | Buffer, Record<string, string>]>([
    ['no signature', 401, REFUSED, {}],
    ['a signature of another secret', 401, REFUSED, signed(REFUSED, 'other')],
    ['a signature of another body', 401, REFUSED, signed(`${REFUSED} `)],
    ['SHA-1', 401, REFUSED, { 'x-hub-signature': 'sha1=00' }],
    ['half a signature', 401, REFUSED, { 'x-hub-signature-256': 'sha256=0a' }],
    ['an empty body', 400, '', signed('')],
    ['a body that is no JSON', 400, 'a=b', signed('a=b')],
    ['a list', 400, '[1]', signed('[1]')],
    ['null', 400, 'null', signed('null')],
    ['a NUL', 400, '{"a":1}\0', signed('{"a":1}\0')],
    ['what is no UTF-8', 400, latin1('{"a":"\xe9"}'), signed(latin1('{"a":"\xe9"}'))],
  ])('%s: %i', async (_, status, body, headers) => {
    const before = await bodies();
    const answer = await receiver.deliver(body, headers);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
    expect(await answer.text()).not.toContain(APP_SECRET);
    expect(await bodies()).toEqual(before);
  });

  test('it is counted by its reason, a flood of it by few writes', async () => {
    const of = await another(database.connectionString);
    const tally = async () => {
      const { tallies } = await receiver.app.webhooks.store.standing();
      const n = (what: string) =>
        tallies.find((t) => t.about === 'refused' && t.what === what)?.n ?? 0;
      return [n('unsigned'), n('wrong-signature')] as const;
    };
    const [unsigned, wrong] = await settledTally(tally);
    await Promise.all([
      ...Array.from({ length: 100 }, () => of.deliver(REFUSED, {})),
      ...Array.from({ length: 30 }, () => of.deliver(REFUSED, signed(REFUSED, 'x'))),
    ]);
    await of.http.close();
    expect(await tally()).toEqual([unsigned + 100, wrong + 30]);
  });

  test('a service without a secret says so, and takes unsigned ones only where it is told to', async () => {
    const none = await another(database.connectionString, { WHATSAPP_APP_SECRET: '' });
    const answer = await none.deliver(unique());
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      code: 'SETTING_MISSING',
      where: 'WHATSAPP_APP_SECRET',
    });
    const trusting = await another(database.connectionString, {}, { acceptUnsigned: true });
    const body = unique();
    expect((await trusting.deliver(body, {})).status).toBe(200);
    expect((await trusting.deliver(unique(), signed('other'))).status).toBe(401);
    expect(await storedOf(body)).toBe(1);
  });
});

test('what Postgres refuses is refused alone, and the others of its batch are stored', async () => {
  await client.query(
    `alter table webhook_deliveries add constraint no_poison check (body not like '%poison%')`,
  );
  others.push(() => client.query('alter table webhook_deliveries drop constraint no_poison'));
  const all = Array.from({ length: 40 }, (_, i) => unique(i % 13 === 5 ? { poison: i } : {}));
  const statuses = await Promise.all(
    all.map(async (body) => (await receiver.deliver(body)).status),
  );
  expect(statuses).toEqual(all.map((body) => (body.includes('poison') ? 400 : 200)));
  const stored = new Set(await bodies());
  expect(all.filter((body) => stored.has(body))).toEqual(
    all.filter((body) => !body.includes('poison')),
  );
});

describe('while the database is away', () => {
  let proxy: TcpProxy;
  beforeAll(async () => {
    proxy = await startTcpProxy({ port: Number(new URL(database.connectionString).port) });
  });
  afterAll(() => proxy?.close());

  test('it is 503 at once, and 200 again when it is back', async () => {
    const of = await another(proxy.through(database.connectionString));
    expect((await of.deliver(unique())).status).toBe(200);
    proxy.setNew('refuse');
    proxy.cutAll();
    const lost = Array.from({ length: 30 }, () => unique());
    const answers = await Promise.all(lost.map((body) => of.deliver(body)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(answers[0]?.headers.get('retry-after')).toBe('5');
    expect((await fetch(`${of.http.url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${of.http.url}/health/live`)).status).toBe(200);
    proxy.setNew('pass');
    const body = unique();
    while ((await of.deliver(body)).status !== 200);
    expect(await storedOf(body)).toBe(1);
    expect((await fetch(`${of.http.url}/health/ready`)).status).toBe(200);
    expect(of.logged()).not.toContain(body);
  });

  test('a connection that is silent holds up one delivery for five seconds, and the others not', async () => {
    const of = await another(proxy.through(database.connectionString));
    expect((await of.deliver(unique())).status).toBe(200);
    proxy.setNew('stall');
    proxy.stallAll();
    const at = performance.now();
    expect((await of.deliver(unique())).status).toBe(503);
    expect(performance.now() - at).toBeLessThan(8_000);
    // One is the probe; all others hear at once that there is nothing to wait for.
    const probe = of.deliver(unique());
    const told = Array.from({ length: 20 }, () => of.deliver(unique()));
    const first = await Promise.race([probe.then(() => 'probe'), Promise.all(told)]);
    expect(first).toHaveLength(20);
    proxy.setNew('pass');
    proxy.resumeAll();
    await probe;
    while ((await of.deliver(unique())).status !== 200);
  });
});

describe('more than it holds', () => {
  const HAND = { bodyBytes: 4 * MIB, allBytes: MIB, deliveries: 50, wholeMs: 20_000, slowMs: 100 };

  test('is refused before it is read, and room is there again', async () => {
    const of = await another(database.connectionString, {}, { hand: HAND });
    const answer = await of.deliver(unique({ x: 'x'.repeat(2 * MIB) }));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    const many = Array.from({ length: 40 }, () => unique({ x: 'x'.repeat(MIB / 10) }));
    const statuses = await Promise.all(many.map(async (body) => (await of.deliver(body)).status));
    expect(new Set(statuses)).toContain(200);
    const stored = new Set(await bodies());
    expect(many.filter((body) => stored.has(body))).toHaveLength(
      statuses.filter((status) => status === 200).length,
    );
    const last = unique({ x: 'x'.repeat(MIB / 2) });
    expect((await of.deliver(last)).status).toBe(200);
  });

  test('by bodies that do not end: they are given up for one that does', async () => {
    const of = await another(database.connectionString, {}, { hand: HAND });
    const sockets = Array.from({ length: 9 }, () => slow(of, 'x'.repeat(MIB / 10)));
    await Promise.all(sockets.map(({ sent }) => sent));
    const body = unique({ x: 'x'.repeat(MIB / 2) });
    while ((await of.deliver(body)).status !== 200);
    expect(await storedOf(body)).toBe(1);
    expect(await Promise.race(sockets.map(({ answer }) => answer))).toMatch(/^HTTP\/1.1 503 /);
    for (const { socket } of sockets) socket.destroy();
  });

  test('by many pieces of one byte, which take more than their bytes', async () => {
    const of = await another(database.connectionString, {}, { hand: HAND });
    const short = unique({ x: 'x'.repeat(500) });
    expect(await chunked(short, of, 1)).toMatch(/^HTTP\/1.1 200 /);
    expect(await chunked(unique({ x: 'x'.repeat(6_000) }), of, 1)).toMatch(/^HTTP\/1.1 503 /);
  });

  test('by many that have hardly begun: they are given up, too', async () => {
    const of = await another(database.connectionString, {}, { hand: { ...HAND, deliveries: 3 } });
    const sockets = Array.from({ length: 3 }, () => slow(of, '{'));
    await Promise.all(sockets.map(({ sent }) => sent));
    while ((await of.deliver(unique())).status !== 200);
    for (const { socket } of sockets) socket.destroy();
  });

  test('a body that takes too long is answered 408, one that breaks off leaves nothing behind', async () => {
    const of = await another(
      database.connectionString,
      {},
      { hand: { ...HAND, deliveries: 1, wholeMs: 300, slowMs: 60_000 } },
    );
    const late = slow(of, '{');
    expect(await late.answer).toMatch(/^HTTP\/1.1 408 /);
    late.socket.destroy();
    const broken = slow(of, '{');
    await broken.sent;
    broken.socket.destroy();
    // The one place is free again.
    while ((await of.deliver(unique())).status !== 200);
    expect(of.logged()).not.toContain('"bug"');
  });
});

test('a receiver serves nothing else', async () => {
  for (const path of ['/', '/v1/campaigns', '/queues', '/openapi.json', '/webhooks', '/health'])
    expect([path, (await fetch(receiver.http.url + path)).status]).toEqual([path, 404]);
  expect((await fetch(receiver.url, { method: 'PUT' })).status).toBe(405);
  expect(await (await fetch(`${receiver.http.url}/health/ready`)).json()).toEqual({
    status: 'ready',
    checks: { database: 'ok' },
  });
});

test('no body, no word and no signature is in the log', () => {
  expect(receiver.logged()).toContain('"request"');
  expect(receiver.logged()).not.toMatch(/hub\.|the word|sha256=|"x":/);
});

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** The counts once those of earlier tests are written, which is within a second. */
async function settledTally<T>(look: () => Promise<T>): Promise<T> {
  await receiver.app.webhooks.store.count([]);
  for (let before = await look(); ; ) {
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    const now = await look();
    if (JSON.stringify(now) === JSON.stringify(before)) return now;
    before = now;
  }
}

/** A caller that does not say how long its body is, and sends it in pieces of so many bytes. */
async function chunked(body: string, of = receiver, size = body.length): Promise<string> {
  const { port } = new URL(of.url);
  const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8');
  socket.on('error', () => {});
  const { 'x-hub-signature-256': signature } = signed(body);
  socket.write(
    `POST /webhooks/whatsapp HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: ${signature}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  for (let at = 0; at < body.length; at += size) {
    const piece = body.slice(at, at + size);
    socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
  }
  socket.write('0\r\n\r\n');
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return String(answer);
}

interface Slow {
  readonly socket: Socket;
  readonly sent: Promise<unknown>;
  readonly answer: Promise<string>;
}

/** A caller that announces more than it sends. */
function slow(of: Receiver, part: string): Slow {
  const { port } = new URL(of.url);
  const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8');
  socket.on('error', () => {});
  const head = `POST /webhooks/whatsapp HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=00\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const sent = new Promise((resolve) => {
    socket.write(`${head}${(part.length + 10).toString(16)}\r\n${part}`, () => resolve(undefined));
  });
  const answer = once(socket, 'data').then(([text]) => String(text));
  return { socket, sent, answer };
}
