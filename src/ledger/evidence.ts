/** Evidence about requests whose outcome is not known, and operators' decisions on them. */
import type pg from 'pg';
import type { CampaignState } from '../core/campaign.ts';
import { given } from '../core/given.ts';
import type {
  AppliedStatus,
  AppliedWaiting,
  EvidenceStore,
  StatusEvent,
  UncertainCheck,
} from '../core/ports/index.ts';
import type { RequestState } from '../core/request.ts';
import { PATIENT_LIMITS } from './bounded-query.ts';
import type { Database } from './database.ts';
import { inParts } from './parts.ts';
import { statement } from './sql.ts';

const TAKE = statement('take_check');
const RECORD = { name: 'record_check', text: 'select applied from record_outcomes($1)' };
const STATUSES = { name: 'apply_statuses', text: 'select * from apply_statuses($1, $2)' };
const WAITING = { name: 'apply_waiting', text: 'select * from apply_waiting_statuses($1)' };
const WAITING_DONE = {
  name: 'waiting_done',
  text: 'delete from waiting_statuses where id = any($1::bigint[])',
};
const UNCERTAIN = {
  name: 'uncertain_row',
  text: 'select id::text, fence, state from requests where campaign_id = $1 and row = $2',
};
const SETTLE = { name: 'settle', text: 'select applied, state from record_outcomes($1)' };
const RETRY = { name: 'retry_part', text: 'select * from retry_part($1, $2, $3, $4, $5)' };

interface CheckRow {
  readonly request: string;
  readonly fence: number;
  readonly to_number: string;
  readonly checks: number;
  readonly wa_id: string;
  readonly wa_id_known: boolean;
  readonly age_ms: string;
  readonly known_day: number;
  readonly known_week: number;
  readonly reset_since: boolean;
  readonly left_since: boolean;
  readonly held_since: boolean;
  readonly wait_ms: string;
}

interface WaitingRow extends Omit<AppliedWaiting, 'at' | 'error'> {
  /** The status as it was given to `apply_statuses`. */
  readonly entry: { readonly at: string; readonly code?: number; readonly message?: string };
}

interface RetryRow {
  readonly retried: number;
  readonly last_row: number | null;
  readonly campaign_state: CampaignState;
}

/** Makes the {@link EvidenceStore} over a database; what operators decide and what webhooks tell has other connections. */
export function evidenceStore(
  database: Database,
  { people, applying }: { readonly people: Database; readonly applying: Database },
): EvidenceStore {
  return {
    async takeCheck({ senderId, putOffMs, paceMs }) {
      const [row] = await database.run<CheckRow>(TAKE, [senderId, putOffMs, paceMs]);
      return row && toCheck(row);
    },
    async recordCheck({ request, fence, state, finding, againAfterMs }) {
      const [row] = await database.run<{ applied: boolean }>(RECORD, [
        JSON.stringify([
          {
            id: request,
            fence,
            outcome: 'check',
            state,
            finding,
            again_ms: againAfterMs,
            give_back: state === 'pending',
          },
        ]),
      ]);
      return row?.applied === true;
    },
    async applyStatuses(statuses, { tell = false } = {}) {
      if (statuses.length === 0) return [];
      const entries = JSON.stringify(statuses.map(toEntry));
      return applying.run<AppliedStatus & pg.QueryResultRow>(STATUSES, [entries, tell]);
    },
    async applyWaiting(most) {
      const rows = await applying.run<WaitingRow>(WAITING, [most]);
      return rows.map(toWaiting);
    },
    async waitingDone(applied) {
      if (applied.length > 0)
        await applying.run(WAITING_DONE, [applied.map(({ waiting }) => waiting)]);
    },
    async settle({ campaignId, row, as }) {
      const [found] = await people.run<{ id: string; fence: number; state: RequestState }>(
        UNCERTAIN,
        [campaignId, row],
      );
      if (found === undefined) return undefined;
      const word = {
        id: found.id,
        fence: found.fence,
        outcome: 'settled',
        state: as,
        finding: 'Settled by hand.',
        give_back: as === 'rejected',
      };
      const [done] = await people.run<{ applied: boolean; state: RequestState }>(SETTLE, [
        JSON.stringify([word]),
      ]);
      return { settled: done?.applied === true, state: done?.state ?? found.state };
    },
    async retry({ campaignId, states, errorCode, ...how }) {
      let state: CampaignState | undefined;
      const { changed, whole } = await inParts(how, async (after, most) => {
        const [part] = await people.run<RetryRow>(
          RETRY,
          [campaignId, states, errorCode ?? null, after, most],
          PATIENT_LIMITS,
        );
        state = part?.campaign_state;
        return part && { changed: part.retried, lastRow: part.last_row };
      });
      return state && { retried: changed, whole, state };
    },
  };
}

function toEntry(status: StatusEvent): object {
  const { senderId: sender, waId: wa_id, userId: user_id, error, ...same } = status;
  return { ...same, ...given({ sender, wa_id, user_id }), ...error };
}

function toWaiting({ entry: { at, code, message }, ...applied }: WaitingRow): AppliedWaiting {
  const error = code === undefined ? undefined : { code, message: message ?? '' };
  return { ...applied, at: new Date(at), ...given({ error }) };
}

function toCheck(row: CheckRow): UncertainCheck {
  return {
    request: row.request,
    fence: row.fence,
    to: row.to_number,
    waId: row.wa_id,
    waIdKnown: row.wa_id_known,
    checks: row.checks,
    ageMs: Number(row.age_ms),
    knownDay: row.known_day,
    knownWeek: row.known_week,
    resetSince: row.reset_since,
    leftSince: row.left_since,
    heldSince: row.held_since,
    waitMs: Number(row.wait_ms),
  };
}
