/**
 * Events in the ledger (`migrations/0031_events.sql` says how they are written and ordered). All of it goes by connections of
 * its own, few of them: no claim waits for a subscriber.
 */
import { isEventType } from '../core/events/event-types.ts';
import { given } from '../core/given.ts';
import type {
  EventStore,
  EventSubscription,
  StoredEvent,
  SubscriptionStanding,
} from '../core/ports/index.ts';
import { type Limits, SENDER_LIMITS } from './bounded-query.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';
import { LOCK_NOT_AVAILABLE, sqlState } from './sqlstate.ts';

/** Connections of a process that tells events, made when they are needed. */
export const EVENT_CONNECTIONS = 3;

/** Of the log that is looked at for a replay, rows at a time: deliveries wait meanwhile. */
const REPLAY_ROWS = 2_000;
const ERROR_CHARS = 300;
/** As for days of webhooks: whoever moves events waits behind it. */
const DROP_LIMITS: Limits = { lockMs: 500, statementMs: 60_000 };

const RELAY = { name: 'relay_events', text: 'select relay_events($1) as n' };
const EXPIRING = { name: 'tell_expiring', text: 'select tell_expiring($1) as n' };
const TIDY = { name: 'tidy_events', text: 'select tidy_events($1) as n' };
const MAKE_DAY = {
  name: 'make_event_day',
  text: `select make_event_day((now_() at time zone 'UTC')::date)`,
};
const DROP_DAY = { name: 'drop_event_day', text: 'select drop_event_day($1) as dropped' };
const SUBSCRIBE = statement('subscribe_events');
const UNSUBSCRIBE = statement('unsubscribe_events');
const DISABLE = statement('disable_subscription');
const SUBSCRIPTIONS = statement('event_subscriptions');
const STANDING = statement('event_standing');
const TAKE = { name: 'take_events', text: 'select * from take_events($1, $2, $3, $4)' };
const FINISH = { name: 'finish_events', text: 'select finish_events($1, $2, $3, $4)' };
const LAST = { name: 'last_event', text: 'select last_pos::text as pos from event_clock' };
const AFTER = statement('events_after');
const LIST = statement('events_page');
const DEAD = statement('dead_deliveries');
const REPLAY = {
  name: 'replay_events',
  text: 'select last::text as last, n from replay_events($1, $2, $3, $4, $5)',
};
const IS_THERE = {
  name: 'event_subscription_is_there',
  text: `select from event_subscriptions where id = $1 and disabled_at is null and removed_at is null and kind <> 'stream'`,
};
const FIRST = {
  name: 'first_event_since',
  text: `select (min(pos) - 1)::text as pos from events where day >= ($1::timestamptz at time zone 'UTC')::date - 1 and at >= $1`,
};

interface EventRow {
  readonly pos: string;
  readonly id: string;
  readonly type: string;
  readonly at: Date;
  readonly data: Record<string, unknown>;
}

/** Makes the {@link EventStore} over a database. */
export function eventStore(database: Database): EventStore {
  const number = async (asked: typeof RELAY, values: readonly unknown[]) =>
    (await database.run<{ n: number }>(asked, values, SENDER_LIMITS))[0]?.n ?? 0;
  return {
    relay: (most) => number(RELAY, [most]),
    tellExpiring: (most) => number(EXPIRING, [most]),
    tidy: (most) => number(TIDY, [most]),
    async keepDays(days) {
      await database.run(MAKE_DAY, []);
      while (await dropDay(database, days));
    },
    async subscribe({ id, kind, url, types, keyProof, untilMs }) {
      const values = [id, kind, url ?? null, types ?? null, keyProof ?? null, untilMs ?? null];
      const [row] = await database.run<EventSubscription>(SUBSCRIBE, values);
      if (row === undefined) throw new Error('a subscription was not written');
      return row;
    },
    async unsubscribe(id) {
      const [row] = await database.run<EventSubscription>(UNSUBSCRIBE, [id]);
      return row;
    },
    async disable(id, why) {
      await database.run(DISABLE, [id, why.slice(0, ERROR_CHARS)]);
    },
    subscriptions: () =>
      database.run<EventSubscription & Record<string, unknown>>(SUBSCRIPTIONS, []),
    standing: () => database.run<SubscriptionStanding & Record<string, unknown>>(STANDING, []),
    async take({ subscription, claim, most, leaseMs }) {
      const rows = await database.run<
        Omit<EventRow, 'type'> & { type: string | null; tries: number }
      >(TAKE, [subscription, claim, most, leaseMs], SENDER_LIMITS);
      return rows.map(({ pos, tries, type, ...row }) => ({
        ...{ pos, tries },
        event: type === null ? undefined : toEvent({ ...row, pos, type }),
      }));
    },
    async finish({ subscription, claim, ends, giveUpMs }) {
      const results = ends.map(({ pos, end, delayMs, error }) => ({
        ...{ pos, end },
        ...given({ delay_ms: delayMs, error: error?.slice(0, ERROR_CHARS) }),
      }));
      const values = [subscription, claim, JSON.stringify(results), giveUpMs ?? null];
      await database.run(FINISH, values, SENDER_LIMITS);
    },
    async lastPos() {
      const [row] = await database.run<{ pos: string }>(LAST, []);
      return row?.pos ?? '0';
    },
    async after(pos, most) {
      const rows = await database.run<EventRow & { campaignId: string | null }>(AFTER, [pos, most]);
      return rows.map((row) => ({ ...toEvent(row), campaignId: row.campaignId }));
    },
    async list({ types, since, state, campaignId, before, limit }) {
      const values = [types, since, state, campaignId, before, limit].map((v) => v ?? null);
      const rows = await database.run<
        EventRow & { state: string; tries: number; nextAt: Date | null; lastError: string | null }
      >(LIST, values);
      return rows.map((row) => ({
        ...toEvent(row),
        state: row.state as 'pending' | 'delivered' | 'dead',
        ...{ tries: row.tries, nextAt: row.nextAt, lastError: row.lastError },
      }));
    },
    async replay({ subscription, since, types }) {
      if ((await database.run(IS_THERE, [subscription])).length === 0) return undefined;
      const [first] = await database.run<{ pos: string | null }>(FIRST, [since]);
      let last = first?.pos ?? null;
      let all = 0;
      while (last !== null) {
        const [row]: { last: string | null; n: number }[] = await database.run(REPLAY, [
          ...[subscription, since, types ?? null],
          ...[last, REPLAY_ROWS],
        ]);
        all += row?.n ?? 0;
        last = row?.last ?? null;
      }
      return all;
    },
    async replayDead({ event, subscription }) {
      const dead = await database.run<{ subscription: string; at: Date; before: string }>(DEAD, [
        event,
      ]);
      let all = 0;
      for (const one of dead) {
        if (subscription !== undefined && one.subscription !== subscription) continue;
        const values = [one.subscription, one.at, null, one.before, 1];
        const [row] = await database.run<{ n: number }>(REPLAY, values);
        all += row?.n ?? 0;
      }
      return all;
    },
  };
}

/** Times of the database's own JSON have the offset of its session: they are told in UTC, as all others. */
function toEvent({ pos, id, type, at, data }: EventRow): StoredEvent {
  if (!isEventType(type)) throw new Error(`an event of a newer program: ${type}`);
  const { until } = data;
  return {
    ...{ pos, id, type },
    occurredAt: at.toISOString(),
    data: typeof until === 'string' ? { ...data, until: new Date(until).toISOString() } : data,
  };
}

async function dropDay(database: Database, days: number): Promise<boolean> {
  try {
    const [row] = await database.run<{ dropped: string | null }>(DROP_DAY, [days], DROP_LIMITS);
    return (row?.dropped ?? null) !== null;
  } catch (error) {
    if (sqlState((error as Error).cause) === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}
