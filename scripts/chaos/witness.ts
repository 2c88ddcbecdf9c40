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
}

/** The witness. */
export interface Witness {
  standing(campaignId: string): Promise<Standing>;
  /** Claims of a process that is dead or frozen, as `<request>.<fence>`. */
  inFlight(pid: number): Promise<readonly string[]>;
  attempts(campaignId: string): Promise<readonly KeptAttempt[]>;
  /** What checks found, by row. */
  findings(campaignId: string): Promise<ReadonlyMap<number, string>>;
  /** Throws away what BullMQ holds on its Postgres backend. */
  wipeQueue(): Promise<void>;
  close(): Promise<void>;
}

const PATIENCE_MS = 60_000;

/** Opens a witness of the ledger at `url`. */
export function openWitness(url: string): Witness {
  const pool = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 3_000 });
  pool.on('error', () => undefined);

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
    async inFlight(pid) {
      const rows = await ask<{ ref: string }>(
        `select id || '.' || fence as ref from requests
         where state = 'sending' and claimed_by ~ ('-' || $1 || '-[0-9a-f]+$')`,
        [String(pid)],
      );
      return rows.map((r) => r.ref);
    },
    attempts: (id) =>
      ask<{ row: number; ref: string; outcome: string; detail: string | null }>(
        `select r.row, a.request_id || '.' || a.fence as ref, a.outcome, a.detail
         from attempts a join requests r on r.id = a.request_id
         where r.campaign_id = $1 order by a.id`,
        [id],
      ),
    async findings(id) {
      const rows = await ask<{ row: number; finding: string }>(
        'select row, finding from requests where campaign_id = $1 and finding is not null',
        [id],
      );
      return new Map(rows.map((r) => [r.row, r.finding]));
    },
    async wipeQueue() {
      await ask('delete from bullmq.job', []);
    },
    close: () => pool.end(),
  };
}
