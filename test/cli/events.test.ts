/** `callpermit events list` and `replay`, of events that happened and were told. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { startReceiver } from '../events/receiver.ts';
import { people, type Service, startService } from '../http/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { setUpWorkspace } from './workspace.ts';

const EVENTS = { EVENTS_KEY: '0123456789abcdef0123456789abcdef', EVENTS_ALLOW_PRIVATE: '1' };
let database: TestDatabase | undefined;
let service: Service;
let running: Awaited<ReturnType<Service['app']['runEvents']>>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let subscription = '';
/** Between the first campaign and the second. */
let between = '';

const workspace = setUpWorkspace(() => ({
  ...EVENTS,
  DATABASE_URL: database?.connectionString ?? '',
}));
const events = (...args: readonly string[]) => workspace.run(['events', ...args, '--json']);

async function runCampaign(first: number): Promise<void> {
  const body = { template: 't', language: 'en', recipients: people(1, first) };
  const { id } = (await service.call('POST', '/v1/campaigns', { body })).body;
  await service.call('POST', `/v1/campaigns/${id}/start`);
  await service.call('POST', `/v1/campaigns/${id}/pause`);
}

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.connectionString }, EVENTS);
  receiver = await startReceiver();
  const made = await service.call('POST', '/v1/events/subscriptions', {
    body: { url: receiver.url, types: ['campaign.started', 'campaign.paused'] },
  });
  subscription = made.body.id;
  running = await service.app.runEvents();
  await runCampaign(0);
  await receiver.until(2);
  between = new Date().toISOString();
  await runCampaign(1);
  await receiver.until(4);
});
afterAll(async () => {
  await running?.close();
  await receiver?.close();
  await service?.close();
  await database?.drop();
});

describe('callpermit events list', () => {
  const listed = async (...args: readonly string[]) =>
    (await events('list', ...args)).json.events as { id: string; type: string; state: string }[];

  test('is all of them, the newest first, with how far each is', async () => {
    const all = await listed();
    expect(all.map(({ type }) => type)).toEqual([
      ...['campaign.paused', 'campaign.started', 'campaign.paused', 'campaign.started'],
    ]);
    expect(all.map(({ id }) => id)).toEqual(receiver.arrivals.map(({ id }) => id).reverse());
    expect(new Set(all.map(({ state }) => state))).toEqual(new Set(['delivered']));
  });

  test('goes by time, type, state and number', async () => {
    expect(await listed('--since', between)).toHaveLength(2);
    expect(await listed('--since', '1h')).toHaveLength(4);
    expect(await listed('--type', 'campaign.started')).toHaveLength(2);
    expect(await listed('--since', between, '--type', 'campaign.paused')).toHaveLength(1);
    expect(await listed('--state', 'dead')).toEqual([]);
    expect(await listed('--limit', '3')).toHaveLength(3);
  });

  test('for people is a table, and says where there is none', async () => {
    const shown = await workspace.run(['events', 'list', '--type', 'campaign.started']);
    expect(shown.stdout.match(/campaign\.started/g)).toHaveLength(2);
    const none = await workspace.run(['events', 'list', '--state', 'dead']);
    expect(none.stdout + none.stderr).toContain('There is no such event');
  });
});

describe('callpermit events replay', () => {
  test('tells those since then again, by the ids they had', async () => {
    const before = receiver.arrivals.length;
    const { code, json } = await events('replay', '--since', between);
    expect({ code, json }).toEqual({ code: 0, json: { deliveries: 2 } });
    await receiver.until(before + 2);
    expect(receiver.arrivals.slice(before).map(({ id }) => id)).toEqual(
      receiver.arrivals.slice(2, 4).map(({ id }) => id),
    );
  });

  test('of one type, to one subscription', async () => {
    const before = receiver.arrivals.length;
    const of = ['--type', 'campaign.paused', '--subscription', subscription];
    expect((await events('replay', '--since', '1h', ...of)).json).toEqual({ deliveries: 2 });
    await receiver.until(before + 2);
    const again = receiver.arrivals.slice(before).map(({ event }) => event.type);
    expect(again).toEqual(['campaign.paused', 'campaign.paused']);
  });

  test('of one event, to those with whom it was given up', async () => {
    const event = receiver.arrivals[0]?.id ?? '';
    const told = await events('replay', '--event', event);
    expect(told).toMatchObject({ code: 1, json: { error: { code: 'NOT_FOUND', where: event } } });
    const sql = new pg.Client({ connectionString: database?.connectionString });
    await sql.connect();
    await sql.query(
      `insert into event_deliveries (subscription_id, pos, day, lane, dead_at)
       select $2, pos, day, subject, now() from events where id = $1`,
      [event, subscription],
    );
    await sql.end();
    const before = receiver.arrivals.length;
    expect((await events('replay', '--event', event)).json).toEqual({ deliveries: 1 });
    await receiver.until(before + 1);
    expect(receiver.arrivals.slice(before).map(({ id }) => id)).toEqual([event]);
  });

  test('of nothing, of two things, or of a subscription that is not there, is refused', async () => {
    const usage = { code: 1, json: { error: { code: 'USAGE' } } };
    expect(await events('replay')).toMatchObject(usage);
    expect(await events('replay', '--event', 'x', '--since', '1h')).toMatchObject(usage);
    const other = await events('replay', '--since', '1h', '--subscription', 'sub_none');
    expect(other).toMatchObject({ code: 1, json: { error: { code: 'NOT_FOUND' } } });
  });
});
