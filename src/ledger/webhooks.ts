/**
 * Deliveries of webhooks. They arrive by connections of their own: whoever answers Meta must wait for no claim and no
 * list that is read in.
 */
import { outsideText } from '../core/outside-text.ts';
import type {
  NewDelivery,
  StoredDelivery,
  UnreadPart,
  WebhookCount,
  WebhookStore,
  WebhookTally,
} from '../core/ports/webhooks.ts';
import { InfrastructureError } from '../core/problem.ts';
import { type Limits, SENDER_LIMITS } from './bounded-query.ts';
import type { Database } from './database.ts';
import { kindOf, sqlState } from './sqlstate.ts';

/** Connections by which deliveries arrive, made when the first one comes: two batches and the counts. */
export const WEBHOOK_CONNECTIONS = 3;

/** Meta gives up after about 20 s, and third parties have seen 3 to 10. */
const STORE_LIMITS: Limits = { lockMs: 4_000, statementMs: 5_000, isPlannedOnce: true };
/** Dropping a day shuts the table while it waits for it; who stores waits behind it. */
const DROP_LIMITS: Limits = { lockMs: 500, statementMs: 20_000 };
const LOCK_NOT_AVAILABLE = '55P03';

/** The longest name that is counted: it stands in an index, whose rows have at most 2,700 bytes. */
const NAME_CHARS = 200;
const WHY_CHARS = 1_000;
const RAW_CHARS = 64_000;

const STORE = { name: 'store_webhooks', text: 'select store_webhooks($1, $2)' };
/** Their age is by the clock of the machine, like that of all that is measured. */
const MACHINE_TIME = 'received_at - (select ahead from ledger_clock)';
const TAKE = {
  name: 'take_webhooks',
  text: `select *, ${MACHINE_TIME} as arrived_at from take_webhooks($1, $2, $3, $4)`,
};
const FINISH = { name: 'finish_webhooks', text: 'select finish_webhooks($1, $2, $3)' };
const COUNT = { name: 'count_webhooks', text: 'select count_webhooks($1)' };
const MAKE_DAYS = { name: 'make_webhook_days', text: 'select make_webhook_days()' };
const DROP_DAY = { name: 'drop_webhook_day', text: 'select drop_webhook_day($1) as dropped' };
const STANDING = {
  name: 'webhook_standing',
  text: `select
    (select ${MACHINE_TIME} from webhook_deliveries order by day desc, id desc limit 1) as last_received_at,
    (select count(*)::float8 from webhook_queue) as waiting,
    (select received_at from webhook_queue order by id limit 1) as oldest_waiting_at,
    (select count(*)::float8 from unread_parts) as unread`,
};
const TALLIES = {
  name: 'webhook_tallies',
  text: `select about, what, sender_id as "senderId", n::float8 as n, last_at as "lastAt"
    from webhook_counts order by about, what, sender_id`,
};
const UNREAD = {
  name: 'webhook_unread',
  text: `select delivery::text, day::text, place as "where", why, raw, at
    from unread_parts order by id desc limit $1`,
};

interface TakenRow {
  readonly id: string;
  readonly day: string;
  readonly body: string;
  readonly received_at: Date;
  readonly arrived_at: Date;
  readonly tries: number;
}

interface StandingRow {
  readonly last_received_at: Date | null;
  readonly waiting: number;
  readonly oldest_waiting_at: Date | null;
  readonly unread: number;
}

/** Makes the {@link WebhookStore} over a database; deliveries and refusals arrive by `arriving`'s connections. */
export function webhookStore(database: Database, arriving: Database = database): WebhookStore {
  return {
    store: (deliveries) => store(arriving, deliveries),
    async take({ most, mostBytes, leaseMs, minAgeMs = 0 }) {
      const rows = await database.run<TakenRow>(
        TAKE,
        [most, mostBytes, leaseMs, minAgeMs],
        SENDER_LIMITS,
      );
      return rows.map(toStored);
    },
    async finish({ deliveries, unread, counts }) {
      await database.run(
        FINISH,
        [deliveries.map(({ id }) => id), JSON.stringify(unread.map(toUnreadRow)), countsOf(counts)],
        SENDER_LIMITS,
      );
    },
    async count(counts) {
      if (counts.length > 0) await arriving.run(COUNT, [countsOf(counts)], STORE_LIMITS);
    },
    async standing() {
      const [row] = await database.run<StandingRow>(STANDING, []);
      const tallies = await database.run<WebhookTally>(TALLIES, []);
      return {
        lastReceivedAt: row?.last_received_at ?? null,
        waiting: row?.waiting ?? 0,
        oldestWaitingAt: row?.oldest_waiting_at ?? null,
        unread: row?.unread ?? 0,
        tallies,
      };
    },
    unreadParts: ({ most }) => database.run<UnreadPart & { at: Date }>(UNREAD, [most]),
    async keepDays(days) {
      await database.run(MAKE_DAYS, []);
      while (await dropDay(database, days));
    },
  };
}

/** What Postgres refuses in a body is its own error, so that the others of the batch can be told from it. */
async function store(database: Database, deliveries: readonly NewDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  const values = [deliveries.map(({ digest }) => digest), deliveries.map(({ body }) => body)];
  try {
    await database.run(STORE, values, STORE_LIMITS);
  } catch (error) {
    // A schema that does not fit is no reason to blame what came.
    if (kindOf(sqlState(error)) !== 'bug') throw error;
    throw new InfrastructureError('database', String(error), { cause: error });
  }
}

/** Whether a day was dropped, so that another may follow; one that others use just now waits for the next time. */
async function dropDay(database: Database, days: number): Promise<boolean> {
  try {
    const [row] = await database.run<{ dropped: string | null }>(DROP_DAY, [days], DROP_LIMITS);
    return (row?.dropped ?? null) !== null;
  } catch (error) {
    if (sqlState((error as Error).cause) === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

function toStored(row: TakenRow): StoredDelivery {
  const { id, day, body, tries } = row;
  return { id, day, body, tries, receivedAt: row.received_at, arrivedAt: row.arrived_at };
}

// What came decides these texts, and one that Postgres refuses would keep its delivery waiting for good.
function toUnreadRow({ day, delivery, where, why, raw }: UnreadPart) {
  return {
    day,
    delivery,
    place: outsideText(where, WHY_CHARS),
    why: outsideText(why, WHY_CHARS),
    raw: outsideText(raw, RAW_CHARS),
  };
}

function countsOf(counts: readonly WebhookCount[]): string {
  return JSON.stringify(
    counts.map(({ about, what, senderId, n }) => ({
      about: outsideText(about, NAME_CHARS),
      what: outsideText(what, NAME_CHARS),
      sender_id: outsideText(senderId, NAME_CHARS),
      n,
    })),
  );
}
