/** `/v1/health`: what doctor finds, in time whatever is away, and at one price however many watch. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { type Service, startService } from './support.ts';

/** The looks of Meta are two in a row, of four seconds each; the rest is for a busy machine. */
const IN_TIME_MS = 15_000;

interface Found {
  readonly check: string;
  readonly code: string;
  readonly level: string;
  readonly message: string;
  readonly next: string | null;
  readonly unreachable: boolean;
  readonly sender: string | null;
}

/** Meta, as far as it is counted what it is asked; and one that says nothing any more. */
async function countingMeta(to: () => string) {
  const asked: string[] = [];
  let isSilent = false;
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (isSilent) return;
    const { authorization = '' } = request.headers;
    void fetch(to() + request.url, { headers: { authorization } }).then(async (answer) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(await answer.text());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    beSilent: () => {
      isSilent = true;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

let database: TestDatabase;
let redis: TestRedis;
let service: Service;
const undo: (() => unknown)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await startRedis();
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
afterAll(async () => {
  await redis?.stop();
  await database?.drop();
});

async function start(
  ground: { databaseUrl?: string; redisUrl?: string } = {},
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  service = await startService({ databaseUrl: database.connectionString, ...ground }, env);
  undo.push(() => service.close());
}

async function look(key?: string) {
  const began = performance.now();
  const { status, body } = await service.call('GET', '/v1/health', key ? { key } : {});
  expect({ status, isInTime: performance.now() - began < IN_TIME_MS }).toEqual({
    ...{ status: 200, isInTime: true },
  });
  const findings: readonly Found[] = body.findings;
  const of = (check: string) => findings.filter((one) => one.check === check);
  return { ok: body.ok as boolean, body, findings, of };
}

describe('all that doctor finds', () => {
  it('with codes, words, and what to do; a key that may only look is enough', async () => {
    await start({ redisUrl: redis.url });
    const made = await service.app.ledger.keys.create({ name: 'console', scope: 'read' });
    const { ok, of, findings } = await look(made?.key);
    expect(ok).toBe(true);
    for (const [check, code] of [
      ['settings', 'SETTINGS_READ'],
      ['database', 'DATABASE_READY'],
      ['users', 'NO_USERS'],
      ['queue', 'QUEUE_READY'],
      ['clock', 'CLOCKS_AGREE'],
      ['token', 'TOKEN_VALID'],
      ['number', 'NUMBER_READY'],
      ['calling', 'CALLING_ENABLED'],
    ] as const)
      expect(of(check)).toMatchObject([{ code, level: 'ok', next: null, unreachable: false }]);
    expect(of('webhooks')).toContainEqual({
      ...{ check: 'webhooks', code: 'WEBHOOK_SECRET_MISSING', level: 'warn' },
      message: expect.stringContaining('WHATSAPP_APP_SECRET is not set'),
      next: expect.stringContaining('App settings'),
      ...{ unreachable: false, sender: null },
    });
    expect(findings.find(({ check }) => check === 'number')?.sender).toBe(
      service.simulator.phoneNumberId,
    );
    expect(JSON.stringify(findings)).not.toContain(service.simulator.token);
  });

  it('of each sender, and a token that Meta refuses is no well-being', async () => {
    const senders = [{ phoneNumberId: '111', token: 'WRONG' }];
    const folder = await mkdtemp(join(tmpdir(), 'callpermit-senders-'));
    undo.push(() => rm(folder, { recursive: true }));
    await writeFile(`${folder}/senders.json`, JSON.stringify(senders));
    await start({}, { SENDERS_FILE: `${folder}/senders.json` });
    const { ok, of } = await look();
    expect(ok).toBe(false);
    expect(of('token').map(({ sender, level }) => [sender, level])).toEqual([
      [service.simulator.phoneNumberId, 'ok'],
      ['111', 'fail'],
    ]);
    expect(of('token').at(-1)?.next).not.toBeNull();
  });
});

describe('what is away', () => {
  it('a Redis that says nothing holds nobody up, and the rest is looked at', async () => {
    const proxy: TcpProxy = await startTcpProxy({ port: redis.port });
    undo.push(() => proxy.close());
    await start({ redisUrl: proxy.through(redis.url) });
    proxy.stallAll();
    proxy.setNew('stall');
    undo.push(() => {
      proxy.setNew('pass');
      proxy.resumeAll();
    });
    const { ok, of, body } = await look();
    expect(ok).toBe(false);
    expect(of('queue')).toMatchObject([
      { code: expect.stringMatching(/^(QUEUE_UNREACHABLE|NO_ANSWER_IN_TIME)$/), unreachable: true },
    ]);
    expect(of('database')).toMatchObject([{ level: 'ok' }]);
    expect(of('token')).toMatchObject([{ level: 'ok' }]);
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1:(?!\d+, sender)/);
  });

  it('a Meta that says nothing is a finding, and the rest is looked at', async () => {
    const meta = await countingMeta(() => '');
    undo.push(() => meta.close());
    await start({}, { GRAPH_BASE_URL: meta.url });
    meta.beSilent();
    const { ok, of } = await look();
    expect(ok).toBe(false);
    expect(of('token')).toMatchObject([
      {
        ...{ code: 'NO_ANSWER_IN_TIME', level: 'fail', unreachable: true },
        message: 'No answer within 4 s.',
        next: expect.stringContaining('callpermit doctor'),
      },
    ]);
    expect(of('database')).toMatchObject([{ level: 'ok' }]);
    expect(of('queue')).toMatchObject([{ level: 'ok' }]);
  });

  it.each(['stall', 'refuse'] as const)(
    'a database that is away (%s): the queue is looked at all the same, and no address is told',
    async (how) => {
      const { port, hostname } = new URL(database.connectionString);
      const proxy = await startTcpProxy({ host: hostname, port: Number(port) });
      undo.push(() => proxy.close());
      await start({
        ...{ databaseUrl: proxy.through(database.connectionString), redisUrl: redis.url },
      });
      if (how === 'refuse') proxy.cutAll();
      else proxy.stallAll();
      proxy.setNew(how);
      undo.push(() => {
        proxy.setNew('pass');
        proxy.resumeAll();
      });
      const { ok, of, findings } = await look();
      expect(ok).toBe(false);
      expect(of('database')).toMatchObject([{ level: 'fail', unreachable: true }]);
      expect(of('queue')).toMatchObject([{ level: 'ok' }]);
      expect(of('webhooks')).toEqual([]);
      expect(findings.map(({ message }) => message).join()).not.toContain(`:${proxy.port}`);
    },
  );
});

it('twenty consoles that poll ask Meta once', async () => {
  const meta = await countingMeta(() => service.simulator.url);
  undo.push(() => meta.close());
  await start({}, { GRAPH_BASE_URL: meta.url });
  const all = await Promise.all(Array.from({ length: 20 }, () => look()));
  const again = await look();
  expect(new Set([...all, again].map(({ body }) => body.metaAt)).size).toBe(1);
  expect(new Set(all.map(({ body }) => body.at)).size).toBe(1);
  expect(again.ok).toBe(true);
  const isOfSimulator = (path: string) => path.startsWith('/_sim/');
  // Token, number and calling.
  expect(meta.asked.filter((path) => !isOfSimulator(path))).toHaveLength(3);
  // What stands on this machine is asked whether it is the simulator.
  expect(meta.asked.filter(isOfSimulator)).toEqual(['/_sim/about']);
});
