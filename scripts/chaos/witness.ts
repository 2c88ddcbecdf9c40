/** Looks into the ledger past all of our code, with SQL of its own, and waits out its outages. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** How far a campaign is. */
export interface Standing {
  readonly state: string;
  readonly reason: string | null;
  readonly counts: Readonly<Record<string, number>>;
  /** Not final and not merely uncertain. */
  readonly open: number;
  /** Uncertain, with a check still to come. */
  readonly unchecked: number;
}

/** What the ledger kept of an attempt that was not a plain acceptance. */
export interface KeptAttempt {
  readonly row: number;
  /** `<request>.<fence>`, as in `biz_opaque_callback_data`. */
  readonly ref: string;
  readonly outcome: string;
  readonly detail: string | null;
  /** When it was written, in ms of the epoch. */
  readonly atMs: number;
}

/** What names a row on the wire. */
export interface KeptRequest {
  readonly row: number;
  readonly id: string;
  /** The newest claim's. */
  readonly fence: number;
  /** The phone number that asks. */
  readonly senderId: string;
  /** What a check found of an uncertain one. */
  readonly finding: string | null;
  /** What the person said to it. */
  readonly answer: string | null;
}

/** The witness. */
export interface Witness {
  standing(campaignId: string): Promise<Standing>;
  /** Claims that a process had when it died or froze, `at` ms of the epoch, as `<request>.<fence>`. */
  inFlight(pid: number, at: number): Promise<readonly string[]>;
  attempts(campaignId: string): Promise<readonly KeptAttempt[]>;
  requests(campaignId: string): Promise<readonly KeptRequest[]>;
  /** Rows that loads under an idempotency key have left so far. */
  rowsUnder(key: string): Promise<number>;
  /** What came back and has not found its place: deliveries, and statuses and answers whose message is known. */
  unreturned(): Promise<{
    readonly deliveries: number;
    readonly statuses: number;
    readonly answers: number;
  }>;
  /** Deliveries that are stored and applied. */
  appliedDeliveries(): Promise<number>;
  /** Throws away what BullMQ holds on its Postgres backend. */
  wipeQueue(): Promise<void>;
  close(): Promise<void>;
}

const PATIENCE_MS = 90_000;

/** Opens a witness of the ledger at `url`, for a role that acts leave alone. */
export function openWitness(url: string): Witness {
  const pool = new pg.Pool({
    connectionString: url,
    max: 2,
    connectionTimeoutMillis: 3_000,
    // Also while the server is read-only by default: the queue is wiped from here.
    options: '-c default_transaction_read_only=off',
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });

  async function ask<Row extends pg.QueryResultRow>(
    sql: string,
    values: unknown[],
  ): Promise<Row[]> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return (
          await pool.query<Row>({ text: sql, values, query_timeout: 10_000 } as pg.QueryConfig)
        ).rows;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(200);
      }
    }
  }

  return {
    async standing(id) {
      const rows = await ask<{ state: string; n: number; unchecked: number }>(
        `select state, count(*)::int as n, count(check_at)::int as unchecked
         from requests where campaign_id = $1 group by state`,
        [id],
      );
      const [campaign] = await ask<{ state: string; reason: string | null }>(
        `select state, reason->>'message' as reason from campaigns where id = $1`,
        [id],
      );
      const counts = Object.fromEntries(rows.map((r) => [r.state, r.n]));
      return {
        state: campaign?.state ?? 'gone',
        reason: campaign?.reason ?? null,
        counts,
        open: (counts.pending ?? 0) + (counts.queued ?? 0) + (counts.sending ?? 0),
        unchecked: rows.find((r) => r.state === 'uncertain')?.unchecked ?? 0,
      };
    },
    async inFlight(pid, at) {
      // Uncertain ones too: after an outage a lease may have ended before anybody could look.
      const rows = await ask<{ ref: string }>(
        `select id || '.' || fence as ref from requests
         where claim_id ~ ('-' || $1 || '-[0-9a-f]+[.]')
           and (state = 'sending' or (state = 'uncertain' and uncertain_at >= to_timestamp($2)))`,
        [String(pid), at / 1_000],
      );
      return rows.map((r) => r.ref);
    },
    attempts: (id) =>
      ask<KeptAttempt>(
        `select r.row, a.request_id || '.' || a.fence as ref, a.outcome, a.detail,
           extract(epoch from a.at)::float8 * 1000 as "atMs"
         from attempts a join requests r on r.id = a.request_id
         where r.campaign_id = $1 order by a.id`,
        [id],
      ),
    requests: (id) =>
      ask<KeptRequest>(
        `select row, id::text, fence, sender_id as "senderId", finding, answer
         from requests where campaign_id = $1`,
        [id],
      ),
    async rowsUnder(key) {
      const [found] = await ask<{ n: number }>(
        `select count(*)::int as n from requests r join campaigns c on c.id = r.campaign_id
         where c.idempotency_key = $1`,
        [key],
      );
      return found?.n ?? 0;
    },
    async unreturned() {
      // Those of messages that nobody knows wait for days, and are of people whose outcome is uncertain.
      const [found] = await ask<{ deliveries: number; statuses: number; answers: number }>(
        `select ((select count(*) from webhook_queue) + (select count(*) from names_to_learn))::int as deliveries,
           (select count(*) from waiting_statuses w
            where w.entry->>'wamid' in (select r.wamid from requests r where r.wamid is not null))::int as statuses,
           (select count(*) from permission_events e where e.next_at is not null and e.source not in ('query', 'number-change')
            and (e.context in (select r.wamid from requests r where r.wamid is not null)
              or ((e.context is null or e.context like 'wacid%')
                and e.person in (select person_of(r.to_number) from requests r where r.state = 'accepted'))))::int as answers`,
        [],
      );
      return found ?? { deliveries: 0, statuses: 0, answers: 0 };
    },
    async appliedDeliveries() {
      const [found] = await ask<{ n: number }>(
        'select ((select count(*) from webhook_deliveries) - (select count(*) from webhook_queue))::int as n',
        [],
      );
      return found?.n ?? 0;
    },
    async wipeQueue() {
      await ask('delete from bullmq.job', []);
    },
    close: () => pool.end(),
  };
}
