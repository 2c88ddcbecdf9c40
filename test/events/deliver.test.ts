/** Events reach receivers that are down, slow, wrong or gone: signed, in order, at least once, and held up by none but their own. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventsConfig } from '../../src/config/config.ts';
import { secret } from '../../src/config/secret.ts';
import { addSubscription } from '../../src/events/manage.ts';
import { type RunningEvents, runEvents } from '../../src/events/run-events.ts';
import { secretOf } from '../../src/events/secrets.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { accepted, useLedger } from '../ledger/support.ts';
import { type Arrival, isSignedBy, type Receiver, startReceiver } from './receiver.ts';
import { DAY_MS, eventsBench } from './support.ts';

const KEY = secret('0123456789abcdef0123456789abcdef');
const OWN = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const bench = useLedger();
const { store, subscribe, relay } = eventsBench(bench);
const running: RunningEvents[] = [];
let receiver: Receiver;
let logged = '';

const log = createLogger({
  ...{ level: 'debug', name: 'test' },
  stream: {
    write: (line: string) => {
      logged += line;
    },
  },
});

function configOf(more: Partial<EventsConfig> = {}): EventsConfig {
  return { queue: false, allowPrivate: true, retentionDays: 7, key: KEY, ...more };
}

function start(more: Partial<EventsConfig> = {}): RunningEvents {
  const one = runEvents({
    ...{ clock: systemClock, log, store: store(), config: configOf(more) },
    queue: () => Promise.reject(new Error('no queue here')),
  });
  running.push(one);
  return one;
}

/** A subscription of the receiver, and nobody else's. */
async function subscribed(): Promise<{ id: string; secret: string }> {
  await store().unsubscribe(await subscribe());
  const made = await addSubscription(store(), configOf(), { url: receiver.url });
  if (!made.ok) throw new Error(made.error.message);
  return { id: made.value.subscription.id, secret: made.value.secret };
}

/** So many people are asked, and Meta takes all of them. */
async function askPeople(n: number) {
  const sender = await bench.sender(1_000);
  const id = await bench.campaign(sender, n);
  const claims = await bench.claim(sender);
  await bench.ledger.sending.record(claims.map(accepted));
  return { sender, id, claims };
}

const delivered = (senderId: string, claim: Parameters<typeof accepted>[0]) =>
  bench.ledger.evidence.applyStatuses([
    ...[{ senderId, wamid: accepted(claim).wamid ?? '', status: 'delivered', at: new Date() }],
  ] as never);

const types = (arrivals: readonly Arrival[]) => arrivals.map(({ event }) => event.type);

/** Whether something is being told to it, or is due. */
async function isAtWork(id: string): Promise<boolean> {
  const [work] = await bench.rows<{ n: number }>(
    `select count(*)::int as n from event_deliveries
    where subscription_id = $1 and dead_at is null and (taken_until > now_() or next_at <= now_())`,
    [id],
  );
  return work?.n !== 0;
}

async function untilTold(id: string): Promise<void> {
  await relay();
  for (;;) {
    const one = (await store().standing()).find((each) => each.id === id);
    if (one === undefined || one.pending === 0) return;
    // Time goes on only while nobody has anything to do: else leases would end under those who are at work.
    if (await isAtWork(id)) await new Promise((resolve) => setTimeout(resolve, 20));
    else await bench.advance(30_000);
  }
}

beforeEach(async () => {
  logged = '';
  receiver = await startReceiver();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
  await receiver.close();
});

describe('an event', () => {
  test('is posted signed, as the package of Standard Webhooks verifies it, and names no secret in logs', async () => {
    const { id, secret: shown } = await subscribed();
    start();
    await askPeople(1);
    await receiver.until(2);
    await untilTold(id);
    expect(types(receiver.arrivals)).toEqual(['campaign.started', 'request.accepted']);
    for (const arrival of receiver.arrivals) {
      expect(isSignedBy(shown, arrival)).toBe(true);
      expect(isSignedBy(OWN, arrival)).toBe(false);
      expect(isSignedBy(shown, { ...arrival, body: `${arrival.body} ` })).toBe(false);
      expect(arrival.id).toBe(arrival.event.id);
      expect(arrival.headers['content-type']).toBe('application/json');
    }
    expect(shown).toBe(secretOf(KEY, id));
    const rows = await bench.rows<{ t: string }>('select t::text as t from event_subscriptions t');
    expect(JSON.stringify(rows)).not.toContain(shown.slice(6));
    expect(logged).not.toContain(shown.slice(6));
  });

  test('of the settings is signed by their secret, and only of their types', async () => {
    await store().unsubscribe(await subscribe());
    start({ url: receiver.url, secret: secret(OWN), types: ['request.accepted'] });
    while ((await store().subscriptions()).length === 0);
    await askPeople(1);
    await receiver.until(1);
    await untilTold('settings');
    expect(types(receiver.arrivals)).toEqual(['request.accepted']);
    expect(receiver.arrivals.every((arrival) => isSignedBy(OWN, arrival))).toBe(true);
    await store().unsubscribe('settings');
  });

  test('comes to a receiver that was down, after it is up', async () => {
    const { id } = await subscribed();
    await receiver.down();
    start();
    await askPeople(3);
    while (!(await store().standing()).some((one) => one.lastError !== null));
    await receiver.up();
    await untilTold(id);
    expect(new Set(receiver.arrivals.map((one) => one.id)).size).toBe(4);
  });

  test.each([500, 302, 404, 199])('answered with %i comes again by the same id', async (status) => {
    const { id } = await subscribed();
    const other = await startReceiver();
    const seen = new Set<string>();
    receiver.manner = (arrival) => {
      if (seen.has(arrival.id)) return 200;
      seen.add(arrival.id);
      return status === 199 ? [302, { location: other.url }] : status;
    };
    start();
    await askPeople(1);
    await receiver.until(2);
    await untilTold(id);
    const ids = receiver.arrivals.map((one) => one.id);
    // The test moves the clock, by which what is in hand is taken for lost.
    expect(ids.length).toBeGreaterThanOrEqual(4);
    expect(new Set(ids).size).toBe(2);
    // No redirect is followed.
    expect(other.arrivals).toEqual([]);
    await other.close();
  });

  test('that nobody takes is given up after a day, and the next of the person comes', async () => {
    const { id } = await subscribed();
    receiver.manner = ({ event }) => (event.type === 'request.accepted' ? 500 : 200);
    start();
    const { sender, claims } = await askPeople(1);
    await receiver.until(2);
    const [claim] = claims;
    if (claim === undefined) throw new Error('nothing was claimed');
    await delivered(sender, claim);
    await bench.advance(DAY_MS);
    await untilTold(id);
    expect(types(receiver.arrivals).filter((type) => type === 'request.delivered')).toHaveLength(1);
    const dead = await store().list({ state: 'dead', limit: 5 });
    expect(dead.map(({ type, lastError }) => [type, lastError])).toEqual([
      ['request.accepted', 'HTTP 500'],
    ]);
  });
});

describe('a subscription', () => {
  test('whose receiver answers 410 is told nothing more', async () => {
    const { id } = await subscribed();
    receiver.manner = () => 410;
    start();
    await askPeople(3);
    let one: Awaited<ReturnType<ReturnType<typeof store>['standing']>>[number] | undefined;
    do one = (await store().standing()).find((each) => each.id === id);
    while (one?.disabledAt === null);
    expect(one?.disabledWhy).toMatch(/410/);
    // What was on its way then ends first.
    do await store().tidy(1_000);
    while (await isAtWork(id));
    const before = receiver.arrivals.length;
    await askPeople(1);
    await bench.advance(DAY_MS);
    await relay();
    await store().tidy(1_000);
    expect((await store().standing()).find((each) => each.id === id)?.pending).toBe(0);
    expect(receiver.arrivals.length).toBe(before);
  });

  test('of another key is left to others', async () => {
    await subscribed();
    start({ key: secret('another key of 32 characters and more') });
    await askPeople(1);
    while (!logged.includes('EVENTS_KEY is another one'));
    expect(receiver.arrivals).toEqual([]);
  });

  test('whose receiver hangs holds up no other', async () => {
    const { id } = await subscribed();
    const other = await startReceiver();
    const made = await addSubscription(store(), configOf(), { url: other.url });
    if (!made.ok) throw new Error(made.error.message);
    receiver.manner = () => 'hang';
    start();
    await askPeople(40);
    await other.until(41);
    expect(new Set(other.arrivals.map((one) => one.id)).size).toBe(41);
    // In hand at once are so many and no more.
    expect(receiver.arrivals.length).toBe(16);
    await store().unsubscribe(id);
    await other.close();
  });
});

test('events of a person come in order over retries and processes, those of others go on', async () => {
  const { id } = await subscribed();
  let n = 0;
  // Every third try fails, and one person's first event for long.
  receiver.manner = ({ event }) => {
    n += 1;
    const { row } = event.data as { row?: number };
    if (row === 1 && event.type === 'request.accepted' && n < 150) return 503;
    return n % 3 === 0 ? 500 : 200;
  };
  start();
  start();
  const { sender, claims } = await askPeople(40);
  for (const claim of claims) await delivered(sender, claim);
  await untilTold(id);
  const told = new Map<unknown, string[]>();
  for (const { event, id: of } of receiver.arrivals) {
    const { to } = event.data as { to?: string };
    told.set(to, [...(told.get(to) ?? []), `${event.type} ${of}`]);
  }
  expect(told.size).toBe(41);
  for (const [to, tries] of told) {
    if (to === undefined) continue;
    const order = tries.map((one) => one.split(' ')[0]);
    expect(order.lastIndexOf('request.accepted')).toBeLessThan(order.indexOf('request.delivered'));
  }
});

test('while one person waits, others are told at once', async () => {
  await subscribed();
  receiver.manner = ({ event }) => ((event.data as { row?: number }).row === 1 ? 'hang' : 200);
  start();
  const { sender, claims } = await askPeople(2);
  await receiver.until(3);
  const [, other] = claims;
  if (other === undefined) throw new Error('nothing was claimed');
  await delivered(sender, other);
  await receiver.until(4);
  expect(types(receiver.arrivals).at(-1)).toBe('request.delivered');
  receiver.manner = () => 200;
});
