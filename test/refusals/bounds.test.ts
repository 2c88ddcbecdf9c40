/** Waits of single codes, unknown codes, and a bad language in the list, sent by this process. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { resumeCampaign } from '../../src/campaign/control.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { newNumbers, type OpenSystem, openSystem } from './support.ts';

const HOUR_MS = 3_600_000;

describe('refusals that ask for a wait', () => {
  let database: TestDatabase;
  let system: OpenSystem;

  beforeAll(async () => {
    database = await createTestDatabase();
    system = await openSystem({ env: { DATABASE_URL: database.connectionString } });
  });
  afterAll(async () => {
    await system.close();
    await database.drop();
  });

  /** Asks one person who is refused with `code` so often; gives the number and the campaign. */
  async function refuse(code: number, times?: number, notAfterMs?: number) {
    const [to] = newNumbers(1) as [string];
    const more = times === undefined ? {} : { times };
    system.simulator.addFaults([{ to, ...more, effect: { kind: 'refuse', code } }]);
    const recipient =
      notAfterMs === undefined ? {} : { notAfter: new Date(Date.now() + notAfterMs) };
    const id = await system.ask([to], { recipient: () => recipient });
    return { to, id };
  }

  /** In how many ms the one open row is due, by the ledger's clock when it was recorded. */
  async function waits(id: string): Promise<number | undefined> {
    const [row] = await system.rows<{ ms: number }>(
      `select extract(epoch from a.retry_at - a.at)::float8 * 1000 as ms
       from attempts a join requests r on r.id = a.request_id
       where r.campaign_id = $1 order by a.id desc limit 1`,
      [id],
    );
    return row?.ms;
  }

  test('131056 waits 1, 4, 16, 64 s, 131049 a day; each retry stands in the campaign’s reasons', async () => {
    const pair = await refuse(131056);
    for (const seconds of [1, 4, 16, 64]) {
      await system.until(pair.id, () => system.posts(pair.to) > 0);
      await system.untilIdle(pair.id);
      expect(await waits(pair.id)).toBeCloseTo(seconds * 1_000, -1);
      const [reason] = await system.app.ledger.campaigns.reasons(pair.id);
      expect(reason).toMatchObject({ state: 'pending', errorCode: 131056, reason: 'delay-pair' });
      expect(reason?.nextAt).toBeInstanceOf(Date);
      await system.advance(seconds * 1_000 + 100);
    }
    const [row] = await system.results(pair.id);
    expect(row).toMatchObject({ attempts: 4, error_code: 131056, status: 'pending' });

    const day = await refuse(131049);
    await system.untilIdle(day.id);
    expect(await waits(day.id)).toBe(24 * HOUR_MS);
    expect(system.posts(day.to)).toBe(1);
  });

  test('131000 waits 1 to 5 s, then longer; the export counts the tries', async () => {
    const { id, to } = await refuse(131000, 2);
    await system.untilIdle(id);
    const first = await waits(id);
    expect(first).toBeGreaterThanOrEqual(1_000);
    expect(first).toBeLessThanOrEqual(5_000);
    await system.advance(first as number);
    await system.until(id, () => system.posts(to) === 2);
    await system.untilIdle(id);
    expect(await waits(id)).toBeLessThanOrEqual(10_000);
    await system.advance(10_000);
    await system.until(id, ({ state }) => state === 'completed');
    expect(await system.results(id)).toMatchObject([{ status: 'accepted', attempts: 3 }]);
  });

  test('138009 waits for the pair’s allowance where there is time, else is skipped with that reason', async () => {
    const waiting = await refuse(138009, 1);
    await system.untilIdle(waiting.id);
    const [reason] = await system.app.ledger.campaigns.reasons(waiting.id);
    expect(reason).toMatchObject({ state: 'pending', reason: 'pair-limit', errorCode: 138009 });
    const [due] = await system.rows<{ hours: number }>(
      'select extract(epoch from due_at - now_())::float8 / 3600 as hours from requests where campaign_id = $1',
      [waiting.id],
    );
    expect(due?.hours).toBeGreaterThan(23.9);
    expect(due?.hours).toBeLessThanOrEqual(24);
    const [clock] = await system.rows<{ ms: number }>(
      'select extract(epoch from ahead)::float8 * 1000 as ms from ledger_clock',
    );
    const hurried = await refuse(138009, 1, (clock?.ms ?? 0) + HOUR_MS);
    await system.until(hurried.id, ({ state }) => state === 'completed');
    expect(await system.results(hurried.id)).toMatchObject([
      { status: 'skipped', advice: expect.stringContaining('once in 24 hours') },
    ]);
    expect(system.posts(hurried.to)).toBe(1);
  });

  test('an unknown code keeps its words, is warned about once, and pauses after five in a row', async () => {
    const code = 987_654;
    const numbers = newNumbers(200);
    system.simulator.addFaults([
      { to: numbers, effect: { kind: 'refuse', code, message: 'Never seen' } },
    ]);
    const id = await system.ask(numbers);
    // A refusal is written before the ledger counts it as one of a streak and takes it back.
    const { reason } = await system.until(
      id,
      ({ state, counts }) => state === 'paused' && counts.pending === 200,
    );
    expect(reason).toMatchObject({ by: 'us', scope: 'campaign', code });
    expect(reason?.message).toContain(`(#${code}) Never seen`);
    const said = system
      .warnings()
      .filter((line) => line.msg.includes('not in our table') && line.code === code);
    expect(said).toHaveLength(1);
    system.simulator.setFaults([]);
    await resumeCampaign(system.app, id);
    expect(await system.until(id, ({ state }) => state === 'completed')).toMatchObject({
      counts: { accepted: 200 },
    });
  });

  test('a bad language on a few lines stops those lines, and no other campaign', async () => {
    const bad = new Set([3, 10, 11, 25]);
    const numbers = newNumbers(40);
    const id = await system.ask(numbers, {
      recipient: (i) => (bad.has(i) ? { language: 'xx' } : {}),
    });
    const paused = await system.until(id, ({ state }) => state === 'paused');
    expect(paused.reason).toMatchObject({ by: 'us', scope: 'template', code: 132001 });
    expect(paused.counts).toMatchObject({ accepted: 36, pending: 4, rejected: 0 });
    const inXx = system.simulator.requests().filter((post) => post.language === 'xx').length;
    const other = await system.ask(newNumbers(10));
    expect(await system.until(other, ({ state }) => state !== 'running')).toMatchObject({
      state: 'completed',
      counts: { accepted: 10 },
    });
    expect(system.simulator.requests().filter((post) => post.language === 'xx')).toHaveLength(inXx);

    system.simulator.addTemplate({ name: 't', language: 'xx' });
    await resumeCampaign(system.app, id);
    await system.until(id, ({ state }) => state === 'completed');
    const taken = numbers.map(
      (to) => system.simulator.requests({ to, outcome: 'accepted' }).length,
    );
    expect(new Set(taken)).toEqual(new Set([1]));
  });
});
