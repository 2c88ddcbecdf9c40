/** What a whole run counts: the sums are those of the ledger and of the server, and no label names anybody. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openCount } from '../../src/core/request.ts';
import { type RunningHttp, startHttp } from '../../src/http/server.ts';
import type { RunningReplies } from '../../src/replies/run-replies.ts';
import { codeLabel, methodLabel, updateLabel } from '../../src/telemetry/metrics/labels.ts';
import { remembered } from '../../src/telemetry/metrics/remembered.ts';
import { newNumbers, type OpenSystem, openSystem } from '../refusals/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Sample, samplesOf, sumOf } from './metrics-support.ts';

const SECRET = 'a secret of the app';
const PEOPLE = 300;
const REFUSED = 20;
const STRANGE = 2;

describe('a run with refusals, webhooks and answers', () => {
  let database: TestDatabase;
  let system: OpenSystem;
  let http: RunningHttp;
  let replies: RunningReplies;
  let campaign: string;
  let samples: readonly Sample[];
  let sender: string;

  const scrape = async () => samplesOf((await system.app.metrics?.text()) ?? '');
  const count = async (sql: string) =>
    Number((await system.rows<{ n: number }>(`select ${sql} as n`))[0]?.n);

  beforeAll(async () => {
    database = await createTestDatabase();
    system = await openSystem(
      { env: { DATABASE_URL: database.connectionString, WHATSAPP_APP_SECRET: SECRET } },
      {
        counted: true,
        profile: {
          webhooks: { appSecret: SECRET, wrongSignature: 0.1 },
          deliveries: { delivered: 1 },
          answers: {
            accept: 0.3,
            acceptForGood: 0.1,
            decline: 0.2,
            afterMs: { kind: 'constant', ms: 10 },
          },
        },
      },
    );
    [sender = ''] = system.senders;
    http = await startHttp(system.app, { port: 0 });
    replies = await system.app.runReplies([]);
    system.simulator.setWebhookTarget(`${http.url}/webhooks/whatsapp`, SECRET);
    const numbers = newNumbers(PEOPLE);
    system.simulator.addFaults([
      { to: numbers.slice(0, REFUSED), effect: { kind: 'refuse', code: 131026 } },
      {
        to: numbers.slice(REFUSED, REFUSED + STRANGE),
        effect: { kind: 'refuse', code: 98_765_432 },
      },
    ]);
    campaign = await system.ask(numbers);
    // On a machine that stands still now and then some are uncertain, and wait for what settles them.
    await system.until(campaign, ({ counts }) => openCount(counts) === 0);
    await system.simulator.untilWebhooksQuiet();
    while ((await count('(select count(*) from webhook_queue)')) > 0)
      await new Promise((resolve) => setTimeout(resolve, 100));
    samples = await scrape();
  }, 200_000);
  afterAll(async () => {
    await replies?.close();
    await http?.close();
    await system?.close();
    await database?.drop();
  });

  test('POSTs by outcome, code and verdict are those of the server and of the ledger', async () => {
    const posts = system.simulator.requests().length;
    const of = (labels: Readonly<Record<string, string>>) =>
      sumOf(samples, 'callpermit_posts_total', { sender, ...labels });
    const requests = (which: string) => count(`(select count(*) from requests where ${which})`);
    expect(of({}) - of({ outcome: 'unsent' })).toBe(posts);
    // What an uncertain one led to is found later, and was no answer to its POST.
    const taken = await requests("state = 'accepted'");
    expect(taken).toBeGreaterThanOrEqual(of({ outcome: 'accepted' }));
    expect(taken).toBeLessThanOrEqual(of({ outcome: 'accepted' }) + of({ outcome: 'uncertain' }));
    const refused = { outcome: 'refused', code: '131026', verdict: 'reject' };
    expect(of(refused)).toBe(await requests('error_code = 131026'));
    expect(of(refused)).toBeGreaterThan(0);
    const strange = { outcome: 'refused', code: 'other', verdict: 'pause-campaign' };
    expect(of(strange)).toBe(await requests('error_code = 98765432'));
    expect(sumOf(samples, 'callpermit_post_duration_seconds_count')).toBe(posts);
    expect(sumOf(samples, 'callpermit_posts_in_flight')).toBe(0);
  });

  test('requests by state are those of the ledger', async () => {
    const rows = await system.rows<{ state: string; n: number }>(
      'select state, count(*)::int as n from requests group by state',
    );
    for (const { state, n } of rows)
      expect([state, sumOf(samples, 'callpermit_requests', { sender, state })]).toEqual([state, n]);
    expect(sumOf(samples, 'callpermit_requests')).toBe(PEOPLE);
    expect(sumOf(samples, 'callpermit_requests_due')).toBe(0);
    expect(
      sumOf(samples, 'callpermit_outcomes_recorded_total', { applied: 'true' }),
    ).toBeGreaterThan(0);
    expect(sumOf(samples, 'callpermit_requests_fed_total')).toBeGreaterThanOrEqual(PEOPLE);
    expect(sumOf(samples, 'callpermit_requests_claimed_total')).toBeGreaterThanOrEqual(PEOPLE);
  });

  test('webhooks: received are stored, applied are seen, forged ones are refused by reason', async () => {
    const stored = await count('(select count(*) from webhook_deliveries)');
    expect(stored).toBeGreaterThan(0);
    expect(sumOf(samples, 'callpermit_webhooks_received_total')).toBeGreaterThanOrEqual(stored);
    expect(sumOf(samples, 'callpermit_webhooks_applied_total')).toBe(stored);
    expect(sumOf(samples, 'callpermit_webhook_lag_seconds_count')).toBe(stored);
    expect(
      sumOf(samples, 'callpermit_webhooks_refused_total', { reason: 'wrong-signature' }),
    ).toBeGreaterThan(0);
    const kinds = await system.rows<{ what: string; n: number }>(
      "select what, sum(n)::int as n from webhook_counts where about = 'kind' group by what",
    );
    for (const { what, n } of kinds)
      expect([what, sumOf(samples, 'callpermit_webhook_updates_total', { kind: what })]).toEqual([
        what,
        n,
      ]);
  });

  test('answers and permissions are those of the book', async () => {
    for (const answer of ['temporary', 'permanent', 'declined']) {
      const n = await count(`(select count(*) from requests where answer = '${answer}')`);
      expect(n).toBeGreaterThan(0);
      expect([answer, sumOf(samples, 'callpermit_answers', { answer })]).toEqual([answer, n]);
      const people = await count(`(select count(*) from permissions where status = '${answer}')`);
      expect(sumOf(samples, 'callpermit_permissions', { sender, state: answer })).toBe(people);
    }
  });

  test('rates, breakers and processes of the sender', () => {
    expect(sumOf(samples, 'callpermit_sender_rate_allowed', { sender })).toBe(400);
    expect(sumOf(samples, 'callpermit_sender_rate_in_force', { sender })).toBeGreaterThan(0);
    expect(sumOf(samples, 'callpermit_sender_processes', { sender })).toBe(1);
    expect(sumOf(samples, 'callpermit_sender_breaker_open', { sender })).toBe(0);
    expect(sumOf(samples, 'callpermit_pool_connections_max', { pool: 'sending' })).toBe(5);
  });

  test('no label holds a run of seven digits but the id of the sender', () => {
    const values = samples.flatMap(({ labels }) => Object.values(labels));
    expect(values).toContain(sender);
    expect(values.filter((value) => value !== sender && /\d{7}/.test(value))).toEqual([]);
  });

  test('many senders or people make no more series than few', () => {
    const ours = samples.filter(({ name }) => name.startsWith('callpermit_'));
    expect(ours.length).toBeLessThan(250);
  });
});

describe('labels are of closed sets', () => {
  test.each<[number | undefined, string]>([
    [131026, '131026'],
    [98_765_432, 'other'],
    [-1, 'other'],
    [undefined, 'none'],
    [250, '200-299'],
  ])('code %p is %s', (code, label) => expect(codeLabel(code)).toBe(label));

  test('what a caller or Meta may invent is folded', () => {
    expect([methodLabel('GET'), methodLabel('BREW')]).toEqual(['GET', 'other']);
    expect([updateLabel('reply'), updateLabel('+16505551234')]).toEqual(['reply', 'other']);
  });
});

describe('a figure that is dear is read seldom', () => {
  function readings(tookMs: number) {
    let now = 0;
    let n = 0;
    const look = remembered(
      60_000,
      async () => {
        now += tookMs;
        n += 1;
        return n;
      },
      () => now,
    );
    return {
      look: async () => (await look()).value,
      pass: (ms: number) => {
        now += ms;
      },
    };
  }

  test('not within the time it is fresh', async () => {
    const { look, pass } = readings(10);
    expect(await look()).toBe(1);
    pass(59_000);
    expect(await look()).toBe(1);
    pass(2_000);
    expect(await look()).toBe(2);
  });

  test('and one that takes long not for twenty times as long', async () => {
    const { look, pass } = readings(10_000);
    expect(await look()).toBe(1);
    pass(199_000);
    expect(await look()).toBe(1);
    pass(2_000);
    expect(await look()).toBe(2);
  });

  test('looks at once share a reading, and a failed one is tried again', async () => {
    let fails = true;
    let n = 0;
    const look = remembered(1_000, async () => {
      n += 1;
      if (fails) throw new Error('away');
      return n;
    });
    await expect(Promise.all([look(), look()])).rejects.toThrow('away');
    fails = false;
    expect((await look()).value).toBe(2);
  });
});
