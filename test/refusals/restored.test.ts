/**
 * Issue 4, "Must show" 5, by the built program: the token is revoked in the middle, the phone number
 * id is wrong, the template is paused. Each time the campaign pauses and nobody is lost or doubled.
 */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import type { Simulator } from '../../src/simulator/index.ts';
import { number, people, setUpRoad } from '../cli/road.ts';
import { describeOnBothQueues } from '../support/queues.ts';

const RATE = 150;
const LATENCY_MS = 40;
const PEOPLE = 600;
const REVOKED_AT = 300;
const HOUR_MS = 3_600_000;
const TEMPLATE = ['--template', 't', '--language', 'en'];
/**
 * What may be in flight when a refusal comes back: two answers' worth and what a stalled machine adds,
 * well under a second's worth.
 */
const IN_FLIGHT = RATE / 2;

describeOnBothQueues('what stopped a campaign is put right', (ground) => {
  const road = setUpRoad(() => ({ ...ground.env, MESSAGES_PER_SECOND: String(RATE) }));
  const use = () => road.useSimulator({ latency: { kind: 'constant', ms: LATENCY_MS } });

  function expectOneEach(simulator: Simulator, from: number): void {
    const { people: figures } = simulator.stats();
    const accepted = Array.from(
      { length: PEOPLE },
      (_, i) => figures?.[number(from + i).slice(1)]?.accepted,
    );
    expect(new Set(accepted)).toEqual(new Set([1]));
  }

  async function ledger<T extends pg.QueryResultRow>(sql: string): Promise<T[]> {
    const client = new pg.Client({ connectionString: ground.databaseUrl });
    await client.connect();
    try {
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  test('a token revoked in the middle, and a new one in its file: no restart, one acceptance each', async () => {
    const simulator = await use();
    const file = await road.file('token', `${simulator.token}\n`);
    const env = { WHATSAPP_ACCESS_TOKEN: '', WHATSAPP_ACCESS_TOKEN_FILE: file };
    simulator.schedule([
      { atMessage: REVOKED_AT, change: { set: 'token', action: 'revoke', token: simulator.token } },
    ]);
    const list = await road.file('revoked.csv', people(PEOPLE, 100_000));
    const sent = await road.run(['send', list, ...TEMPLATE, '--json'], env);
    expect(sent.code).toBe(3);
    expect(sent.json).toMatchObject({
      state: 'paused',
      reason: { by: 'us', scope: 'sender', code: 190 },
      counts: { accepted: REVOKED_AT - 1, rejected: 0, uncertain: 0, sending: 0, queued: 0 },
    });
    expect(sent.json.counts.pending).toBe(PEOPLE - REVOKED_AT + 1);
    expect(sent.stderr).toContain('token');
    const withOld = simulator.stats().posts;
    expect(withOld - REVOKED_AT).toBeLessThanOrEqual(IN_FLIGHT);

    const sender = road.start(['sender'], env);
    await sender.untilLine(/Sending for/);
    expect((await road.run(['senders', '--json'])).json.senders).toMatchObject([
      { breaker: { code: 190 } },
    ]);
    simulator.apply({ set: 'token', action: 'add', token: 'NEW_TOKEN' });
    // As deployments replace secrets: a new file in the place of the old one.
    const fresh = join(road.folder, 'token.new');
    await writeFile(fresh, 'NEW_TOKEN\n');
    await rename(fresh, file);
    expect(simulator.stats().posts).toBe(withOld);
    expect((await road.run(['campaign', 'resume', sent.json.id], env)).code).toBe(0);
    expect(await road.untilEnded(sent.json.id)).toMatchObject({
      state: 'completed',
      counts: { accepted: PEOPLE, rejected: 0, uncertain: 0 },
    });
    sender.kill('SIGTERM');
    await sender.untilExit();
    expectOneEach(simulator, 100_000);
  });

  test.each([33, 100] as const)(
    'a wrong WHATSAPP_PHONE_NUMBER_ID, refused with %i: resume goes on with the right one',
    async (unknownNumberCode) => {
      const from = unknownNumberCode === 33 ? 200_000 : 210_000;
      const simulator = await road.useSimulator({
        latency: { kind: 'constant', ms: LATENCY_MS },
        unknownNumberCode,
      });
      const list = await road.file(`wrong-id-${unknownNumberCode}.csv`, people(PEOPLE, from));
      const sent = await road.run(['send', list, ...TEMPLATE, '--skip-preflight', '--json'], {
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

      const resumed = await road.run(['campaign', 'resume', sent.json.id]);
      expect(resumed.code).toBe(0);
      expect(resumed.stderr).toContain(`from now on it is sent by ${simulator.phoneNumberId}`);
      const sender = road.start(['sender']);
      expect(await road.untilEnded(sent.json.id)).toMatchObject({
        state: 'completed',
        counts: { accepted: PEOPLE },
      });
      sender.kill('SIGTERM');
      await sender.untilExit();
      expectOneEach(simulator, from);
    },
  );

  test('a template that Meta paused: looked at after 3 h and 6 h, it goes on by itself', async () => {
    const simulator = await use();
    const setTemplate = (status: 'PAUSED' | 'APPROVED') =>
      ({ set: 'template', name: 't', status }) as const;
    simulator.schedule([{ atMessage: REVOKED_AT, change: setTemplate('PAUSED') }]);
    const list = await road.file('paused.csv', people(PEOPLE, 300_000));
    const sent = await road.run(['send', list, ...TEMPLATE, '--json']);
    expect(sent.code).toBe(3);
    expect(sent.json).toMatchObject({
      state: 'paused',
      reason: { by: 'us', scope: 'template', code: 132015 },
      counts: { pending: PEOPLE - REVOKED_AT + 1, accepted: REVOKED_AT - 1, rejected: 0 },
    });
    const { posts } = simulator.stats();
    expect(posts - REVOKED_AT).toBeLessThanOrEqual(IN_FLIGHT);

    const sender = road.start(['sender']);
    await sender.untilLine(/Sending for/);
    const advance = (hours: number) =>
      ledger(`update ledger_clock set ahead = ahead + ${hours * HOUR_MS} * interval '1 ms'`);
    const looks = async () =>
      (await ledger<{ n: number }>('select probes as n from template_breakers'))[0]?.n;
    await advance(3.01);
    while ((await looks()) !== 2) await sleep(100);
    expect((await road.show(sent.json.id)).state).toBe('paused');
    simulator.apply(setTemplate('APPROVED'));
    await advance(6.01);
    for (;;) if ((await road.show(sent.json.id)).state !== 'paused') break;
    expect(await road.untilEnded(sent.json.id)).toMatchObject({
      state: 'completed',
      counts: { accepted: PEOPLE },
    });
    sender.kill('SIGTERM');
    await sender.untilExit();
    expectOneEach(simulator, 300_000);
  });

  test('--max-errors, a number and percent: exit 3, the rest pending', async () => {
    for (const [bound, from] of [
      ['3', 400_000],
      ['10%', 410_000],
    ] as const) {
      // One in four has no WhatsApp.
      const simulator = await road.useSimulator({
        people: Array.from({ length: 50 }, (_, i) => ({
          number: number(from + i * 4),
          onWhatsApp: false,
        })),
      });
      const list = await road.file(`bound-${from}.csv`, people(200, from));
      const sent = await road.run(['send', list, ...TEMPLATE, '--max-errors', bound, '--json']);
      expect(sent.code).toBe(3);
      expect(sent.json).toMatchObject({ state: 'paused', reason: { by: 'us', scope: 'campaign' } });
      expect(sent.json.reason.message).toContain('--max-errors');
      expect(sent.json.counts.rejected).toBeGreaterThan(3);
      expect(sent.json.counts.pending).toBeGreaterThan(50);
      expect(simulator.stats().posts).toBe(200 - sent.json.counts.pending);
    }
  });
});
