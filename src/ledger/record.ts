/**
 * Outcomes into the ledger, and nothing one of them holds may keep the others out: a value that Postgres
 * refuses is found by halving, and written in a form that it takes. All else that fails is the caller's to
 * repeat; no outcome is ever dropped here.
 */
import { outsideRaw, outsideText } from '../core/outside-text.ts';
import type { RecordAnswer, RecordEntry } from '../core/ports/index.ts';
import type { RequestState } from '../core/request.ts';
import type { Database } from './database.ts';
import { kindOf, sqlState } from './sqlstate.ts';

const RECORD = {
  name: 'record',
  text: 'select request, fence, applied, state, campaign, bounded from record_outcomes($1)',
};
const TALLY = { name: 'tally', text: 'select tally($1, $2, $3) as paused' };

interface Row {
  readonly request: string;
  readonly fence: number;
  readonly applied: boolean;
  readonly state: RequestState;
  readonly campaign: string;
  readonly bounded: boolean;
}

/** Writes outcomes, then what they mean for their campaigns. */
export async function recordOutcomes(
  database: Database,
  entries: readonly RecordEntry[],
): Promise<readonly RecordAnswer[]> {
  const rows = await write(database, entries);
  await tallyAll(database, rows);
  return rows.map(({ request, fence, applied, state }) => ({ request, fence, applied, state }));
}

async function write(
  database: Database,
  entries: readonly RecordEntry[],
  isAgain = false,
): Promise<Row[]> {
  try {
    return await database.run<Row & Record<string, unknown>>(RECORD, [
      JSON.stringify(entries.map(toRow)),
    ]);
  } catch (error) {
    if (kindOf(sqlState(error)) !== 'value') throw error;
    const [only] = entries;
    if (only === undefined) throw error;
    // One refusal is no proof that it is about this value: a server in trouble says such things too.
    if (entries.length === 1)
      return isAgain ? writeBare(database, only, error) : write(database, entries, true);
    const half = Math.ceil(entries.length / 2);
    const first = await write(database, entries.slice(0, half));
    return [...first, ...(await write(database, entries.slice(half)))];
  }
}

/** What decides stays; what was said along with it becomes a sentence of ours, and a message id is none. */
async function writeBare(database: Database, entry: RecordEntry, error: unknown): Promise<Row[]> {
  const { wamid, messageStatus, waId, errorCode, errorMessage, raw, ...decides } = entry;
  const said = JSON.stringify({ wamid, messageStatus, waId, errorCode, errorMessage, raw });
  const refusal = error instanceof Error ? error.message : String(error);
  return database.run<Row & Record<string, unknown>>(RECORD, [
    JSON.stringify([
      toRow({
        ...decides,
        errorMessage: `Postgres refused a value of the answer: ${outsideText(refusal, 200)}`,
        raw: outsideRaw(said),
      }),
    ]),
  ]);
}

/**
 * An acceptance ends a streak, errors count towards --max-errors. After the commit, so that no acceptance waits
 * for its campaign's row; a process that dies between leaves a count too low, and nobody unasked.
 */
async function tallyAll(database: Database, rows: readonly Row[]): Promise<void> {
  const counts = new Map<string, { accepted: number; errors: number }>();
  for (const { campaign, applied, state, bounded } of rows) {
    if (!bounded || !applied) continue;
    const count = counts.get(campaign) ?? { accepted: 0, errors: 0 };
    if (state === 'accepted') count.accepted += 1;
    if (state === 'rejected' || state === 'uncertain') count.errors += 1;
    counts.set(campaign, count);
  }
  for (const [campaign, { accepted, errors }] of [...counts].sort())
    if (accepted + errors > 0)
      await database.run(TALLY, [campaign, accepted, errors]).catch(() => undefined);
}

function toRow(entry: RecordEntry) {
  return {
    id: entry.request,
    fence: entry.fence,
    epoch: entry.epoch ?? null,
    asked_number: entry.to ?? null,
    state: entry.state,
    outcome: entry.outcome,
    delay_ms: entry.delayMs ?? null,
    count_attempt: entry.countAttempt,
    give_back: entry.giveBackAllowance,
    wamid: entry.wamid ?? null,
    message_status: entry.messageStatus ?? null,
    wa_id: entry.waId ?? null,
    error_code: entry.errorCode ?? null,
    error_message: entry.errorMessage ?? null,
    reason: entry.reason ?? null,
    raw: entry.raw ?? null,
  };
}
