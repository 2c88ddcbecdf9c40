/** Meta is asked over HTTP: one person, a campaign, all expired; a bounded number a call, and no longer than somebody waits. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { inMs, number, say } from './book-support.ts';
import { KEY, type Service, startService } from './support.ts';

const PATH = '/v1/permissions/check';
let database: TestDatabase;
let service: Service;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.connectionString });
  await service.app.ledger.senders.ensure({
    ...{ senderId: service.simulator.phoneNumberId, messagesPerSecond: 80 },
  });
});

afterAll(async () => {
  await service?.close();
  await database?.drop();
});

beforeEach(() => service.simulator.reset({ keepTemplates: true }));

const check = (body: object) => service.call('POST', PATH, { body });

/** People of whom Meta was asked, by what the book says. */
async function answered(): Promise<number> {
  let n = 0;
  for await (const { source } of service.app.ledger.book.entries()) if (source === 'query') n += 1;
  return n;
}

it('of one person, and of several, the book is corrected by what Meta says', async () => {
  const [yes, no] = [number(1), number(2)];
  service.simulator.apply({ set: 'permission', number: yes, permission: 'permanent' });
  await say(service, no, 'permanent', { source: 'profile' });
  const one = await check({ to: yes });
  expect(one).toMatchObject({
    status: 200,
    body: { asked: 1, changed: 1, failed: 0, reasons: [], next: null },
  });
  expect((await check({ to: yes, sender: '999' })).body).toMatchObject({ asked: 0, next: null });
  expect((await check({ to: [yes, yes, no] })).body).toMatchObject({ asked: 2, changed: 1 });
  const { body } = await service.call('GET', `/v1/permissions/${no}`);
  expect(body.permissions).toMatchObject([{ state: 'none', source: 'query', mayCall: false }]);
});

it('of a campaign so many a call, until all were asked about once', async () => {
  const recipients = Array.from({ length: 5 }, (_, i) => ({ to: number(10 + i), 1: 'Ann' }));
  const { body: made } = await service.call('POST', '/v1/campaigns', {
    body: { template: 't', language: 'en', recipients, start: false },
  });
  for (const { to } of recipients) await say(service, to, 'permanent', { source: 'profile' });
  const before = await answered();
  const asked: number[] = [];
  for (let after: string | null = null; ; ) {
    const more = after === null ? {} : { after };
    const { body } = await check({ campaign: made.id, limit: 2, ...more });
    asked.push(body.asked);
    after = body.next;
    if (after === null) break;
  }
  expect(asked).toEqual([2, 2, 1]);
  expect((await answered()) - before).toBe(5);
});

it('of all whose time is over, though they are no longer expired as it goes on', async () => {
  const past = { at: inMs(-20 * 86_400_000), expiresAt: inMs(-10 * 86_400_000) };
  for (const i of [20, 21, 22]) await say(service, number(i), 'temporary', past);
  const first = await check({ allExpired: true, limit: 2 });
  expect(first.body).toMatchObject({ asked: 2, changed: 2, next: expect.any(String) });
  const second = await check({ allExpired: true, limit: 2, after: first.body.next });
  expect(second.body).toMatchObject({ asked: 1, changed: 1, next: null });
  expect((await check({ allExpired: true })).body).toMatchObject({ asked: 0, next: null });
});

it('a token that Meta refuses is a problem with its code, and the counts', async () => {
  const refuse = { kind: 'refuse', code: 190, httpStatus: 401 } as const;
  service.simulator.setFaults([{ on: 'call_permissions', effect: refuse }]);
  expect(await check({ to: number(30) })).toMatchObject({
    ...{ status: 502, body: { code: 'TOKEN_REFUSED', asked: 1, changed: 0, failed: 1 } },
  });
});

it.each([
  [{}, 'body'],
  [{ to: number(1), allExpired: true }, 'body'],
  [{ campaign: 'nothing' }, 'body/campaign'],
  [{ to: '12' }, 'body/to'],
  [{ allExpired: true, limit: 1_001 }, 'body/limit'],
])('%j is refused with its place', async (body, where) => {
  const answer = await check(body);
  expect([answer.status, answer.body.code, answer.body.where]).toEqual([400, 'USAGE', where]);
});

describe('where Meta is asked five times a second,', () => {
  let slow: Service;
  const PEOPLE = 120;
  const past = { at: inMs(-20 * 86_400_000), expiresAt: inMs(-10 * 86_400_000) };

  beforeAll(async () => {
    const env = { CALL_PERMISSION_CHECKS_PER_SECOND: '5' };
    slow = await startService({ databaseUrl: database.connectionString }, env);
    const senderId = slow.simulator.phoneNumberId;
    for (let i = 0; i < PEOPLE; i += 1)
      await say(service, number(1_000 + i), 'temporary', { ...past, senderId });
  });

  afterAll(() => slow?.close());

  it('who hangs up ends it', async () => {
    const before = await answered();
    const gone = new AbortController();
    const call = fetch(slow.http.url + PATH, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ allExpired: true }),
      signal: gone.signal,
    });
    while ((await answered()) < before + 3);
    gone.abort();
    await expect(call).rejects.toThrow();
    // Forty more at the same pace: the other call would ask about as many meanwhile. Those that Meta is just asked
    // about are booked still.
    const named = Array.from({ length: 40 }, (_, i) => number(2_000 + i));
    const after = await answered();
    await slow.call('POST', PATH, { body: { to: named } });
    expect((await answered()) - after).toBeLessThan(30);
  });

  it('a server that closes says how far it came, and the next one goes on from there', async () => {
    const before = await answered();
    const call = slow.call('POST', PATH, { body: { allExpired: true } });
    while ((await answered()) < before + 3);
    await slow.http.close();
    const { status, body } = await call;
    expect({ status, code: body.code }).toEqual({ status: 200, code: undefined });
    expect(body.asked).toBeGreaterThanOrEqual(3);
    expect(body.asked).toBeLessThan(PEOPLE / 2);
    const rest = await check({ allExpired: true, after: body.next });
    expect(rest.body).toMatchObject({ failed: 0, next: null });
    expect((await check({ allExpired: true })).body.asked).toBe(0);
  });
});
