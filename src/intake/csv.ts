/** CSV text to list lines: the header first, then every record by it. */

import { type FoundHeader, headerFinder } from '../core/csv/csv-head.ts';
import { type CsvRecord, csvReader } from '../core/csv/csv-records.ts';
import { lineCutter, type TextLine } from '../core/csv/lines.ts';
import { LINE_TOO_LONG } from '../core/people/line-bounds.ts';
import type { ListLine, RefusedLine } from '../core/people/recipient.ts';
import type { ListRules } from '../core/ports/index.ts';
import { ProblemError, problem } from '../core/problem.ts';
import { isVisible } from '../core/template/leftovers.ts';
import { type ColumnRoles, columnRoles } from './columns.ts';
import { type CsvHeader, readHeader, twoColumns } from './csv-header.ts';
import { readLine, refusedLine, whom } from './line.ts';
import { type ListBody, type ListPiece, needed } from './list-body.ts';
import type { WarningBook } from './warnings.ts';

/** Reads the header and gives the rest; throws a `ProblemError` where it is no list. */
export async function openCsv(
  chunks: AsyncGenerator<string, void>,
  name: string,
  rules: ListRules,
  warnings?: WarningBook,
): Promise<ListBody> {
  const cutter = lineCutter();
  const finder = headerFinder();
  let found: FoundHeader | undefined;
  let ended = false;
  while (found === undefined && !ended) {
    const next = await chunks.next();
    ended = next.done === true;
    found = finder.push(next.done ? cutter.end() : cutter.push(next.value));
  }
  found ??= finder.end();
  if (found === undefined) {
    throw new ProblemError(
      problem('LIST_EMPTY', `The list "${name}" is empty.`, {
        where: name,
        next: 'It needs a first line with the names of the columns, and a line for each person.',
      }),
    );
  }
  const header = readHeader(found.text, name, rules, found.delimiter);
  return {
    columns: header.parameters.map((p) => p.name),
    batches: csvLines({
      chunks,
      cutter,
      header,
      toLine: lineMaker(header, name, rules, warnings),
      first: found.behind,
      ended,
    }),
  };
}

async function* csvLines(p: {
  readonly chunks: AsyncGenerator<string, void>;
  readonly cutter: ReturnType<typeof lineCutter>;
  readonly header: CsvHeader;
  readonly toLine: (record: CsvRecord) => ListLine;
  readonly first: readonly TextLine[];
  readonly ended: boolean;
}): AsyncGenerator<ListPiece, void> {
  const reader = csvReader(p.header.delimiter);
  const piece = (records: readonly CsvRecord[]) => {
    const filled = records.some(isEmpty) ? records.filter((one) => !isEmpty(one)) : records;
    return { size: filled.length, lines: () => filled.map(p.toLine) };
  };
  try {
    yield piece(reader.push(p.first));
    if (!p.ended) {
      for await (const chunk of p.chunks) yield piece(reader.push(p.cutter.push(chunk)));
      yield piece(reader.push(p.cutter.end()));
    }
    yield piece(reader.end());
  } finally {
    await p.chunks.return();
  }
}

/** A row of nothing but delimiters, as a spreadsheet leaves them below a table, is no line. */
function isEmpty(record: CsvRecord): boolean {
  return record.kind === 'cells' && record.cells.every((cell) => cell === '' || !isVisible(cell));
}

/** Turns records into lines and counts them: the first record after the header is row 1. */
function lineMaker(
  header: CsvHeader,
  name: string,
  rules: ListRules,
  warnings: WarningBook | undefined,
): (record: CsvRecord) => ListLine {
  let row = 0;
  let fill: (row: number, cells: readonly string[], physicalLines: number) => ListLine;
  return (record) => {
    row += 1;
    if (record.kind === 'broken') {
      return refusedLine({ row, value: record.text, ...BROKEN[record.reason] });
    }
    // Only now: what the template needs is known once the columns are.
    fill ??= filler(header, name, rules, warnings);
    return fill(row, record.cells, record.physicalLines);
  };
}

function filler(
  header: CsvHeader,
  name: string,
  rules: ListRules,
  warnings: WarningBook | undefined,
) {
  const isNeeded = needed(rules);
  const wanted = header.parameters.filter((parameter) => isNeeded(parameter.name));
  const unclear = wanted.find((parameter) => header.twice.has(parameter.name));
  if (unclear !== undefined && !rules.optOuts) throw twoColumns(unclear.name, name);
  const names = wanted.map((p) => p.name);
  const places = wanted.map((p) => p.at);
  const { phoneColumn } = header;
  const roles = columnRoles(rules);
  const phoneAt = phoneColumn === undefined ? -1 : (header.known.get(phoneColumn) ?? 0);
  const userIdAt = header.known.get('user_id') ?? -1;
  const at = (column: 'reference' | 'language' | 'not_before' | 'not_after') =>
    header.known.get(column) ?? -1;
  const [referenceAt, languageAt] = [at('reference'), at('language')];
  const [notBeforeAt, notAfterAt] = [at('not_before'), at('not_after')];
  /** Cells that a line has at least: what an exporter leaves out at its end may only be what is not needed. */
  const least =
    1 + Math.max(phoneColumn === undefined ? userIdAt : phoneAt, ...(rules.optOuts ? [] : places));

  return (row: number, cells: readonly string[], physicalLines: number): ListLine => {
    const misfit = misfitOf(cells, { header, least, optOuts: rules.optOuts === true });
    if (misfit !== undefined) {
      return refusedLine({ row, value: cells.join(header.delimiter), ...misfit });
    }
    const line = readLine(
      {
        row,
        to: whom(
          phoneColumn && { column: phoneColumn, text: cells[phoneAt] ?? '' },
          cells[userIdAt],
        ),
        reference: cells[referenceAt],
        language: cells[languageAt],
        notBefore: cells[notBeforeAt],
        notAfter: cells[notAfterAt],
        names,
        values: places.map((place) => cells[place] ?? ''),
        physicalLines,
      },
      rules,
      warnings,
    );
    // Not the exporter's cells, then, but a delimiter inside one that moved the others on.
    if (cells.length > header.width && line.kind === 'refused' && isAside(line.refused, roles)) {
      return refusedLine({ row, value: cells.join(header.delimiter), ...tooMany(cells, header) });
    }
    return line;
  };
}

function isAside({ column }: RefusedLine, roles: ColumnRoles): boolean {
  if (column === undefined) return false;
  return roles(column).some(
    (role) => role.kind === 'known' && ['language', 'not_before', 'not_after'].includes(role.as),
  );
}

function tooMany(cells: readonly string[], { width }: CsvHeader) {
  return {
    code: 'CSV_COLUMNS',
    message: `the line has ${cells.length} cells, the header ${width}; a cell that holds the delimiter has to stand in quotation marks`,
  };
}

/** Why a line cannot be of this table; empty cells too much at its end are nothing. */
function misfitOf(
  cells: readonly string[],
  p: { readonly header: CsvHeader; readonly least: number; readonly optOuts: boolean },
): { readonly code: string; readonly message: string } | undefined {
  const { width } = p.header;
  if (cells.length === width) return undefined;
  if (cells.length < p.least) {
    return {
      code: 'CSV_COLUMNS',
      message: `the line has ${cells.length} cells, the header ${width}; a cell is missing: only reference, language and times may be left out at the end`,
    };
  }
  if (p.optOuts || cells.slice(width).every((cell) => cell.trim() === '')) return undefined;
  return tooMany(cells, p.header);
}

const BROKEN = {
  quote: {
    code: 'CSV_QUOTE',
    message:
      'a quotation mark is not closed or stands inside a cell; put the whole cell in quotation marks and double those inside it',
  },
  'too-long': LINE_TOO_LONG,
} as const;
