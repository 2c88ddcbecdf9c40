/** CSV text to list lines: the header first, then every record by it. */

import type { ListLine } from '../core/people/recipient.ts';
import type { ListRules } from '../core/ports/index.ts';
import { ProblemError, problem } from '../core/problem.ts';
import { type CsvHeader, readHeader } from './csv-header.ts';
import { type CsvRecord, csvReader, hasOddQuotes, isBlank, joined } from './csv-records.ts';
import { readLine, refusedLine } from './line.ts';
import { lineCutter, type TextLine } from './lines.ts';

/** A list whose parameter columns are known, and whose lines are still to be read. */
export interface ListBody {
  readonly columns: readonly string[];
  /** As many at once as come from one piece of text: a step for each line is a third of all work. */
  readonly batches: AsyncGenerator<readonly ListLine[], void>;
}

/** Lines a header may take: names with line breaks are rare, a missing quotation mark is not. */
const HEADER_LINES = 100;

/** Reads the header and gives the rest; throws a `ProblemError` where it is no list. */
export async function openCsv(
  chunks: AsyncGenerator<string, void>,
  name: string,
  rules: ListRules,
): Promise<ListBody> {
  const cutter = lineCutter();
  const head: TextLine[] = [];
  let found: FoundHeader | undefined;
  let ended = false;
  while (found === undefined && !ended) {
    const next = await chunks.next();
    ended = next.done === true;
    for (const line of next.done ? cutter.end() : cutter.push(next.value)) {
      // Blank lines above the header are not kept, however many there are.
      if (head.length > 0 || !isBlank(line.text)) head.push(line);
    }
    found = findHeader(head, ended);
  }
  if (found === undefined) {
    throw new ProblemError(
      problem('LIST_EMPTY', `The list "${name}" is empty.`, {
        where: name,
        next: 'It needs a first line with the names of the columns, and a line for each person.',
      }),
    );
  }
  const header = readHeader(found.text, name, found.delimiter);
  return {
    columns: header.parameters.map((p) => p.name),
    batches: csvLines({ chunks, cutter, header, rules, first: head.slice(found.lines), ended }),
  };
}

interface FoundHeader {
  readonly text: string;
  /** Lines of the file up to its end. */
  readonly lines: number;
  /** From a spreadsheet's `sep=;` line above the header. */
  readonly delimiter?: string;
}

function findHeader(lines: readonly TextLine[], ended: boolean): FoundHeader | undefined {
  const separator = /^"?sep=([,;\t])"?$/i.exec(lines[0]?.text ?? '')?.[1];
  const start = separator === undefined ? 0 : 1;
  if (lines.length <= start) return undefined;
  const delimiter = separator === undefined ? {} : { delimiter: separator };
  let odd = false;
  for (const [i, line] of lines.slice(start, start + HEADER_LINES).entries()) {
    if (hasOddQuotes(line.text)) odd = !odd;
    if (!odd) {
      const text = joined(lines.slice(start, start + i + 1));
      return { text, lines: start + i + 1, ...delimiter };
    }
  }
  if (!ended && lines.length < start + HEADER_LINES) return undefined;
  return { text: lines[start]?.text ?? '', lines: start + 1, ...delimiter };
}

async function* csvLines(p: {
  readonly chunks: AsyncGenerator<string, void>;
  readonly cutter: ReturnType<typeof lineCutter>;
  readonly header: CsvHeader;
  readonly rules: ListRules;
  readonly first: readonly TextLine[];
  readonly ended: boolean;
}): AsyncGenerator<readonly ListLine[], void> {
  const reader = csvReader(p.header.delimiter);
  const toLine = lineMaker(p.header, p.rules);
  try {
    yield reader.push(p.first).map(toLine);
    if (!p.ended) {
      for await (const chunk of p.chunks) {
        yield reader.push(p.cutter.push(chunk)).map(toLine);
      }
      yield reader.push(p.cutter.end()).map(toLine);
    }
    yield reader.end().map(toLine);
  } finally {
    await p.chunks.return();
  }
}

/** Turns records into lines and counts them: the first record after the header is row 1. */
function lineMaker(header: CsvHeader, rules: ListRules): (record: CsvRecord) => ListLine {
  let row = 0;
  const names = header.parameters.map((p) => p.name);
  const places = header.parameters.map((p) => p.at);
  const phoneAt = header.known.get(header.phoneColumn) ?? 0;
  const at = (column: 'reference' | 'language' | 'not_before' | 'not_after') =>
    header.known.get(column) ?? -1;
  const [referenceAt, languageAt] = [at('reference'), at('language')];
  const [notBeforeAt, notAfterAt] = [at('not_before'), at('not_after')];

  return (record) => {
    row += 1;
    if (record.kind === 'broken') {
      return refusedLine({ row, value: record.text, ...BROKEN[record.reason] });
    }
    const { cells, physicalLines } = record;
    if (cells.length !== header.width && !isSlack(cells, header)) {
      return refusedLine({
        row,
        value: cells.join(header.delimiter),
        code: 'CSV_COLUMNS',
        message: `the line has ${cells.length} cells, the header ${header.width}; a cell that holds the delimiter has to stand in quotation marks`,
      });
    }
    return readLine(
      {
        row,
        to: { column: header.phoneColumn, text: cells[phoneAt] ?? '' },
        reference: cells[referenceAt],
        language: cells[languageAt],
        notBefore: cells[notBeforeAt],
        notAfter: cells[notAfterAt],
        names,
        values: places.map((place) => cells[place] ?? ''),
        physicalLines,
      },
      rules,
    );
  };
}

/** True where all that is too much are the empty cells an exporter leaves at the end. */
function isSlack(cells: readonly string[], header: CsvHeader): boolean {
  const surplus = cells.slice(header.width);
  return (
    cells.length > header.width && surplus.length <= header.slack && surplus.every((c) => c === '')
  );
}

const BROKEN = {
  quote: {
    code: 'CSV_QUOTE',
    message:
      'a quotation mark is not closed or stands inside a cell; put the whole cell in quotation marks and double those inside it',
  },
  'too-long': {
    code: 'LINE_TOO_LONG',
    message: 'the line is longer than 262,144 characters; a line for one person is far shorter',
  },
} as const;
