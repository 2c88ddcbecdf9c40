/** Reading back what became of a list, a page at a time: memory stays flat at any size. */

import type { RefusedLine } from '../core/people/recipient.ts';
import { shownTo } from '../core/people/user-id.ts';
import type { RequestResult, RequestState } from '../core/request.ts';
import { adviceFor } from '../core/verdicts/advice.ts';
import { saidOnce } from '../core/verdicts/said-once.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

const RESULTS = statement('results');
const RESULTS_IN = statement('results_in');
const REFUSED = statement('refused_lines');
// About 300 kB a page.
const PAGE = 1_000;

/** A request as the statements give it. */
export interface ResultRow {
  readonly row: number;
  readonly reference: string | null;
  readonly to_number: string;
  readonly wa_id: string | null;
  readonly user_id: string | null;
  readonly state: RequestState;
  readonly message_status: string | null;
  readonly wamid: string | null;
  readonly attempts: number;
  readonly due_at: Date | null;
  readonly error_code: number | null;
  readonly error_message: string | null;
  readonly reason: string | null;
  readonly double_of: number | null;
  readonly accepted_at: Date | null;
  readonly delivery: string | null;
  readonly delivered_at: Date | null;
  readonly read_at: Date | null;
  readonly finding: string | null;
  readonly answer: 'temporary' | 'permanent' | 'declined' | null;
  readonly answered_at: Date | null;
  readonly permission_expires_at: Date | null;
}

/** Every request of a campaign by row, or those in some states. */
export async function* readResults(
  database: Database,
  campaignId: string,
  states?: readonly RequestState[],
): AsyncGenerator<RequestResult> {
  let after = 0;
  for (;;) {
    const rows = await resultsPage(database, { campaignId, afterRow: after, limit: PAGE, states });
    for (const row of rows) yield toResult(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.row;
  }
}

/** Every line of a campaign's list that could not be asked, by row. */
export async function* readRefusedLines(
  database: Database,
  campaignId: string,
): AsyncGenerator<RefusedLine> {
  let after = 0;
  for (;;) {
    const rows = await refusedPage(database, { campaignId, afterRow: after, limit: PAGE });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.row;
  }
}

/** Requests of a campaign behind a row, `limit` at most, or those in some states. */
export function resultsPage(
  database: Database,
  p: {
    readonly campaignId: string;
    readonly afterRow: number;
    readonly limit: number;
    readonly states?: readonly RequestState[] | undefined;
  },
): Promise<readonly ResultRow[]> {
  const { campaignId, afterRow, limit, states } = p;
  return states === undefined
    ? database.run<ResultRow>(RESULTS, [campaignId, afterRow, limit])
    : database.run<ResultRow>(RESULTS_IN, [campaignId, afterRow, [...new Set(states)], limit]);
}

/** Lines of a list that could not be asked behind a row, `limit` at most. */
export async function refusedPage(
  database: Database,
  p: { readonly campaignId: string; readonly afterRow: number; readonly limit: number },
): Promise<readonly RefusedLine[]> {
  const rows = await database.run<{
    row: number;
    column_name: string | null;
    value: string | null;
    code: string;
    message: string;
  }>(REFUSED, [p.campaignId, p.afterRow, p.limit]);
  return rows.map(({ row, column_name, value, code, message }) => ({
    row,
    ...(column_name === null ? {} : { column: column_name }),
    ...(value === null ? {} : { value }),
    code,
    message,
  }));
}

/** What became of a request, as exports have it. */
export function toResult(row: ResultRow): RequestResult {
  return {
    row: row.row,
    reference: row.reference,
    to: shownTo(row.to_number),
    wa_id: row.wa_id,
    user_id: row.user_id,
    status: row.state,
    message_status: row.message_status,
    wamid: row.wamid,
    attempts: row.attempts,
    due_at: iso(row.due_at),
    error_code: row.error_code,
    error_message: row.error_message === null ? null : saidOnce(row.error_message),
    advice: adviceFor({
      state: row.state,
      errorCode: row.error_code,
      errorMessage: row.error_message,
      reason: row.reason,
      doubleOf: row.double_of,
      finding: row.finding,
    }),
    accepted_at: iso(row.accepted_at),
    delivery: row.delivery,
    delivered_at: iso(row.delivered_at),
    read_at: iso(row.read_at),
    answer: row.answer === 'declined' ? 'declined' : row.answer && 'granted',
    answered_at: iso(row.answered_at),
    permission_expires_at: iso(row.permission_expires_at),
  };
}

/** A time as answers have it. */
export function iso(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
