/** Lines that are made to be dear: each costs what its length costs, and what is too much for one person is told so. */
import { describe, expect, test } from '@jest/globals';
import type { ListLine } from '../../src/core/people/recipient.ts';
import type { ListRules } from '../../src/core/ports/index.ts';
import { openObjectList } from '../../src/intake/list.ts';
import { linesOf, read } from './support.ts';

const to = '+16505551234';

/** Of the processor, in ms: each of these took from 10 s to many minutes where it cost its square, and takes 0.1 to 2 s. */
const PATIENCE_MS = 9_000;

async function within<T>(work: () => Promise<T>): Promise<T> {
  const began = process.cpuUsage();
  const done = await work();
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(PATIENCE_MS);
  return done;
}

/** Of the processor, in ms. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  return process.cpuUsage(began).user / 1_000;
}

async function readObjects(objects: readonly unknown[], rules: ListRules = {}) {
  const list = await openObjectList(objects, rules);
  if (!list.ok) throw new Error(list.error.message);
  const lines: ListLine[] = [];
  for await (const line of linesOf(list.value)) lines.push(line);
  return lines.map((line) => (line.kind === 'refused' ? line.refused : line.recipient));
}

function fields(n: number, value = 'x'): Record<string, string> {
  return Object.fromEntries(Array.from({ length: n }, (_, i) => [`p${i}`, value]));
}

describe('a line', () => {
  test.each([
    ['an array of them', Array.from({ length: 100_000 }, () => 'x')],
    ['an object of them', fields(100_000)],
    ['fields inside of fields', { a: [[[Array.from({ length: 100_000 }, () => 1)]]] }],
  ])('with 100,000 parameters is refused with its row: %s', async (_, parameters) => {
    const ann = { to, parameters: { 1: 'Ann' } };
    const lines = await within(() => readObjects([ann, { to, parameters }, ann]));
    expect(lines).toMatchObject([
      { row: 1, to },
      { row: 2, code: 'COLUMNS_TOO_MANY', message: expect.stringContaining('2,000') },
      { row: 3, to },
    ]);
  });

  test('may have 2,000 fields, and not one more', async () => {
    expect(await readObjects([{ to, ...fields(1_999) }])).toMatchObject([{ to }]);
    expect(await readObjects([{ to, ...fields(2_000) }])).toMatchObject([
      { code: 'COLUMNS_TOO_MANY' },
    ]);
  });

  test('that is an object may be as long as one that is a text', async () => {
    const [line] = await readObjects([{ to, 1: 'x'.repeat(262_200) }]);
    expect(line).toMatchObject({ row: 1, code: 'LINE_TOO_LONG' });
    // What is kept of it is short.
    expect((line as { value: string }).value.length).toBeLessThan(2_000);
    expect(await readObjects([{ to, 1: 'x'.repeat(262_000) }])).toMatchObject([
      { code: 'PARAMETER_TOO_LONG' },
    ]);
  });

  test('of one object a line is bounded as well, and those beside it are read', async () => {
    const wide = JSON.stringify({ to, ...fields(15_000) });
    const list = await within(() => read(`${wide}\n{"to":"${to}"}\n`.repeat(10)));
    expect(list.refused).toHaveLength(10);
    expect(list.refused[0]).toMatchObject({ row: 1, code: 'COLUMNS_TOO_MANY' });
    expect(list.recipients).toHaveLength(10);
  });

  test('of a JSON array is bounded as well', async () => {
    const wide = JSON.stringify({ to, ...fields(15_000) });
    const list = await within(() => read(`[${wide},{"to":"${to}"}]`));
    expect(list.refused).toMatchObject([{ row: 1, code: 'COLUMNS_TOO_MANY' }]);
    expect(list.recipients).toMatchObject([{ row: 2, to }]);
  });

  test('that is nested a hundred thousand deep is refused, whichever way it came', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const lines = await within(() => readObjects([{ to, a: JSON.parse(deep) }]));
    expect(lines).toMatchObject([{ row: 1, code: 'COLUMNS_TOO_MANY' }]);
    const one = `{"to":"${to}","a":${deep}}`;
    expect((await read(one)).refused).toMatchObject([{ row: 1, code: 'COLUMNS_TOO_MANY' }]);
    const twice = `[{"to":"${to}","a":1,"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}]`;
    expect((await read(twice)).refused).toMatchObject([{ row: 1, code: 'COLUMN_TWICE' }]);
  });

  test('whose parameters are pairs of surrogates is counted once', async () => {
    const parameters = Array.from({ length: 1_900 }, () => '😀'.repeat(17));
    const some = Array.from({ length: 30 }, () => ({ to, parameters }));
    expect(await within(() => readObjects(some))).toHaveLength(30);
  });

  test.each([
    ['a formula of spaces', `=${'\u00a0'.repeat(30_000)}b`],
    ['a row of signs', `#a${'*'.repeat(30_000)}b`],
    ['a text to fill in', `lorem ipsum${'-'.repeat(30_000)}\u2028a`],
  ])('with a text that patterns are slow on costs its length: %s', async (_, text) => {
    const some = Array.from({ length: 20 }, () => ({ to, 1: text }));
    expect(await within(() => readObjects(some))).toHaveLength(20);
  });
});

describe('the options of a list', () => {
  const wide = { to, ...fields(1_900) };

  test('cost each line its columns where all that is not needed is ignored', async () => {
    const rules = { ignoreColumns: 'all', parameters: Object.keys(fields(1_900)) } as const;
    const lines = await within(() =>
      readObjects(
        Array.from({ length: 200 }, () => wide),
        rules,
      ),
    );
    expect(lines).toHaveLength(200);
  });

  test('cost each line its columns where many are to be ignored', async () => {
    const ignoreColumns = Array.from({ length: 1_000 }, (_, i) => `q${i}`);
    const last = { to, ...fields(900), ...Object.fromEntries(ignoreColumns.map((q) => [q, 1])) };
    const lines = await within(() =>
      readObjects([wide, wide, wide, wide, last], { ignoreColumns }),
    );
    expect(lines.filter((line) => 'to' in line)).toHaveLength(4);
  });

  test('cost a header its columns where all have another name', async () => {
    const names = Array.from({ length: 1_900 }, (_, i) => `c${i}`);
    const map = Object.fromEntries(names.map((name, i) => [name, `m${i}`]));
    const list = await within(() => read(`to,${names.join(',')}\n`, { map }));
    expect(list.problem).toBe('LIST_EMPTY');
  });
});

describe('a text', () => {
  test.each([
    ['a line that seems to name the delimiter', `sep=${' '.repeat(200_000)}a\nto\n${to}\n`, {}],
    ['numbers without a header on one line', '1 '.repeat(130_000), { optOuts: true }],
    ['a header over lines', `"to\n${`${'a'.repeat(262_000)}\n`.repeat(98)}b"\n`, {}],
    [
      'rows of nothing under a long delimiter line',
      `sep=;${';'.repeat(200_000)}\n${'\n'.repeat(50_000)}`,
      {},
    ],
  ] as const)('is looked through once for its header: %s', async (_, text, rules) => {
    const list = await within(() => read(text, { format: 'csv', ...rules, sizes: [65_536] }));
    expect(list.recipients.length).toBeLessThan(2);
  });

  test.each([
    ['spaces', '', ' '],
    ['a long first line', '', 'a'],
    ['a long second line', 'to,1\n', 'a'],
    ['rows of nothing', '', '\n'],
  ])('costs its length a byte at a time too: %s', async (_, head, one) => {
    for (const optOuts of [false, true]) {
      const reading = (n: number) => async () => {
        const text = `${head}${one.repeat(n)}`;
        const list = await read(text, { format: 'csv', sizes: [1], optOuts });
        expect(list.recipients).toEqual([]);
      };
      await reading(10_000)();
      const few = await costOf(reading(25_000));
      // Four times as much: sixteen times the cost where each byte is looked at with all before it.
      expect(await costOf(reading(100_000))).toBeLessThan(9 * Math.max(few, 60));
    }
  });

  test('with too many columns is no list, and told so', async () => {
    const names = Array.from({ length: 2_000 }, (_, i) => `c${i}`).join(',');
    const list = await within(() => read(`to,${names}\n`));
    expect(list).toMatchObject({
      problem: 'LIST_UNREADABLE',
      message: expect.stringContaining('names 2,001 columns'),
    });
  });

  test('that comes slowly is read as its lines end', async () => {
    const { openList } = await import('../../src/intake/list.ts');
    const encoder = new TextEncoder();
    let sent = 0;
    async function* slowly() {
      for (const line of ['to,1\n', `${to},Ann\n`, `${to},Bob\n`]) {
        sent += 1;
        yield encoder.encode(line);
      }
    }
    const list = await openList({ name: 'list', source: slowly() });
    if (!list.ok) throw new Error(list.error.message);
    expect(sent).toBe(2);
    await list.value.close();
  });
});
