/** What is kept of one request's way, read for people who ask what became of somebody. */
import type { HistoryStore, KeptTry } from '../core/ports/index.ts';
import type { Database } from './database.ts';
import { type FoundRow, toFound } from './requests.ts';
import { statement } from './sql.ts';

const OF_ROW = statement('request_of_row');
const FROM = statement('webhooks_from');
const WITH = statement('webhooks_about');
const LATENCY = statement('latency');
const DAYS = {
  name: 'webhook_days',
  text: `select to_char(to_date(right(c.relname, 8), 'YYYYMMDD'), 'YYYY-MM-DD') as day
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'webhook_deliveries'::regclass order by 1`,
};

interface KeptRow extends FoundRow {
  readonly language: string;
  readonly fence: number;
  readonly claimed_at: Date | null;
  readonly uncertain_at: Date | null;
  readonly failed_at: Date | null;
  readonly answer_key: string | null;
  /** As JSON, with times as texts. */
  readonly tries: readonly TryRow[];
}

type TryRow = Omit<KeptTry, 'at' | 'retryAt'> & {
  readonly at: string;
  readonly retryAt: string | null;
};

/** A delivery, or at the end how far was looked. */
type DeliveryRow =
  | { readonly id: string; readonly received_at: Date; readonly body: string }
  | { readonly id: null; readonly last: string | null; readonly n: number };

interface LatencyRow extends Record<string, unknown> {
  readonly sampled: number;
  readonly median_ms: number | null;
  readonly most_ms: number | null;
  readonly asked_per_second: number | null;
}

/** Makes the {@link HistoryStore} over a database. */
export function historyStore(database: Database): HistoryStore {
  return {
    async ofRow({ campaignId, row }) {
      const [found] = await database.run<KeptRow>(OF_ROW, [campaignId, row]);
      if (found === undefined) return undefined;
      const { id, wamid, answer_key: answerKey, language, fence } = found;
      return {
        ...{ request: toFound(found), language, fence },
        claimedAt: found.claimed_at,
        uncertainAt: found.uncertain_at,
        failedAt: found.failed_at,
        tries: found.tries.map(toTry),
        traces: { id, wamid, answerKey },
      };
    },
    async firstFrom(day, at) {
      const [row] = await database.run<{ id: string | null }>(FROM, [day, at]);
      return row === undefined || row.id === null ? undefined : { day, id: row.id };
    },
    async deliveriesWith({ from, until, texts, most }) {
      const rows = await database.run<DeliveryRow & Record<string, unknown>>(WITH, [
        ...[from.day, from.id, until, texts, most],
      ]);
      const found = rows.flatMap((row) =>
        row.id === null ? [] : [{ id: row.id, receivedAt: row.received_at, body: row.body }],
      );
      const end = rows.find((row) => row.id === null);
      const looked = end?.id === null ? end.n : 0;
      const last = end?.id === null ? end.last : null;
      const goesOn = looked === most && last !== null;
      return {
        ...{ found, looked },
        next: goesOn ? { day: from.day, id: String(BigInt(last) + 1n) } : null,
      };
    },
    async latencyOf(campaignId, withinS) {
      const [row] = await database.run<LatencyRow>(LATENCY, [campaignId, withinS]);
      const { sampled = 0, median_ms: medianMs = null, most_ms: mostMs = null } = row ?? {};
      return { sampled, medianMs, mostMs, askedPerSecond: row?.asked_per_second ?? null };
    },
    async deliveryDays() {
      const rows = await database.run<{ day: string }>(DAYS, []);
      return rows.map(({ day }) => day);
    },
  };
}

function toTry({ at, retryAt, ...kept }: TryRow): KeptTry {
  return { ...kept, at: new Date(at), retryAt: retryAt === null ? null : new Date(retryAt) };
}
