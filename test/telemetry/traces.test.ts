/** Traces of a whole run, as a collector gets them; and that nothing of it is loaded where nobody asked for it. */
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openCount } from '../../src/core/request.ts';
import { startHttp } from '../../src/http/server.ts';
import { newNumbers, type OpenSystem, openSystem } from '../refusals/support.ts';
import { spawnCallpermit } from '../support/callpermit.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
  readonly events?: readonly unknown[];
}

interface Collector {
  readonly url: string;
  readonly spans: Span[];
  /** All that came, as it came. */
  readonly bodies: string[];
  close(): Promise<void>;
}

async function startCollector(): Promise<Collector> {
  const spans: Span[] = [];
  const bodies: string[] = [];
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += String(piece);
    bodies.push(body);
    const { resourceSpans } = JSON.parse(body);
    for (const { scopeSpans } of resourceSpans)
      for (const scope of scopeSpans) spans.push(...scope.spans);
    response.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

describe('a run that is traced', () => {
  const numbers = newNumbers(30);
  let collector: Collector;
  let system: OpenSystem;
  let campaign: string;

  beforeAll(async () => {
    collector = await startCollector();
    system = await openSystem(
      { env: { DATABASE_URL: database.connectionString, API_KEYS: 'key-one' } },
      // Ten people a batch: the POSTs of several jobs are in hand together.
      { traces: collector.url, env: { MESSAGES_PER_SECOND: '40' } },
    );
    system.simulator.addFaults([
      { to: [numbers[0] ?? ''], effect: { kind: 'refuse', code: 131026 } },
    ]);
    campaign = await system.ask(numbers, { name: 'The list of Ann Smith' });
    await system.until(campaign, ({ counts }) => openCount(counts) === 0);
    const http = await startHttp(system.app, { port: 0 });
    await fetch(`${http.url}/v1/campaigns/${campaign}?token=a-secret-of-ours`, {
      headers: {
        authorization: 'Bearer key-one',
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      },
    });
    await http.close();
    // What waits goes out as the app closes.
    await system.close();
  }, 200_000);
  afterAll(() => collector?.close());

  const told = ({ attributes }: Span) =>
    Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
  const parentOf = (span: Span) =>
    collector.spans.find(({ spanId }) => spanId === span.parentSpanId);

  test('each POST is a span under its job, and the job under who added it', () => {
    const all = collector.spans.filter(({ name }) => name === 'POST /messages');
    // A process that stands still misses send times: what was not written is told as that.
    const posts = all.filter((post) => told(post)['callpermit.outcome'] !== 'unsent');
    expect(posts).toHaveLength(system.simulator.requests().length);
    expect(posts.length).toBeGreaterThanOrEqual(numbers.length);
    for (const post of posts) {
      const job = parentOf(post);
      expect(job?.name).toMatch(/^process callpermit-\d+-campaigns$/);
      expect(job && parentOf(job)?.name).toMatch(/^addBulk callpermit-\d+-campaigns$/);
      expect(told(post)).toMatchObject({
        'callpermit.campaign': campaign,
        'callpermit.request': expect.stringMatching(/^\d+$/),
        'callpermit.sender': system.senders[0],
      });
    }
    const pairs = new Set(
      posts.map((post) => `${told(post)['callpermit.batch']} ${post.parentSpanId}`),
    );
    const batches = new Set(posts.map((post) => told(post)['callpermit.batch']));
    expect(batches.size).toBeGreaterThan(1);
    expect(pairs.size).toBe(batches.size);
    expect(new Set(posts.map(({ parentSpanId }) => parentSpanId)).size).toBe(batches.size);
    const refused = posts.map(told).find((one) => one['callpermit.outcome'] === 'refused');
    expect(refused).toMatchObject({ 'callpermit.code': '131026', 'callpermit.verdict': 'reject' });
  });

  test("a request is a span under its caller's, by its route, and what it asks the database under it", () => {
    const request = collector.spans.find(({ name }) => name === 'GET /v1/campaigns/:id');
    expect(request).toMatchObject({ traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16) });
    const asked = collector.spans.filter(({ parentSpanId }) => parentSpanId === request?.spanId);
    expect(asked.map(({ name }) => name)).toContain('postgres campaign');
  });

  test('no number, name, text, token or parameter is in any of it', () => {
    const all = collector.bodies.join('\n');
    expect(all).toContain(campaign);
    for (const number of numbers) expect(all).not.toContain(number.replace('+', ''));
    for (const word of ['Ann', system.simulator.token, 'a-secret-of-ours', 'key-one'])
      expect(all).not.toContain(word);
    expect(collector.spans.flatMap(({ events = [] }) => events)).toEqual([]);
  });
});

/** The packages of OpenTelemetry's that a service has loaded once it is ready, as V8 says. */
async function loadedBy(
  command: string,
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'callpermit-traces-'));
  try {
    const process = spawnCallpermit(
      [command, '--json', ...(command === 'api' ? ['--port', '0'] : [])],
      {
        ...{ DATABASE_URL: database.connectionString, NODE_V8_COVERAGE: folder },
        ...{ WHATSAPP_PHONE_NUMBER_ID: '106540352242922', WHATSAPP_ACCESS_TOKEN: 'token' },
        ...{ GRAPH_BASE_URL: 'http://127.0.0.1:9', API_KEYS: 'key-one' },
        ...env,
      },
    );
    await process.untilLine(/"state":"ready"/);
    process.kill('SIGTERM');
    await process.untilExit();
    const files = await readdir(folder);
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    const names = texts
      .flatMap((text) => (JSON.parse(text) as { result: { url: string }[] }).result)
      .map(({ url }) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? '');
    expect(names).toContain('bullmq');
    return [...new Set(names)].filter((name) => /opentelemetry|bullmq-otel/.test(name)).sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('what is loaded', () => {
  test('nothing by a sender that nobody traces', async () => {
    expect(await loadedBy('sender')).toEqual([]);
  });

  test('by the API only what prom-client itself requires, which does nothing', async () => {
    expect(await loadedBy('api')).toEqual(['@opentelemetry/api']);
  });

  test('all of it where the setting is', async () => {
    const loaded = await loadedBy('sender', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
    expect(loaded).toEqual(expect.arrayContaining(['@opentelemetry/sdk-trace', 'bullmq-otel']));
  });
});
