/** The intake side of the ledger: lines of a list become requests, in batches, under one loader's hold. */
import type { QueryResultRow } from 'pg';
import type { CampaignState } from '../core/campaign.ts';
import type { AddedLines, IntakeStore, Loading } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { PATIENT_LIMITS } from './bounded-query.ts';
import type { Database } from './database.ts';
import { FORGOTTEN_MEANWHILE, type Forgetting, type ForgottenGate } from './forgotten.ts';
import { type LineRows, lineRows } from './line-rows.ts';
import { type Statement, statement } from './sql.ts';
import { sqlState } from './sqlstate.ts';

const HOLD = statement('hold_loading');
const CLEAR = statement('clear_lines');
const COPY_LINES = statement('copy_lines');
const FINISH = statement('finish_loading');
const COUNT_UNKEPT = statement('count_unkept');
const DOUBLES = statement('skip_doubles');
const LET_GO = statement('let_go');
const DISCARD = statement('discard_campaign');
const STATE = { name: 'campaign_state', text: 'select state from campaigns where id = $1' };
// Planned each time, by the size that the table has by then.
const ASKED = { ...statement('asked_before'), name: '' };

// About a quarter of a second each: the hold is renewed by each of them.
const CLEARED_AT_ONCE = 5_000;
// Some 8 s: each time the whole list is looked through, 1.2 us a line, and so many rows are written.
const SKIPPED_AT_ONCE = 200_000;

/** What every write under a hold answers; without the hold, where the campaign stands. */
interface Answer {
  readonly held: boolean;
  readonly state: CampaignState | null;
}

/** What a statement answers that skips doubles. */
interface Marked {
  /** There may be more than it skips at once. */
  readonly more: boolean | null;
  readonly doubles: number;
}

interface Finish extends Answer, Marked {
  readonly whole: boolean | null;
  /** The campaign that had the same list lately, where that was asked. */
  readonly asked_id: string | null;
  readonly asked_name: string | null;
  readonly asked_at: Date | null;
}

/** Makes the {@link IntakeStore} over a database, but for single requests, which go another way. */
export function intakeStore(
  database: Database,
  forgotten: ForgottenGate,
): Omit<IntakeStore, 'makeSingle'> {
  const run = <Row extends QueryResultRow>(sql: Statement, values: readonly unknown[]) =>
    database.run<Row>(sql, values, PATIENT_LIMITS);

  async function clear({ campaignId, loader }: Loading): Promise<Result<void, Problem>> {
    let below: number | null = null;
    do {
      const [row]: (Answer & { below: number | null })[] = await run(CLEAR, [
        campaignId,
        loader,
        below,
        CLEARED_AT_ONCE,
      ]);
      if (row?.held !== true) return err(holdLost(campaignId, row?.state));
      below = row.below;
    } while (below !== null && below > 1);
    return ok(undefined);
  }

  async function askedBefore(p: Batch): Promise<ReadonlyMap<string, string>> {
    const numbers = new Set<string>();
    for (const line of p.lines) if (line.kind === 'recipient') numbers.add(line.recipient.to);
    const asked = await run<{ number: string; sender_id: string }>(ASKED, [
      p.senderIds,
      [...numbers],
    ]);
    return new Map(asked.map(({ number, sender_id }) => [number, sender_id]));
  }

  /** Runs a statement that looks for doubles until none is left; the last answer, which has counted all. */
  async function untilNoDoubles<Row extends Answer & Marked>(
    { campaignId }: Loading,
    sql: Statement,
    values: readonly unknown[],
  ): Promise<Result<Row, Problem>> {
    for (;;) {
      const [row] = await run<Row>(sql, values);
      if (row?.held !== true) return err(holdLost(campaignId, row?.state));
      if (row.more !== true) return ok(row);
    }
  }

  async function write(
    before: Promise<unknown>,
    { campaignId, loader, lines }: Pick<Batch, 'campaignId' | 'loader' | 'lines'>,
    { requests, refusedLines, ...counts }: LineRows,
  ): Promise<Result<AddedLines, Problem>> {
    await before;
    const rows = [requests, refusedLines];
    for (;;) {
      const stands = await standing(loader);
      if (!stands.ok) return stands;
      const { generation, isUnused } = stands.value;
      if (!isUnused) await forgotten.restore(lines);
      const copied = { statement: COPY_LINES, values: [campaignId, loader, generation], rows };
      try {
        await database.copy(copied, PATIENT_LIMITS);
        return ok(counts);
      } catch (error) {
        if (sqlState(error) === FORGOTTEN_MEANWHILE) standings.delete(loader);
        else return refusedBy(error, campaignId);
      }
    }
  }

  async function refusedBy(error: unknown, campaignId: string): Promise<Result<never, Problem>> {
    const code = sqlState(error);
    if (code === UNIQUE_VIOLATION) return err(linesOfAnother(campaignId));
    if (code !== HOLD_LOST) throw error;
    const [stands] = await run<{ state: CampaignState }>(STATE, [campaignId]);
    return err(holdLost(campaignId, stands?.state));
  }

  /** How each loader found the people who were forgotten: looked at once a load, and again once one more was. */
  const standings = new Map<string, Forgetting>();

  async function standing(loader: string): Promise<Result<Forgetting, Problem>> {
    const known = standings.get(loader);
    if (known !== undefined) return ok(known);
    const found = await forgotten.admit();
    if (found.ok) standings.set(loader, found.value);
    return found;
  }

  /** The batch that each loader handed in last. */
  const last = new Map<string, Promise<unknown>>();

  return {
    async admit() {
      const found = await forgotten.admit();
      return found.ok ? ok(undefined) : found;
    },
    async hold({ campaignId, loader }) {
      const [row] = await run<{
        held: boolean;
        state: CampaignState;
        list_sha256: string | null;
        single: boolean;
        start_at: Date | null;
        expire_at: Date | null;
      }>(HOLD, [campaignId, loader]);
      if (row === undefined) return undefined;
      const terms = { single: row.single, startAt: row.start_at, expireAt: row.expire_at };
      return { held: row.held, state: row.state, listSha256: row.list_sha256, terms };
    },
    clear,
    // What needs no look into the ledger is made ready while the batch before is written, and its lines are let go.
    addLines(p) {
      const { loader } = p;
      const before = last.get(loader) ?? Promise.resolve();
      const written =
        p.senderIds.length > 1
          ? askedBefore(p).then((askedBy) => write(before, p, lineRows(p.lines, { ...p, askedBy })))
          : write(before, p, lineRows(p.lines, p));
      const settled = written
        .catch(() => {})
        .finally(() => {
          if (last.get(loader) === settled) last.delete(loader);
        });
      last.set(loader, settled);
      return written;
    },
    async skipDoubles(p) {
      const values = [p.campaignId, p.loader, SKIPPED_AT_ONCE];
      const done = await untilNoDoubles(p, DOUBLES, values);
      return done.ok ? ok(done.value.doubles) : done;
    },
    async finishLoading(p) {
      standings.delete(p.loader);
      const { unlessAsked = false, columns, unkept = 0 } = p;
      // Also none: an earlier load, which ended here, may have counted those of another list.
      await run(COUNT_UNKEPT, [p.campaignId, p.loader, unkept]);
      const values = [
        ...[p.campaignId, p.loader, p.listSha256, p.lines, unlessAsked],
        ...[columns?.headerParameters ?? null, columns?.bodyParameters ?? null],
      ];
      const done = await untilNoDoubles<Finish>(p, FINISH, values);
      if (!done.ok) return done;
      const again = listAgain(done.value);
      if (again !== undefined) return err(again);
      return done.value.whole === true ? ok(done.value.doubles) : err(linesOfAnother(p.campaignId));
    },
    async letGo({ campaignId, loader }) {
      standings.delete(loader);
      await run(LET_GO, [campaignId, loader]);
    },
    async discard(p) {
      standings.delete(p.loader);
      const cleared = await clear(p);
      if (cleared.ok) await run(DISCARD, [p.campaignId, p.loader]);
      return cleared;
    },
  };
}

const UNIQUE_VIOLATION = '23505';
// `need_hold` raises it.
const HOLD_LOST = 'CP001';

type Batch = Parameters<IntakeStore['addLines']>[0];

function holdLost(campaignId: string, state: CampaignState | null | undefined): Problem {
  const where = campaignId;
  if (state === null || state === undefined) {
    return problem(
      'NOT_FOUND',
      `Campaign ${campaignId} is gone: a list for it was refused whole.`,
      {
        where,
        next: 'Make a new campaign and send the list to it.',
      },
    );
  }
  if (state === 'loading') {
    return problem('CONFLICT', `Another load of campaign ${campaignId} took its place.`, {
      where,
      next: 'Send the list again once that one has ended; nobody is added twice.',
    });
  }
  return problem('CAMPAIGN_STATE', `Campaign ${campaignId} is ${state}: it takes no more lines.`, {
    where,
    next: 'Make a new campaign, with a new idempotency key, for this list.',
  });
}

function listAgain({ asked_id: id, asked_name, asked_at }: Finish): Problem | undefined {
  if (id === null) return undefined;
  const name = asked_name ? ` ("${asked_name}")` : '';
  const at = asked_at ? `${asked_at.toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'lately';
  return problem(
    'LIST_AGAIN',
    `This list was handed over before, for the same template and sender: campaign ${id}${name} of ${at}.`,
    {
      where: id,
      next: 'To ask everybody on it once more, say --again. A list that is sent with the same idempotency key each time asks nobody twice.',
    },
  );
}

/** Only a program that knows no hold writes without one. */
function linesOfAnother(campaignId: string): Problem {
  return problem(
    'CONFLICT',
    `An older callpermit writes to campaign ${campaignId} too, and the list would not be the one that was sent.`,
    { where: campaignId, next: 'End the other one, then send the list again from its beginning.' },
  );
}
