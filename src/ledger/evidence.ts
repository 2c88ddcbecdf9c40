/** Evidence about requests whose outcome is not known, and operators' words about them. */
import type pg from 'pg';
import type { AppliedStatus, EvidenceStore, UncertainCheck } from '../core/ports.ts';
import type { RequestState } from '../core/request.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

const TAKE = statement('take_check');
const RECORD = statement('record_check');
const STATUS = statement('apply_status');
const SETTLE = statement('settle');
const RETRY = statement('retry_requests');

interface CheckRow {
  readonly request: string;
  readonly fence: number;
  readonly campaign_id: string;
  readonly to_number: string;
  readonly checks: number;
  readonly wa_id: string;
  readonly wa_id_known: boolean;
  readonly age_ms: string;
  readonly known_day: number;
  readonly known_week: number;
  readonly reset_since: boolean;
  readonly held_since: boolean;
  readonly wait_ms: string;
}

/** Makes the {@link EvidenceStore} over a database. */
export function evidenceStore(database: Database): EvidenceStore {
  return {
    async takeCheck({ senderId, putOffMs, paceMs }) {
      const [row] = await database.run<CheckRow>(TAKE, [senderId, putOffMs, paceMs]);
      return row && toCheck(row);
    },
    async recordCheck({ request, fence, state, finding, againAfterMs }) {
      const rows = await database.run(RECORD, [
        request,
        fence,
        state,
        finding ?? null,
        againAfterMs ?? null,
      ]);
      return rows.length > 0;
    },
    async applyStatus(status) {
      const [row] = await database.run<AppliedStatus & pg.QueryResultRow>(STATUS, [
        status.request ?? null,
        status.fence ?? null,
        status.wamid ?? null,
        status.status,
        status.at,
        status.waId ?? null,
        status.error?.code ?? null,
        status.error?.message ?? null,
      ]);
      return row;
    },
    async settle({ campaignId, row, as }) {
      const [found] = await database.run<{ state: RequestState; settled: boolean }>(SETTLE, [
        campaignId,
        row,
        as,
      ]);
      return found;
    },
    async retry({ campaignId, states, errorCode }) {
      const [row] = await database.run<{ retried: number }>(RETRY, [
        campaignId,
        states,
        errorCode ?? null,
      ]);
      return row?.retried ?? 0;
    },
  };
}

function toCheck(row: CheckRow): UncertainCheck {
  return {
    request: row.request,
    fence: row.fence,
    campaignId: row.campaign_id,
    to: row.to_number,
    waId: row.wa_id,
    waIdKnown: row.wa_id_known,
    checks: row.checks,
    ageMs: Number(row.age_ms),
    knownDay: row.known_day,
    knownWeek: row.known_week,
    resetSince: row.reset_since,
    heldSince: row.held_since,
    waitMs: Number(row.wait_ms),
  };
}
