/** The intake side of the ledger: lines of a list become requests, in batches, under one loader's hold. */
import type { QueryResultRow } from 'pg';
import type { CampaignState } from '../core/campaign.ts';
import type { IntakeStore, Loading } from '../core/ports.ts';
import { type Problem, problem } from '../core/problem.ts';
import type { ListLine, Recipient, RefusedLine } from '../core/recipient.ts';
import { err, ok, type Result } from '../core/result.ts';
import { PATIENT_LIMITS } from './bounded-query.ts';
import type { Database } from './database.ts';
import { type Statement, statement } from './sql.ts';

const HOLD = statement('hold_loading');
const CLEAR = statement('clear_lines');
const ADD_LINES = statement('add_lines');
const FINISH = statement('finish_loading');
const LET_GO = statement('let_go');
const DISCARD = statement('discard_campaign');

// About a quarter of a second each: the hold is renewed by each of them.
const CLEARED_AT_ONCE = 5_000;

/** What every write under a hold answers; without the hold, where the campaign stands. */
interface Answer {
  readonly held: boolean;
  readonly state: CampaignState | null;
}

/** Makes the {@link IntakeStore} over a database. */
export function intakeStore(database: Database): IntakeStore {
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

  return {
    async hold({ campaignId, loader }) {
      const [row] = await run<{
        held: boolean;
        state: CampaignState;
        list_sha256: string | null;
      }>(HOLD, [campaignId, loader]);
      return row && { held: row.held, state: row.state, listSha256: row.list_sha256 };
    },
    clear,
    async addLines({ campaignId, loader, senderIds, language, lines }) {
      const { recipients, refused } = batchOf(lines, senderIds);
      try {
        const [row] = await run<Answer & { added: number; doubles: number; refused: number }>(
          ADD_LINES,
          [
            campaignId,
            loader,
            senderIds,
            language,
            JSON.stringify(recipients),
            JSON.stringify(refused),
          ],
        );
        if (row?.held !== true) return err(holdLost(campaignId, row?.state));
        return ok({ added: row.added, doubles: row.doubles, refused: row.refused });
      } catch (error) {
        if ((error as { code?: unknown } | null)?.code !== UNIQUE_VIOLATION) throw error;
        return err(foreignLines(campaignId));
      }
    },
    async finishLoading({ campaignId, loader, listSha256, lines }) {
      const [row] = await run<Answer & { whole: boolean | null }>(FINISH, [
        campaignId,
        loader,
        listSha256,
        lines,
      ]);
      if (row?.held !== true) return err(holdLost(campaignId, row?.state));
      return row.whole === true ? ok(undefined) : err(foreignLines(campaignId));
    },
    async letGo({ campaignId, loader }) {
      await run(LET_GO, [campaignId, loader]);
    },
    async discard(p) {
      const cleared = await clear(p);
      if (cleared.ok) await run(DISCARD, [p.campaignId, p.loader]);
      return cleared;
    },
  };
}

const UNIQUE_VIOLATION = '23505';

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

/** Only a program that knows no hold writes without one. */
function foreignLines(campaignId: string): Problem {
  return problem(
    'CONFLICT',
    `An older callpermit writes to campaign ${campaignId} too, and the list would not be the one that was sent.`,
    { where: campaignId, next: 'End the other one, then send the list again from its beginning.' },
  );
}

function batchOf(lines: readonly ListLine[], senderIds: readonly string[]) {
  const recipients: ReturnType<typeof toLine>[] = [];
  const refused: RefusedLine[] = [];
  const first = new Map<string, number>();
  for (const line of lines) {
    if (line.kind === 'refused') {
      refused.push(toRefused(line.refused));
      continue;
    }
    const { to, row } = line.recipient;
    const doubleOf = first.get(to);
    if (doubleOf === undefined) first.set(to, row);
    recipients.push(toLine(line.recipient, senderIds[0] ?? '', doubleOf));
  }
  return { recipients, refused };
}

function toLine(r: Recipient, firstSender: string, doubleOf: number | undefined) {
  const parameters: Record<string, string> = {};
  for (const [name, value] of Object.entries(r.parameters)) {
    parameters[storable(name)] = storable(value);
  }
  return {
    row: r.row,
    to: r.to,
    reference: r.reference && storable(r.reference),
    sender: r.senderId ?? firstSender,
    zones: r.zones,
    language: r.language,
    not_before: r.notBefore?.toISOString(),
    not_after: r.notAfter?.toISOString(),
    parameters,
    double_of: doubleOf,
  };
}

function toRefused(line: RefusedLine): RefusedLine {
  return {
    ...line,
    ...(line.value === undefined ? {} : { value: storable(line.value) }),
    message: storable(line.message),
  };
}

// Postgres keeps neither U+0000 nor half a surrogate pair in text; nearly no text has one.
function storable(text: string): string {
  if (!/[\uD800-\uDFFF]/.test(text) && !text.includes('\u0000')) return text;
  return text
    .replaceAll('\u0000', '\uFFFD')
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}
