import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvReader } from '../../src/core/csv/csv-records.ts';
import { lineCutter } from '../../src/core/csv/lines.ts';
import { ProblemError } from '../../src/core/problem.ts';
import { jsonArrayItems } from '../../src/intake/json-array.ts';
import { csv, encoded, read } from './support.ts';

const delimiter = fc.constantFrom(',', ';', '\t');
const end = fc.constantFrom('\n', '\r\n', '\r');
const encoding = fc.constantFrom(
  'utf8' as const,
  'utf8-bom' as const,
  'utf16le' as const,
  'utf16be' as const,
);
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 });
/** Texts as people and spreadsheets have them, with everything that CSV quotes. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', ',', ';', '\t', '\n', '\r', ' ', 'ë', '😀', '\u2028'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

function records(content: string, by: string, cuts: readonly number[]): string[][] {
  const cutter = lineCutter();
  const reader = csvReader(by);
  const all = [];
  for (let at = 0, i = 0; at < content.length; i += 1) {
    const size = cuts[i % cuts.length] ?? content.length;
    all.push(...reader.push(cutter.push(content.slice(at, at + size))));
    at += size;
  }
  all.push(...reader.push(cutter.end()), ...reader.end());
  return all.map((record) => (record.kind === 'cells' ? [...record.cells] : [record.reason]));
}

describe('any table', () => {
  test('comes back as it was through CSV, as csv-parse reads it, however it is cut', () => {
    const table = fc.integer({ min: 2, max: 4 }).chain((width) =>
      fc.array(fc.array(text, { minLength: width, maxLength: width }), {
        minLength: 1,
        maxLength: 6,
      }),
    );
    fc.assert(
      fc.property(table, delimiter, end, sizes, (rows, by, lineEnd, cuts) => {
        // The first line decides how lines end, so it holds none itself.
        const header = (rows[0] ?? []).map((_, i) => `c${i}`);
        const content = csv([header, ...rows], by, lineEnd);
        const expected = [header, ...rows];
        expect(records(content, by, cuts)).toEqual(expected);
        expect(
          parse(content, { delimiter: by, record_delimiter: lineEnd, relax_column_count: true }),
        ).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('keeps references through every encoding, delimiter and chunk boundary', async () => {
    const reference = text.filter(
      (t) => t.trim() !== '' && !/[\0\uFFFD\uD800-\uDFFF]/u.test(t) && t.length <= 255,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(reference, { minLength: 1, maxLength: 6 }),
        delimiter,
        end,
        encoding,
        sizes,
        async (references, by, lineEnd, how, cuts) => {
          const rows = references.map((r, i) => [`+1650555000${i}`, r]);
          const list = await read(encoded(csv([['to', 'reference'], ...rows], by, lineEnd), how), {
            sizes: cuts,
          });
          expect(list.recipients.map((r) => [r.to, r.reference])).toEqual(rows);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a long list, in pieces longer than what is read in one go', () => {
  const name = fc.array(fc.constantFrom('a', 'ë', '€', '😀', '"', '\n'), {
    minLength: 1,
    maxLength: 40,
  });

  test('loses no byte and reads none twice, wherever a piece or a part of it ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(name, { minLength: 1, maxLength: 5 }),
        encoding,
        fc.array(fc.integer({ min: 4_096, max: 70_000 }), { minLength: 1, maxLength: 3 }),
        async (names, how, cuts) => {
          const rows = Array.from({ length: 1_500 }, (_, i) => [
            `+1650555${1_000 + i}`,
            `${i} ${names[i % names.length]?.join('')}.`,
          ]);
          const bytes = encoded(csv([['to', 'reference'], ...rows]), how);
          const list = await read(bytes, { sizes: [4, ...cuts] });
          expect(list.refused).toEqual([]);
          expect(list.recipients.map((r) => [r.to, r.reference])).toEqual(rows);
          expect(list.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
        },
      ),
      { numRuns: 15 },
    );
  });
});

/** The problem of a list whose end is missing, which only its reader can know. Anything else is a bug. */
function cutOff(error: unknown): string {
  if (error instanceof ProblemError) return error.problem.code;
  throw error;
}

async function itemsIn(parts: readonly string[]): Promise<unknown[]> {
  async function* chunks(): AsyncGenerator<string, void> {
    yield* parts;
  }
  const items: unknown[] = [];
  for await (const some of jsonArrayItems(chunks())) items.push(...some);
  return items;
}

describe('any bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    // Bytes that mean something, so that the readers get further than their first line.
    fc
      .array(
        fc.constantFrom(
          'to,1\n',
          'to;1\r',
          '"',
          '""',
          ',',
          '\n',
          '\r\n',
          '+16505551234',
          'Ann',
          '[',
          ']',
          '{',
          '}',
          '{"to":"+16505551234"}',
          ':',
          '\\u',
          '\uFEFF',
          '\0',
          ' ',
        ),
        { maxLength: 40 },
      )
      .map((parts) => Buffer.from(parts.join(''))),
  );
  const format = fc.constantFrom('csv' as const, 'ndjson' as const, 'json' as const, undefined);

  test('are a list or a problem, never an exception; every row comes once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, format, async (content, as) => {
        const list = await read(content, as === undefined ? {} : { format: as }).catch(cutOff);
        if (typeof list === 'string') expect(list).toBe('LIST_UNREADABLE');
        else if (list.problem !== undefined)
          expect(list.problem).toMatch(/^LIST_(EMPTY|UNREADABLE)$/);
        else expect(list.rows).toEqual(list.rows.map((_, i) => i + 1));
      }),
      { numRuns: 2_000 },
    );
  });

  test('mean the same wherever the chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, format, sizes, async (content, as, cuts) => {
        const more = as === undefined ? {} : { format: as };
        // A list that is cut off is one wherever that is noticed: while it is opened, or at its end.
        const end = (of: Parameters<typeof read>[1]) =>
          read(content, of).catch((error: unknown) => String(error));
        expect(await end({ ...more, sizes: cuts })).toEqual(await end(more));
      }),
      { numRuns: 2_000, examples: [[Buffer.from('[]\uFEFF'), undefined, [1]]] },
    );
  });

  test('a U+FEFF counts nowhere in a JSON array, however it is cut', async () => {
    for (const list of ['["\uFEFFA"]', '["A\uFEFF"]', '["\\ufeffA"]', '["A"\uFEFF]', '["A"]\uFEFF'])
      for (let cut = 0; cut <= list.length; cut += 1)
        expect(await itemsIn([list.slice(0, cut), list.slice(cut)])).toEqual([
          { kind: 'value', value: 'A' },
        ]);
  });

  test('a broken line among good ones costs no good one', async () => {
    const line = fc.constantFrom('"', 'x"', '"x', 'a"b"c', '"a"b', '"a""', ',,,,', 'x', '"a",b"');
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 3 }), sizes, async (bad, cuts) => {
        const good = (i: number) => `+1650555000${i},"Ann, ""A"""`;
        const lines = [good(0), ...bad.slice(0, 1), good(1), good(2), ...bad.slice(1), good(3)];
        const list = await read(`to,1\n${lines.join('\n')}\n`, { sizes: cuts });
        const swallowed = list.refused.filter((r) => r.value?.includes('\n'));
        // Two marks that pair up over lines make one valid record; a single bad line cannot.
        if (bad.length <= 1) expect(list.recipients).toHaveLength(4);
        if (swallowed.length === 0) expect(list.recipients).toHaveLength(4);
      }),
      { numRuns: 500 },
    );
  });
});
