import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { selfSigned } from './certificate.ts';
import { ACCEPTED, closedPort, http, portOf } from './servers.ts';
import { createBench, INPUT, TOKEN } from './support.ts';

const { client, serve, onEnd } = createBench();

const accept = (s: Socket): void => void s.write(http(200, ACCEPTED));
const freeze = (ms: number): void =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('unsent', () => {
  test('a refused connection, with no token in what is said', async () => {
    const outcome = await client(`http://127.0.0.1:${await closedPort()}`).send(INPUT);
    expect(outcome).toEqual({ kind: 'unsent', detail: expect.stringContaining('ECONNREFUSED') });
    expect(JSON.stringify(outcome)).not.toContain(TOKEN);
  });

  test('a host name that does not resolve', async () => {
    // 64 letters are too long for a label: the resolver refuses it without asking anyone.
    const outcome = await client(`http://${'a'.repeat(64)}.localhost:9`).send(INPUT);
    expect(outcome).toEqual({ kind: 'unsent', detail: expect.stringMatching(/getaddrinfo/) });
  });

  test('a handshake that never comes', async () => {
    const server = createServer((s) => onEnd(() => s.destroy()));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onEnd(() => server.close());
    const graph = client(`https://127.0.0.1:${portOf(server)}`, { requestTimeoutMs: 100 });
    const outcome = await graph.send(INPUT);
    expect(outcome).toEqual({ kind: 'unsent', detail: 'no connection within 100 ms' });
  });

  test('a time-out that ends before a socket is free', async () => {
    const server = await serve(() => undefined);
    const graph = client(server.url, { connections: 1, requestTimeoutMs: 200 });
    const written = graph.send(INPUT);
    await server.seen(1);
    const waiting = graph.send(INPUT);
    await new Promise((resolve) => setImmediate(resolve));
    // Both are due in one turn: else the first one's end would free its socket for the second.
    freeze(300);
    expect(await waiting).toEqual({ kind: 'unsent', detail: 'no connection within 200 ms' });
    expect(await written).toMatchObject({ kind: 'uncertain', cause: 'timeout' });
    expect(server.requests).toHaveLength(1);
  });

  test('a client that closes while it waited for a socket; what was written ends first', async () => {
    const held: Socket[] = [];
    const server = await serve((s) => held.push(s));
    const graph = client(server.url, { connections: 1 });
    const written = graph.send(INPUT);
    await server.seen(1);
    const waiting = graph.send(INPUT);
    const closed = graph.close();
    expect(await waiting).toMatchObject({ kind: 'unsent', detail: 'the client is closed' });
    for (const s of held) accept(s);
    expect((await written).kind).toBe('accepted');
    await closed;
    expect(await graph.send(INPUT)).toMatchObject({ kind: 'unsent' });
  });
});

describe('mayWrite', () => {
  test('is asked once, when a connection stands; false writes not one byte and keeps the socket', async () => {
    const server = await serve(accept);
    let bytes = 0;
    const graph = client(server.url);
    await graph.send(INPUT);
    for (const s of server.sockets) s.on('data', (chunk) => (bytes += chunk.length));
    let asked = 0;
    const outcome = await graph.send(INPUT, {
      mayWrite: () => {
        asked += 1;
        return false;
      },
    });
    expect(outcome).toEqual({ kind: 'unsent', detail: 'withheld' });
    expect([asked, bytes]).toEqual([1, 0]);
    expect((await graph.send(INPUT)).kind).toBe('accepted');
    expect([server.requests.length, server.connections]).toEqual([2, 1]);
  });

  test('is asked on a fresh connection too', async () => {
    const server = await serve(accept);
    const outcome = await client(server.url).send(INPUT, { mayWrite: () => false });
    expect(outcome).toEqual({ kind: 'unsent', detail: 'withheld' });
    expect(server.requests).toHaveLength(0);
  });

  test('is not asked when there is no connection', async () => {
    const mayWrite = (): boolean => {
      throw new Error('asked');
    };
    const outcome = await client(`http://127.0.0.1:${await closedPort()}`).send(INPUT, {
      mayWrite,
    });
    expect(outcome).toMatchObject({
      kind: 'unsent',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('a process frozen past its lease before the write does not send', async () => {
    const server = await serve(accept);
    const graph = client(server.url);
    const leaseEnds = performance.now() + 50;
    const sending = graph.send(INPUT, { mayWrite: () => performance.now() < leaseEnds });
    freeze(100);
    expect(await sending).toEqual({ kind: 'unsent', detail: 'withheld' });
    expect(server.requests).toHaveLength(0);
  });

  test('a process frozen past its deadline before the write does not send', async () => {
    const server = await serve(accept);
    const sending = client(server.url, { requestTimeoutMs: 50 }).send(INPUT);
    freeze(100);
    expect(await sending).toMatchObject({ kind: 'unsent' });
    expect(server.requests).toHaveLength(0);
  });
});

test('a process frozen past its deadline reads the answer that came meanwhile', async () => {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const answer = ${JSON.stringify(http(200, ACCEPTED))};
     const server = require('node:net').createServer((s) => s.on('data', () => s.write(answer)));
     server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
    { eval: true },
  );
  onEnd(() => worker.terminate());
  const port = await new Promise((resolve) => worker.once('message', resolve));
  const outcome = await client(`http://127.0.0.1:${port}`, { requestTimeoutMs: 300 }).send(INPUT, {
    mayWrite: () => {
      setImmediate(() => freeze(500));
      return true;
    },
  });
  expect(outcome.kind).toBe('accepted');
});

describe('a kept-alive connection', () => {
  test('that the server closed while it was idle is not written to', async () => {
    const server = await serve((s, r) => (r.n === 1 ? s.end(http(200, ACCEPTED)) : accept(s)));
    const graph = client(server.url);
    await graph.send(INPUT);
    await Promise.all([...server.sockets].map((s) => once(s, 'close')));
    expect((await graph.send(INPUT)).kind).toBe('accepted');
    expect([server.requests.length, server.connections]).toEqual([2, 2]);
  });

  test.each<[string, (s: Socket) => void]>([
    ['resets', (s) => void s.resetAndDestroy()],
    ['closes', (s) => void s.destroy()],
  ])(
    'that the server %s just as we write is uncertain, and nothing is sent again',
    async (_how, end) => {
      const server = await serve(accept);
      const graph = client(server.url);
      await graph.send(INPUT);
      const outcome = await graph.send(INPUT, {
        mayWrite: () => {
          for (const s of server.sockets) end(s);
          return true;
        },
      });
      expect(outcome).toMatchObject({ kind: 'uncertain', cause: 'connection-lost' });
      expect([server.requests.length, server.connections]).toEqual([1, 1]);
    },
  );
});

describe('over TLS', () => {
  let tls: { key: string; cert: string };
  beforeAll(() => {
    tls = selfSigned();
  });

  test('a certificate that is trusted carries the send', async () => {
    const server = await serve(accept, tls);
    const outcome = await client(server.url, { ca: tls.cert }).send(INPUT);
    expect(outcome).toMatchObject({ kind: 'accepted', wamid: 'wamid.1' });
  });

  test('one that is not trusted leaves it unsent', async () => {
    const server = await serve(accept, tls);
    const outcome = await client(server.url).send(INPUT);
    expect(outcome).toMatchObject({
      kind: 'unsent',
      detail: expect.stringMatching(/self-signed|DEPTH_ZERO/),
    });
    expect(server.requests).toHaveLength(0);
  });

  test('connections that break before the request are tried again, three times in all', async () => {
    const server = await serve(accept, tls);
    let broken = 2;
    let made = 0;
    const front = createServer((s) => {
      made += 1;
      s.on('error', () => undefined);
      if (broken-- > 0) s.once('data', () => s.resetAndDestroy());
      else pipe(s, server.port);
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
    onEnd(() => front.close());
    const port = portOf(front);
    const graph = client(`https://127.0.0.1:${port}`, { ca: tls.cert });
    expect((await graph.send(INPUT)).kind).toBe('accepted');
    expect([made, server.requests.length]).toEqual([3, 1]);
    await graph.close();

    broken = 5;
    made = 0;
    const other = client(`https://127.0.0.1:${port}`, { ca: tls.cert });
    expect((await other.send(INPUT)).kind).toBe('unsent');
    expect([made, server.requests.length]).toEqual([3, 1]);
  });
});

function pipe(front: Socket, port: number): void {
  const back = connect(port, '127.0.0.1');
  back.on('error', () => front.destroy());
  front.pipe(back).pipe(front);
}
