/** The intake side of the ledger: lines of a list become requests, in batches, and only once. */
import type { IntakeStore } from '../core/ports.ts';
import { problem } from '../core/problem.ts';
import type { Recipient, RefusedLine } from '../core/recipient.ts';
import { err, ok } from '../core/result.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

const ADD_LINES = statement('add_lines');
const ADD_REFUSED = statement('add_refused');
const FINISH = statement('finish_loading');

/** Makes the {@link IntakeStore} over a database. */
export function intakeStore(database: Database): IntakeStore {
  return {
    async addLines({ campaignId, senderIds, language, lines }) {
      const recipients = lines.flatMap((line) =>
        line.kind === 'recipient' ? [toLine(line.recipient, senderIds)] : [],
      );
      const refusedLines = lines.flatMap((line) =>
        line.kind === 'refused' ? [toRefused(line.refused)] : [],
      );
      let added = 0;
      let doubles = 0;
      if (recipients.length > 0) {
        const [row] = await database.run<{
          added: number;
          doubles: number;
          mismatch: number | null;
        }>(ADD_LINES, [campaignId, senderIds, language, JSON.stringify(recipients)]);
        if (row?.mismatch != null) return err(anotherList(campaignId, row.mismatch));
        added = row?.added ?? 0;
        doubles = row?.doubles ?? 0;
      }
      let refused = 0;
      if (refusedLines.length > 0) {
        const [row] = await database.run<{ refused: number }>(ADD_REFUSED, [
          campaignId,
          JSON.stringify(refusedLines),
        ]);
        refused = row?.refused ?? 0;
      }
      return ok({ added, doubles, refused });
    },
    async finishLoading({ campaignId, listSha256 }) {
      const [row] = await database.run<{ list_sha256: string | null }>(FINISH, [
        campaignId,
        listSha256,
      ]);
      return row?.list_sha256 === listSha256 ? ok(undefined) : err(anotherList(campaignId));
    },
  };
}

function anotherList(campaignId: string, row?: number) {
  return problem(
    'IDEMPOTENCY_MISMATCH',
    `This is not the list that campaign ${campaignId} was made from.`,
    {
      ...(row === undefined ? {} : { where: `row ${row}` }),
      next: 'Use a new idempotency key for a new list, or repeat the command with the same list.',
    },
  );
}

function toLine(r: Recipient, senderIds: readonly string[]) {
  return {
    row: r.row,
    to: r.to,
    reference: r.reference && withoutNul(r.reference),
    sender: r.senderId ?? senderIds[0],
    zones: r.zones,
    language: r.language,
    not_before: r.notBefore?.toISOString(),
    not_after: r.notAfter?.toISOString(),
    parameters: Object.fromEntries(
      Object.entries(r.parameters).map(([k, v]) => [withoutNul(k), withoutNul(v)]),
    ),
  };
}

function toRefused(line: RefusedLine) {
  return {
    ...line,
    value: line.value && withoutNul(line.value),
    message: withoutNul(line.message),
  };
}

// Postgres keeps no U+0000 in text.
function withoutNul(text: string): string {
  return text
    .replaceAll('\u0000', '\uFFFD')
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}
