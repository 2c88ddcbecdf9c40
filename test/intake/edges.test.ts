/** Small rules of reading, each of which a slip in the code once would have broken unseen. */
import { describe, expect, test } from '@jest/globals';
import { lineCutter } from '../../src/core/csv/lines.ts';
import { readColumnMap } from '../../src/core/people/column-map.ts';
import { digestOfObjects } from '../../src/intake/digest.ts';
import { openObjectList } from '../../src/intake/list.ts';
import { mapToPhone } from '../../src/intake/phone-columns.ts';
import { until } from '../../src/intake/until.ts';
import { encoded, linesOf, read } from './support.ts';

const [a, b] = ['+16505551234', '+16505551235'];

describe('a CSV', () => {
  test('may have a line break in the name of a column', async () => {
    const list = await read(`to,"first\nname",2\n${a},Ann,x\n`);
    expect(list).toMatchObject({ columns: ['first\nname', '2'], recipients: [{ to: a }] });
  });

  test.each(['language', 'not_before', 'not_after'])(
    'with a delimiter inside a cell is told so, where %s gets what was moved on',
    async (column) => {
      const line = `${a},Ann,Lee,`;
      const list = await read(`to,1,${column}\n${line}\n`);
      expect(list.refused).toMatchObject([{ row: 1, code: 'CSV_COLUMNS', value: line }]);
    },
  );

  test('lacks a cell where a line ends before the number', async () => {
    const list = await read(`1,reference,to\nAnn,r1\nBob,r2,${b}\n`);
    expect(list.refused).toMatchObject([{ row: 1, code: 'CSV_COLUMNS' }]);
    expect(list.recipients).toMatchObject([{ row: 2, to: b }]);
  });

  test('shows a refused line as it stood, with its own delimiter', async () => {
    const list = await read(`to;1\n${a};Ann;Lee\n`);
    expect(list.refused).toMatchObject([{ value: `${a};Ann;Lee` }]);
  });

  test('is parted by what brings the column with the numbers out', async () => {
    const list = await read(`to;1,2,3\n${a};Ann\n`);
    expect(list).toMatchObject({ columns: ['1,2,3'], recipients: [{ to: a }] });
  });

  test('without a header shows no whole number, and no endless name', async () => {
    expect((await read('5551234,Ann\n')).message).toContain('"*****34", "Ann"');
    const long = await read(`${'x'.repeat(41)},1\n`);
    expect(long.message).toContain(`"${'x'.repeat(40)}..."`);
  });

  test('with a cell that is never closed goes on behind its first line', async () => {
    const lines = `${'x'.repeat(999)}\n`.repeat(300);
    const long = await read(`to,1\n${a},"Ann\n${lines}x"\n${b},Bob\n`);
    expect(long.refused[0]).toMatchObject({ row: 1, code: 'CSV_QUOTE', value: `${a},"Ann` });
    expect(long.recipients).toMatchObject([{ row: 303, to: b }]);
    const wide = await read(`to,1\n${a},"Ann\n${'x'.repeat(300_000)}"\n${b},Bob\n`);
    expect(wide.refused.map((line) => line.code)).toEqual(['CSV_QUOTE', 'LINE_TOO_LONG']);
    expect(wide.recipients).toMatchObject([{ row: 3, to: b }]);
  });

  test('of which all that is not needed is left out may have columns without a name', async () => {
    const list = await read(`to,,1\n${a},x,Ann\n`, { ignoreColumns: 'all' });
    expect(list.recipients).toMatchObject([{ parameters: { 1: 'Ann' } }]);
  });
});

describe('opt-outs', () => {
  test('may be shorter and longer than their header', async () => {
    const list = await read(`to,reason\n${a}\n${b},said so, twice\n`, { optOuts: true });
    expect(list.recipients).toEqual([
      { row: 1, to: a, parameters: {} },
      { row: 2, to: b, parameters: { reason: 'said so' } },
    ]);
  });

  test('may have columns without a name, and several of one name', async () => {
    const list = await read(`to,note,note,,reason\n${a},x,y,z,no\n`, { optOuts: true });
    expect(list.recipients).toEqual([{ row: 1, to: a, parameters: { reason: 'no' } }]);
  });
});

describe('columns by other names', () => {
  const LIST = `to,Name\n${a},Ann\n`;

  test.each(['', ' '])('cannot be called %j', async (name) => {
    const list = await read(LIST, { map: { Name: name } });
    expect(list).toMatchObject({ problem: 'LIST_COLUMNS' });
    expect(list.message).toContain('names nothing');
  });

  test('are called so without the spaces around it', async () => {
    expect((await read(LIST, { map: { ' Name ': ' 1 ' } })).columns).toEqual(['1']);
  });

  const HARD = { map: { Telefon: 'to', Sprache: 'language', Vorname: '1' } };
  test.each([
    [['12', 'en', 'Ann'], 'Telefon'],
    [[a, 'deutsch!', 'Ann'], 'Sprache'],
    [[a, 'en', ' '], 'Vorname'],
  ])('are told by these: %j', async ([Telefon, Sprache, Vorname], column) => {
    const csv = await read(`Telefon,Sprache,Vorname\n${Telefon},${Sprache},${Vorname}\n`, HARD);
    const json = await read(JSON.stringify([{ Telefon, Sprache, Vorname }]), HARD);
    for (const list of [csv, json]) expect(list.refused).toMatchObject([{ row: 1, column }]);
  });

  test('with a delimiter inside a cell are told so, where a language gets what was moved on', async () => {
    const list = await read(`Telefon,Vorname,Sprache\n${a},Ann,Lee,\n`, HARD);
    expect(list.refused).toMatchObject([{ row: 1, code: 'CSV_COLUMNS' }]);
  });

  test('are told by what they are, where a parameter comes from a column with a name of ours', async () => {
    const list = await read(`to,language,x\n${a}, ,y,\n`, { map: { language: '1' } });
    expect(list.refused).toMatchObject([{ row: 1, column: 'language', code: 'PARAMETER_EMPTY' }]);
  });

  describe('may be several things', () => {
    const map = { Phone: 'to', No: ['reference', '2'], Name: '1' };
    const rows = [
      { Phone: a, Name: 'Ann', No: 'K 1' },
      { Phone: b, Name: 'Bob', No: ' ' },
    ];
    const ways = [
      ['CSV', `Phone,Name,No\n${rows.map((row) => Object.values(row).join(',')).join('\n')}\n`],
      ['JSON', JSON.stringify(rows)],
    ] as const;

    test.each(ways)('%s', async (_way, text) => {
      const list = await read(text, { map });
      expect([...list.columns].sort()).toEqual(['1', '2']);
      const parameters = { 1: 'Ann', 2: 'K 1' };
      expect(list.recipients).toEqual([{ row: 1, to: a, reference: 'K 1', parameters }]);
      expect(list.refused).toMatchObject([{ row: 2, column: 'No', code: 'PARAMETER_EMPTY' }]);
    });

    test.each(ways)('%s, and are then no longer what they are called', async (_way, text) => {
      const list = await read(text.replaceAll('Name', 'reference'), {
        map: { Phone: 'to', No: ['1', '2'], reference: '3' },
      });
      expect(list.recipients).toEqual([
        { row: 1, to: a, parameters: { 1: 'K 1', 2: 'K 1', 3: 'Ann' } },
      ]);
    });

    test.each(ways)('%s, of which the template needs some', async (_way, text) => {
      const list = await read(text, { map, ignoreColumns: 'all', parameters: ['1'] });
      expect(list.recipients).toMatchObject([
        { reference: 'K 1', parameters: { 1: 'Ann' } },
        { to: b, parameters: { 1: 'Bob' } },
      ]);
    });
  });

  test('cannot be a second one with the numbers', async () => {
    const list = await read(LIST, { map: { Name: 'phone' } });
    expect(list.message).toContain('"list" has a column "to" already');
  });

  test('may be missing in the first of many objects where a line may leave them out', async () => {
    const objects = [
      { to: a, 1: 'Ann' },
      { to: b, 1: 'Bob', Ref: 'r2' },
    ];
    const open = (map: Readonly<Record<string, string>>) => openObjectList(objects, { map });
    const list = await open({ Ref: 'reference' });
    if (!list.ok) throw new Error(list.error.message);
    const lines = [];
    for await (const line of linesOf(list.value)) lines.push(line);
    expect(lines).toMatchObject([{ recipient: { to: a } }, { recipient: { reference: 'r2' } }]);
    expect(await open({ Nmae: '2' })).toMatchObject({ error: { code: 'LIST_COLUMNS' } });
  });

  test('that are left out may not be the one with the numbers, by its other name too', async () => {
    const list = await read(`phone,1\n${a},Ann\n`, { ignoreColumns: ['Phone'] });
    expect(list.message).toContain('leaves out "phone"');
  });
});

describe('a line', () => {
  const half = 'x'.repeat(16_384);

  test('may have a window of no length, a reference of 255 characters, and texts up to the limits', async () => {
    const at = '2026-03-01T00:00Z';
    const window = await read(`to,not_before,not_after\n${a},${at},${at}\n`);
    expect(window.recipients).toHaveLength(1);
    const reference = await read(`to,reference\n${a},${'r'.repeat(255)}\n`);
    expect(reference.recipients).toHaveLength(1);
    const texts = `to,header,1,2\n${a},${'h'.repeat(1_024)},${half},${half}\n`;
    expect((await read(texts, { headerParameters: ['header'] })).recipients).toHaveLength(1);
  });

  test('has its texts counted together in characters, however many bytes they take', async () => {
    const table = (n: number) => {
      const names = Array.from({ length: n }, (_, i) => `${i + 1}`);
      return `to,${names}\n${a},${names.map(() => '😀'.repeat(8_000))}\n`;
    };
    expect((await read(table(4))).recipients).toHaveLength(1);
    expect((await read(table(5))).refused).toMatchObject([
      { column: '5', code: 'PARAMETER_TOO_LONG' },
    ]);
  });

  test.each([
    ['reference', 'a\\u0000', 'TEXT_INVALID'],
    ['not_before', 'soon', 'TIME_INVALID'],
    ['not_after', 'soon', 'TIME_INVALID'],
  ])('is refused by the column at fault: %s', async (column, text, code) => {
    const list = await read(`{"to":"${a}","${column}":"${text}"}\n`);
    expect(list.refused).toMatchObject([{ column, code }]);
  });

  test('is told of a mark that may be missing only where it takes several lines for it', async () => {
    const hint = 'lines of the file';
    const one = await read(`{"to":"${a}","1":"a\\nb"}\n`);
    expect(one.refused[0]?.message).not.toContain(hint);
    const several = await read(`to,1,2\n${a}," ","a\nb"\n`);
    expect(several.refused).toMatchObject([{ column: '1', code: 'PARAMETER_EMPTY' }]);
    expect(several.refused[0]?.message).not.toContain(hint);
  });

  test('keeps what cannot be stored as a sign that can', async () => {
    const list = await read('{"to":"no\\ud83dbody","1":"A"}\n');
    expect(list.refused).toMatchObject([{ value: 'no\uFFFDbody' }]);
  });

  test('has the time zones of its number where they are wanted', async () => {
    const text = `to\n${a}\n`;
    const [line] = (await read(text, { zones: true })).recipients;
    expect(line?.zones).toEqual(['America/Los_Angeles']);
    expect((await read(text)).recipients[0]).not.toHaveProperty('zones');
  });

  test('that is refused is not warned of, another by the column that is doubtful', async () => {
    const list = await openObjectList([
      { to: a, 1: 'NULL', 2: 'a\nb' },
      { to: b, 1: 'Bob', 2: 'NULL' },
    ]);
    if (!list.ok) throw new Error(list.error.message);
    for await (const _ of linesOf(list.value));
    expect(list.value.warnings()).toEqual([expect.stringContaining('Column "2", row 2: ')]);
  });

  test('is warned of in each of its columns', async () => {
    const list = await openObjectList([{ to: a, 1: 'NULL', 2: 'NULL' }]);
    if (!list.ok) throw new Error(list.error.message);
    for await (const _ of linesOf(list.value));
    expect(list.value.warnings()).toEqual([
      expect.stringContaining('Column "1", row 1: '),
      expect.stringContaining('Column "2", row 1: '),
    ]);
  });

  test('of 262,144 characters is read, of one more it is not', async () => {
    const code = async (n: number) =>
      (await read(`to,1\n${`${a},`.padEnd(n, 'x')}\n${b},Bob\n`)).refused[0]?.code;
    expect(await code(262_144)).toBe('PARAMETER_TOO_LONG');
    expect(await code(262_145)).toBe('LINE_TOO_LONG');
  });

  test('ends as the first one does, wherever its end is cut', async () => {
    const list = await read(`to,1\r${a},"x\ny"\r${b},Bob\r`, { sizes: [5, 1_000] });
    expect(list.recipients).toMatchObject([{ row: 2, to: b }]);
    const cutter = lineCutter();
    expect([...cutter.push('a\r'), ...cutter.end()]).toEqual([{ text: 'a', end: '\r' }]);
  });
});

describe('objects', () => {
  const good = `{"to":"${a}","1":"Ann"}\n`;

  test('are looked at for one with a number, a thousand of them', async () => {
    const without = '{"1":"x"}\n';
    expect((await read(without.repeat(999) + good)).recipients).toMatchObject([{ row: 1_000 }]);
    const list = await read(without.repeat(1_000) + good);
    expect(list).toMatchObject({ problem: 'LIST_UNREADABLE' });
    expect(list.message).toContain('The first 1000 lines');
  });

  test('of nothing but what is not defined are no line, and decide no columns', async () => {
    const list = await openObjectList([{ to: undefined }, { to: a, 1: 'Ann' }]);
    if (!list.ok) throw new Error(list.error.message);
    const lines = [];
    for await (const line of linesOf(list.value)) lines.push(line);
    expect(lines).toMatchObject([{ recipient: { row: 1, to: a } }]);
  });

  test('are not read by a country that does not exist', async () => {
    const list = await openObjectList([{ to: a }], { defaultCountry: 'XX' });
    expect(list).toMatchObject({ error: { code: 'USAGE' } });
  });

  test('may say one thing twice in the same words', async () => {
    const list = await read(`{"to":"${a}","1":"A"," 1":"A"}\n`);
    expect(list.recipients).toMatchObject([{ parameters: { 1: 'A' } }]);
  });

  test('of which all that is not needed is left out need not be alike', async () => {
    const list = await read(`${good}{"to":"${b}","1":"Bob","x":"y"}\n`, { ignoreColumns: 'all' });
    expect(list.recipients).toHaveLength(2);
  });

  test('and tables with very many columns are told of by the first twenty', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `c${i}`);
    const { message } = await read(`to,${names}\n${a},${names}\n`, { ignoreColumns: ['zzz'] });
    expect(message).toContain('"c18".');
  });
});

test('a digest is that of the list read, whether parameters are nested or not', async () => {
  const objects = [{ to: a, parameters: ['Ann'] }];
  const list = await openObjectList(objects);
  if (!list.ok) throw new Error(list.error.message);
  for await (const _ of linesOf(list.value));
  expect(list.value.sha256()).toBe(digestOfObjects(objects));
  expect(digestOfObjects([{ 1: 'Ann', to: a }])).toBe(digestOfObjects(objects));
});

describe('what a list is written in', () => {
  test.each([
    ['list.jsonl', `nonsense\n{"to":"${a}"}\n`],
    ['list.tsv', `{x}\tto\nAnn\t${a}\n`],
  ])('is told by its name before its first sign: %s', async (name, text) => {
    expect((await read(text, { name })).recipients).toMatchObject([{ to: a }]);
  });

  test('is what it is said to be, before its name', async () => {
    const list = await read(`to\n${a}\n`, { name: 'list.json', format: 'csv' });
    expect(list.recipients).toMatchObject([{ to: a }]);
  });

  test('may be UTF-16 without a mark, in either order', async () => {
    const [little, big] = (['utf16le', 'utf16be'] as const).map((encoding) =>
      encoded(`to,1\n${a},Zoë\n`, encoding).subarray(2),
    );
    for (const bytes of [little, big])
      expect((await read(bytes ?? '')).recipients).toMatchObject([{ parameters: { 1: 'Zoë' } }]);
  });

  test('may end within a character, which costs that line', async () => {
    const bytes = Buffer.from(`to,1\n${a},Ann\n${b},Zoë`).subarray(0, -1);
    const list = await read(bytes, { sizes: [10] });
    expect(list.recipients).toMatchObject([{ to: a }]);
    expect(list.refused).toMatchObject([{ row: 2, code: 'TEXT_UNREADABLE' }]);
  });
});

test('white space without end is no list', async () => {
  const list = await read(`${' \n'.repeat(200_000)}to,1\n${a},Ann\n`, { sizes: [65_536] });
  expect(list).toMatchObject({ problem: 'LIST_EMPTY' });
});

test('an old workbook of Excel is told for what it is', async () => {
  const list = await read(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]));
  expect(list.message).toContain('an old Excel workbook');
});

test('a first line without a digit is no number that somebody opted out by', async () => {
  const list = await read(`--\n${a}\n`, { optOuts: true });
  expect(list).toMatchObject({ problem: 'LIST_UNREADABLE' });
});

test.each([
  ['Phone Number', '"Phone Number=to"'],
  ['Phone, mobile', `'"Phone, mobile"=to'`],
  ['Phone "new"', `'"Phone ""new"""=to'`],
  ['Phone $', `'Phone $=to'`],
])('what is to be typed for the column %s is read back', (column, typed) => {
  expect(mapToPhone(column)).toBe(`Say --map ${typed}, or name the column "to".`);
  expect(readColumnMap(typed.slice(1, -1))).toEqual({ ok: true, value: { [column]: 'to' } });
});

test('a source that is left before its end is told so', async () => {
  const told = new Promise<void>((resolve) => {
    async function* source() {
      try {
        yield* [1, 2];
      } finally {
        resolve();
      }
    }
    void (async () => {
      for await (const _ of until(source(), new AbortController().signal)) break;
    })();
  });
  await told;
});
