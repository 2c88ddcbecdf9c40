/** Bodies that do not come, over real sockets. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startHttp } from '../../src/http/server.ts';
import { endSlowBodies } from '../../src/http/slow-bodies.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { KEY, type Service, startService } from './support.ts';

const LIMITS = { silentMs: 400, answeredMs: 300, dripMs: 1_200, leastBytes: 30, lookMs: 20 };
const HEAD = 'POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';

const sockets = new Set<Socket>();
const timers = new Set<NodeJS.Timeout>();

/** A caller that says `head` and then `piece` every so often, forever. */
function drip(port: number, head: string, piece?: string, everyMs = 50) {
  const socket = connect(port, '127.0.0.1');
  sockets.add(socket);
  socket.setEncoding('utf8').on('error', () => {});
  const at = performance.now();
  let said = '';
  socket.on('data', (text: string) => {
    said += text;
  });
  socket.write(head);
  if (piece !== undefined) timers.add(setInterval(() => socket.write(piece), everyMs));
  const closed = new Promise<{ said: string; afterMs: number }>((resolve) => {
    socket.once('close', () => resolve({ said, afterMs: performance.now() - at }));
  });
  return { socket, closed };
}

afterEach(() => {
  for (const timer of timers) clearInterval(timer);
  for (const socket of sockets) socket.destroy();
  timers.clear();
  sockets.clear();
});

describe('a server that reads bodies', () => {
  let server: Server;
  let port = 0;
  let received = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/refused') {
        response.writeHead(401).end('no');
        return;
      }
      // Reads slowly enough where it is asked to, so that the body lies here unread.
      if (request.url === '/unread') {
        setTimeout(() => request.resume(), 1_500);
        request.on('end', () => response.end('read'));
        return;
      }
      request.on('data', (bytes: Buffer) => {
        received += bytes.length;
      });
      request.on('end', () => response.end('read'));
    });
    endSlowBodies(server, LIMITS, (socket) => {
      socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
      socket.destroySoon();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test('ends one that is silent, and says so', async () => {
    const { said } = await drip(port, `${HEAD}5\r\nhello\r\n`).closed;
    expect(said).toContain('408');
  });

  test('ends a drip too slow to be meant, though it is never silent for long', async () => {
    const { said, afterMs } = await drip(port, HEAD, '1\r\nx\r\n', 300).closed;
    expect(said).toContain('408');
    expect(afterMs).toBeGreaterThan(LIMITS.dripMs / 2);
  });

  test('lets one that moves go on, far beyond every limit', async () => {
    received = 0;
    const { socket, closed } = drip(port, HEAD, '14\r\n01234567890123456789\r\n', 40);
    const until = performance.now() + 2 * LIMITS.dripMs;
    await new Promise<void>((resolve, reject) => {
      void closed.then(() => reject(new Error('it was ended')));
      timers.add(
        setInterval(() => {
          if (performance.now() > until) resolve();
        }, 20),
      );
    });
    for (const timer of timers) clearInterval(timer);
    socket.end('0\r\n\r\n');
    expect((await closed).said).toContain('200 OK');
    expect(received).toBeGreaterThan(500);
  });

  test('ends what is sent on after the answer, however fast', async () => {
    const head = HEAD.replace('/x', '/refused');
    const { said, afterMs } = await drip(port, head, '14\r\n01234567890123456789\r\n', 10).closed;
    expect(said).toContain('401');
    expect(afterMs).toBeLessThan(5_000);
  });

  test('waits as long as it takes where the server itself does not read', async () => {
    const body = 'x'.repeat(40_000);
    const { closed } = drip(
      port,
      `POST /unread HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 40001\r\n\r\n${body}`,
    );
    // Silent all the while, and the last byte missing: only from the reading on is that a fault.
    const { said, afterMs } = await closed;
    expect(said).toContain('408');
    expect(afterMs).toBeGreaterThan(1_500);
  });
});

describe('the API', () => {
  let database: TestDatabase;
  let service: Service;
  beforeAll(async () => {
    database = await createTestDatabase();
    service = await startService({ databaseUrl: database.connectionString });
  });
  afterAll(async () => {
    await service.close();
    await database.drop();
  });

  test('ends a caller without a key who drips a body after the 401', async () => {
    const head = HEAD.replace('/x', '/v1/campaigns').replace(
      'Host: x\r\n',
      'Host: x\r\nContent-Type: application/json\r\nConnection: keep-alive\r\n',
    );
    const { said } = await drip(Number(new URL(service.http.url).port), head, '1\r\n \r\n', 100)
      .closed;
    expect(said).toContain('401');
  }, 30_000);

  test('ends one that goes silent with a 408 that has the id of the request', async () => {
    const http = await startHttp(service.app, { port: 0, bodies: LIMITS });
    try {
      const head = `POST /v1/campaigns HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\n`;
      for (const [own, id] of [
        ['Request-Id: mine-1\r\n', /^mine-1$/],
        ['', /^[\da-f-]{36}$/],
      ] as const) {
        const port = Number(new URL(http.url).port);
        const { said } = await drip(port, `${head}${own}Content-Length: 9\r\n\r\n{`).closed;
        expect(said).toMatch(/^HTTP\/1.1 408 /);
        const [, told = ''] = /\r\nRequest-Id: (\S+)\r\n/.exec(said) ?? [];
        expect(told).toMatch(id);
        expect(service.logged()).toContain(`"request":"${told}"`);
      }
    } finally {
      await http.close();
    }
  }, 30_000);

  test('lets an upload that waits for another load be silent, and answers it', async () => {
    const http = await startHttp(service.app, { port: 0, bodies: LIMITS });
    try {
      const body = { template: 't', language: 'en' };
      const { id } = (await service.call('POST', '/v1/campaigns', { body })).body;
      const other = { campaignId: id, loader: 'another load' };
      const { intake } = service.app.ledger;
      await intake.hold(other);
      // A caller may send the rest only when he hears that the first lines are taken.
      const line = '{"to":"+16502000001","1":"Ann"}\n';
      const { socket, closed } = drip(
        Number(new URL(http.url).port),
        `POST /v1/campaigns/${id}/recipients HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
          `Authorization: Bearer ${KEY}\r\nContent-Type: application/x-ndjson\r\n` +
          `Content-Length: ${2 * line.length}\r\n\r\n${line}`,
      );
      let ended: string | undefined;
      void closed.then(({ said }) => {
        ended = said;
      });
      for (const until = performance.now() + 2 * LIMITS.dripMs; performance.now() < until; ) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        // It is the waiting that is tried here: the other load goes on.
        await intake.hold(other);
        if (ended !== undefined) break;
      }
      expect(ended).toBeUndefined();
      await intake.letGo(other);
      socket.write(line.replace('01"', '02"'));
      expect((await closed).said).toMatch(/^HTTP\/1.1 200 .*"added":2/s);
    } finally {
      await http.close();
    }
  }, 30_000);

  test('gives one that waited in vain its 409, though he reads nothing until all is sent', async () => {
    // Half a minute of the wait's own time in some ten looks.
    let now = 0;
    const sleep = (ms: number) => {
      now += 20 * ms;
      return systemClock.sleep(ms);
    };
    const app = { ...service.app, clock: { ...systemClock, now: () => now, sleep } };
    const http = await startHttp(app, { port: 0 });
    try {
      const body = { template: 't', language: 'en' };
      const { id } = (await service.call('POST', '/v1/campaigns', { body })).body;
      await service.app.ledger.intake.hold({ campaignId: id, loader: 'another load' });
      const line = `{"to":"+16502000001","1":"${'x'.repeat(900)}"}\n`;
      const list = line.repeat(20_000);
      const { socket, closed } = drip(
        Number(new URL(http.url).port),
        `POST /v1/campaigns/${id}/recipients HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
          `Authorization: Bearer ${KEY}\r\nContent-Type: application/x-ndjson\r\n` +
          `Content-Length: ${list.length}\r\n\r\n`,
      );
      socket.pause();
      socket.write(list, () => socket.resume());
      expect((await closed).said).toMatch(/^HTTP\/1.1 409 .*CONFLICT/s);
    } finally {
      await http.close();
    }
  }, 30_000);

  test('ends a caller whose header does not come to its end', async () => {
    const port = Number(new URL(service.http.url).port);
    const [dripping, silent] = [drip(port, 'GET / HTTP/1.1\r\n', 'X: y\r\n', 500), drip(port, '')];
    expect((await dripping.closed).said).toContain('408');
    await silent.closed;
  }, 60_000);
});
