/**
 * By the built program: the phone number id is wrong, the template is paused,
 * too many are refused. Each time the campaign pauses and nobody is lost or doubled.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { number, people } from '../cli/workspace.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import {
  expectOneEach,
  IN_FLIGHT,
  LATENCY,
  PEOPLE,
  STOPPED_AT,
  setUpStoppingWorkspace,
  TEMPLATE,
} from './stopping.ts';

const HOUR_MS = 3_600_000;

describe('what stopped a campaign is put right', () => {
  let database: TestDatabase;
  let redis: TestRedis;

  beforeAll(async () => {
    [database, redis] = await Promise.all([createTestDatabase(), startRedis()]);
  });
  afterAll(async () => {
    await redis.stop();
    await database.drop();
  });
  const workspace = setUpStoppingWorkspace({
    get databaseUrl() {
      return database.connectionString;
    },
    get env() {
      return { DATABASE_URL: database.connectionString, REDIS_URL: redis.url };
    },
  });

  test.each([33, 100] as const)(
    'a wrong WHATSAPP_PHONE_NUMBER_ID, refused with %i: resume goes on with the right one',
    async (unknownNumberCode) => {
      const from = unknownNumberCode === 33 ? 200_000 : 210_000;
      const simulator = await workspace.useSimulator({
        latency: LATENCY,
        unknownNumberCode,
      });
      const list = await workspace.file(`wrong-id-${unknownNumberCode}.csv`, people(PEOPLE, from));
      const sent = await workspace.run(['send', list, ...TEMPLATE, '--skip-preflight', '--json'], {
        WHATSAPP_PHONE_NUMBER_ID: `99${unknownNumberCode}`,
      });
      expect(sent.code).toBe(3);
      expect(sent.json).toMatchObject({
        state: 'paused',
        reason: { by: 'us', scope: 'sender', code: unknownNumberCode },
        counts: { pending: PEOPLE, accepted: 0, rejected: 0, uncertain: 0 },
      });
      expect(sent.stderr).toContain('WHATSAPP_PHONE_NUMBER_ID');
      expect(simulator.stats().posts).toBeLessThanOrEqual(IN_FLIGHT);

      const resumed = await workspace.run(['campaign', 'resume', sent.json.id]);
      expect(resumed.code).toBe(0);
      expect(resumed.stderr).toContain(`from now on it is sent by ${simulator.phoneNumberId}`);
      const sender = workspace.start(['sender']);
      expect(await workspace.untilCompleted(sent.json.id)).toMatchObject({
        state: 'completed',
        counts: { accepted: PEOPLE },
      });
      sender.kill('SIGTERM');
      await sender.untilExit();
      expectOneEach(simulator, from);
    },
  );

  test('a template that Meta paused: looked at after 3 h and 6 h, it goes on by itself', async () => {
    const simulator = await workspace.useSimulator({ latency: LATENCY });
    const setTemplate = (status: 'PAUSED' | 'APPROVED') =>
      ({ set: 'template', name: 't', status }) as const;
    simulator.schedule([{ atMessage: STOPPED_AT, change: setTemplate('PAUSED') }]);
    const list = await workspace.file('paused.csv', people(PEOPLE, 300_000));
    const sent = await workspace.run(['send', list, ...TEMPLATE, '--json']);
    expect(sent.code).toBe(3);
    expect(sent.json).toMatchObject({
      state: 'paused',
      reason: { by: 'us', scope: 'template', code: 132015 },
      counts: { pending: PEOPLE - STOPPED_AT + 1, accepted: STOPPED_AT - 1, rejected: 0 },
    });
    const { posts } = simulator.stats();
    expect(posts - STOPPED_AT).toBeLessThanOrEqual(IN_FLIGHT);

    const sender = workspace.start(['sender']);
    await sender.untilLine(/Sending for/);
    const advance = (hours: number) =>
      workspace.ledger(
        `update ledger_clock set ahead = ahead + ${hours * HOUR_MS} * interval '1 ms'`,
      );
    const looks = async () =>
      (await workspace.ledger<{ n: number }>('select probes as n from template_breakers'))[0]?.n;
    await advance(3.01);
    while ((await looks()) !== 2) await sleep(100);
    expect((await workspace.show(sent.json.id)).state).toBe('paused');
    simulator.apply(setTemplate('APPROVED'));
    await advance(6.01);
    for (;;) if ((await workspace.show(sent.json.id)).state !== 'paused') break;
    expect(await workspace.untilCompleted(sent.json.id)).toMatchObject({
      state: 'completed',
      counts: { accepted: PEOPLE },
    });
    sender.kill('SIGTERM');
    await sender.untilExit();
    expectOneEach(simulator, 300_000);
  });

  test('--max-errors, a number and percent: exit 3, the rest pending', async () => {
    // Of twenty settled, from which on a share counts, a tenth is two.
    for (const [bound, most, from] of [
      ['3', 3, 400_000],
      ['10%', 2, 410_000],
    ] as const) {
      // One in four has no WhatsApp.
      const simulator = await workspace.useSimulator({
        people: Array.from({ length: 50 }, (_, i) => ({
          number: number(from + i * 4),
          onWhatsApp: false,
        })),
      });
      const list = await workspace.file(`bound-${from}.csv`, people(200, from));
      const sent = await workspace.run([
        'send',
        list,
        ...TEMPLATE,
        '--max-errors',
        bound,
        '--json',
      ]);
      expect(sent.code).toBe(3);
      expect(sent.json).toMatchObject({ state: 'paused', reason: { by: 'us', scope: 'campaign' } });
      expect(sent.json.reason.message).toContain('--max-errors');
      const { accepted, rejected, pending, queued } = sent.json.counts;
      expect(rejected).toBeGreaterThan(most);
      // What was in the queue is pending again, or will be: on a busy machine some still is there.
      expect(pending + queued).toBeGreaterThan(50);
      expect(simulator.stats().posts).toBe(accepted + rejected);
      expect(accepted + rejected + pending + queued).toBe(200);
    }
  });
});
