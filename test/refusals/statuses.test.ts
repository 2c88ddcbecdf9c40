/** Each code of the table as a failed status, which never causes a POST. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { resumeCampaign } from '../../src/campaign/control.ts';
import type { AppliedStatus, StatusEvent } from '../../src/core/ports/index.ts';
import type { RequestResult } from '../../src/core/request.ts';
import type { Verdict } from '../../src/core/verdicts/verdict.ts';
import { consequence } from '../../src/core/verdicts/verdicts.ts';
import { applyStatuses } from '../../src/replies/apply-statuses.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { CODES, newNumbers, type OpenSystem, openSystem, verdictOf } from './support.ts';

const HOUR_MS = 3_600_000;
const codesOf = (...verdicts: readonly Verdict[]) =>
  CODES.filter((code) => verdicts.includes(verdictOf(code).verdict));
const messageOf = (code: number) => `Words of Meta about ${code}`;

describe('a failed status', () => {
  let database: TestDatabase;
  let system: OpenSystem;
  /** Accepted by Meta; each test takes one, so that no two statuses meet. */
  let accepted: RequestResult[];
  /** Of the same template and sender, due in an hour: what a breaker pauses. */
  let waiting: string;
  let postsBefore: number;

  beforeAll(async () => {
    database = await createTestDatabase();
    system = await openSystem({ env: { DATABASE_URL: database.connectionString } });
    const id = await system.ask(newNumbers(CODES.length + 10));
    await system.until(id, ({ state }) => state === 'completed');
    accepted = [...(await system.results(id))];
    const notBefore = new Date(Date.now() + HOUR_MS);
    waiting = await system.ask(newNumbers(3), { recipient: () => ({ notBefore }) });
    postsBefore = system.simulator.stats().posts;
  });
  beforeEach(() => resumeCampaign(system.app, waiting));
  afterAll(async () => {
    await system.close();
    await database.drop();
  });

  function take(): RequestResult {
    const one = accepted.pop();
    if (one === undefined) throw new Error('more statuses than people');
    return one;
  }

  async function apply(person: RequestResult, status: Partial<StatusEvent>) {
    const event = {
      wamid: person.wamid ?? '',
      status: 'failed',
      at: new Date(),
      ...status,
    } as const;
    const [applied] = await applyStatuses(system.app, [event], { tell: true });
    return applied;
  }

  function fail(person: RequestResult, code: number): Promise<AppliedStatus | undefined> {
    return apply(person, { error: { code, message: messageOf(code) } });
  }

  async function rowOf({ wamid }: RequestResult) {
    const [row] = await system.rows<Record<string, unknown>>(
      `select r.state, r.delivery, r.attempts, r.error_code, r.error_message, cardinality(p.asks) as asked
       from requests r join pairs p on p.sender_id = r.sender_id and p.person = r.person where wamid = $1`,
      [wamid],
    );
    return row;
  }

  /** State unchanged, delivery failed with Meta's words, allowance kept, attempts as they were. */
  async function checkRow(person: RequestResult, code: number): Promise<void> {
    const { state, allowance, attempt } = consequence(verdictOf(code).verdict, 'status');
    expect([state, allowance, attempt]).toEqual(['unchanged', 'kept', 'not-counted']);
    expect(await rowOf(person)).toEqual({
      ...{ state: 'accepted', delivery: 'failed', attempts: 1, asked: 1 },
      ...{ error_code: code, error_message: messageOf(code) },
    });
  }

  const breaker = async () => (await system.app.ledger.senders.list())[0]?.breaker ?? null;
  const posted = () => system.simulator.stats().posts - postsBefore;

  const harmless = codesOf(
    ...(['retry', 'delay-pair', 'delay-day', 'reject'] as const),
    ...(['pair-limit', 'already-granted', 'suppress', 'pause-campaign'] as const),
  );
  test(`of ${harmless.length} codes changes nothing but its delivery`, async () => {
    for (const code of harmless) {
      const person = take();
      expect(await fail(person, code)).toMatchObject({ state: 'accepted', delivery: 'failed' });
      await checkRow(person, code);
    }
    expect(await breaker()).toBeNull();
    expect(await system.get(waiting)).toMatchObject({ state: 'running' });
    expect(posted()).toBe(0);
  });

  test.each(codesOf('already-granted'))(
    '%i books the permission that Meta speaks of',
    async (code) => {
      const person = take();
      await fail(person, code);
      const booked: unknown[] = [];
      for await (const { state, source } of system.app.ledger.book.entries({ to: person.to }))
        booked.push([state, source]);
      expect(booked).toEqual([['permanent', 'query']]);
      expect(await rowOf(person)).toMatchObject({ state: 'accepted', delivery: 'failed' });
      expect(posted()).toBe(0);
    },
  );

  test.each(codesOf('pause-template'))('%i closes the template for its campaigns', async (code) => {
    const person = take();
    await fail(person, code);
    await checkRow(person, code);
    expect(await breaker()).toBeNull();
    expect(await system.get(waiting)).toMatchObject({
      state: 'paused',
      reason: {
        by: 'us',
        scope: 'template',
        code,
        message: expect.stringContaining(messageOf(code)),
      },
    });
    expect(posted()).toBe(0);
  });

  test.each(codesOf('pause-sender'))('%i closes the sender', async (code) => {
    const person = take();
    await fail(person, code);
    await checkRow(person, code);
    const reason = { by: 'us', scope: 'sender', code };
    expect(await breaker()).toMatchObject(reason);
    expect(await system.get(waiting)).toMatchObject({ state: 'paused', reason });
    expect((await system.get(waiting)).reason?.message).toContain(verdictOf(code).advice);
    expect(posted()).toBe(0);
  });

  test("of a throttling code cuts the sender's rate, once for all of them", async () => {
    const codes = codesOf('slow-sender');
    for (const code of codes) {
      const person = take();
      await fail(person, code);
      await checkRow(person, code);
    }
    const [sender] = await system.app.ledger.senders.list();
    expect(sender?.rateReason).toContain(messageOf(codes.at(-1) as number));
    expect((sender?.rateNow ?? 0) / (sender?.rateAllowed ?? 1)).toBeCloseTo(0.85, 1);
    expect(posted()).toBe(0);
  });

  test('that comes again after a resume pauses nothing again', async () => {
    const person = take();
    await fail(person, 131042);
    expect(await breaker()).not.toBeNull();
    await resumeCampaign(system.app, waiting);
    expect(await fail(person, 131042)).toMatchObject({ applied: true, news: false });
    expect(await breaker()).toBeNull();
    expect(await system.get(waiting)).toMatchObject({ state: 'running' });
  });

  test('of one device, where another had it delivered, pauses nothing', async () => {
    const person = take();
    await apply(person, { status: 'delivered' });
    expect(await fail(person, 131042)).toMatchObject({ delivery: 'delivered', news: false });
    expect(await breaker()).toBeNull();
  });
});
