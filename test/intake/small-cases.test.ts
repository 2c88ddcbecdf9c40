/** Small lists as people really have them: each failed once. The files stand in `test/cases`. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ListLine } from '../../src/core/people/recipient.ts';
import type { ListRules, OpenList } from '../../src/core/ports/index.ts';
import { ProblemError } from '../../src/core/problem.ts';
import { openList, openObjectList } from '../../src/intake/list.ts';
import { openListFile } from '../../src/intake/open-list.ts';
import { linesOf as oneByOne } from './support.ts';

const path = (name: string) => join(import.meta.dirname, '../cases', name);

async function linesOf(list: OpenList): Promise<readonly ListLine[]> {
  const lines: ListLine[] = [];
  for await (const line of oneByOne(list)) lines.push(line);
  return lines;
}

/** Each line in a word: its number, or why it is refused. */
const said = (lines: readonly ListLine[]) =>
  lines.map((line) => (line.kind === 'recipient' ? line.recipient.to : line.refused.code));

async function fileSaid(name: string, rules: ListRules = {}) {
  const list = await openListFile(path(name), rules);
  if (!list.ok) throw new Error(list.error.message);
  return said(await linesOf(list.value));
}

async function opened(text: string, rules: ListRules & { name?: string; charset?: string } = {}) {
  async function* source() {
    yield Buffer.from(text, 'latin1');
  }
  return openList({ name: 'list.csv', ...rules, source: source() });
}

async function read(text: string, rules: ListRules & { name?: string; charset?: string } = {}) {
  const list = await opened(text, rules);
  if (!list.ok) throw new Error(`${list.error.code}: ${list.error.message}`);
  return { list: list.value, lines: await linesOf(list.value) };
}

async function refused(text: string, rules: ListRules & { name?: string; charset?: string } = {}) {
  const list = await opened(text, rules);
  if (list.ok) throw new Error('it was taken');
  return list.error;
}

const parametersOf = (lines: readonly ListLine[]) =>
  lines.map((line) => (line.kind === 'recipient' ? line.recipient.parameters : line.refused.code));

describe('numbers with a country code and no plus', () => {
  test('are refused in a list, and decided by one word', async () => {
    const list = 'numbers-with-code/list.csv';
    const twice = Array.from({ length: 4 }, () => 'PHONE_AMBIGUOUS');
    expect(await fileSaid(list, { defaultCountry: 'DE' })).toEqual(['+4915112345670', ...twice]);
    expect(await fileSaid(list, { defaultCountry: 'DE', numbers: 'international' })).toEqual([
      '+4915112345670',
      '+15125550120',
      '+16505550121',
      '+919876543210',
      '+5511999999999',
    ]);
    const national = await fileSaid(list, { defaultCountry: 'DE', numbers: 'national' });
    expect(national[1]).toBe('+4915125550120');
  });

  test('are refused as opt-outs too; as our export prints them they are taken', async () => {
    const optOuts = { optOuts: true, defaultCountry: 'DE' };
    expect(await fileSaid('numbers-with-code/opt-outs.csv', optOuts)).toEqual(
      Array.from({ length: 3 }, () => 'PHONE_AMBIGUOUS'),
    );
    expect(
      await fileSaid('numbers-with-code/old-ivory-coast-benin.csv', { optOuts: true }),
    ).toEqual(['+22507123456', '+22507123456', '+22996123456', '+22996123456', '+5215512345678']);
  });

  test('over NDJSON, JSON and objects alike', async () => {
    const rules = { defaultCountry: 'DE' };
    const json = '[{"to": "15125550120"}, {"to": 15125550120}]';
    expect(said((await read(json, { ...rules, name: 'l.json' })).lines)).toEqual(
      Array.from({ length: 2 }, () => 'PHONE_AMBIGUOUS'),
    );
    const list = await openObjectList([{ to: '15125550120' }], {
      ...rules,
      numbers: 'international',
    });
    expect(list.ok && said(await linesOf(list.value))).toEqual(['+15125550120']);
  });
});

describe('a row with nothing in it is no line', () => {
  test('below a table, as a spreadsheet leaves them', async () => {
    expect(await fileSaid('empty-rows/list.csv')).toEqual(['+16505550101', '+16505550102']);
  });

  test.each([
    ['semicolons', 'to;1\n+16505550101;A\n;;;\n;\n', 'l.csv'],
    ['tabs', 'to\t1\n+16505550101\tA\n\t\n\t\t\t\n', 'l.tsv'],
    ['quoted', 'to,1\n"",""\n+16505550101,A\n"",\n', 'l.csv'],
    ['white space', 'to,1\n , \n+16505550101,A\n\xa0,\n', 'l.csv'],
    ['NDJSON', '{}\n{"to":"+16505550101","1":"A"}\n{"to":"","1":""}\n{"to":null}\n', 'l.ndjson'],
    ['JSON', '[{}, {"to":"+16505550101","1":"A"}, {"to":" "}]', 'l.json'],
  ])('%s', async (_what, text, name) => {
    const { lines } = await read(text, { name, charset: 'latin1' });
    expect(lines).toMatchObject([{ recipient: { row: 1, to: '+16505550101' } }]);
  });

  test.each([
    ['commas', ',,\n\nto,reference,1\n+16505550101,a,A\n'],
    ['semicolons', ';;\n;;\nto;reference;1\n+16505550101;a;A\n'],
    ['tabs', '\t\t\n \t\t\nto\treference\t1\n+16505550101\ta\tA\n'],
    ['quoted empties', '"","",""\n" ",,\nto,reference,1\n+16505550101,a,A\n'],
    ['no-break spaces', '\xa0,,\nto,reference,1\n+16505550101,a,A\n'],
    ['a line that names the delimiter', 'sep=;\n;;\nto;reference;1\n+16505550101;a;A\n'],
    ['one that is unusual', 'sep=^\n^^\nto^reference^1\n+16505550101^a^A\n'],
    ['Windows', ',,\r\nto,reference,1\r\n+16505550101,a,A\r\n'],
    ['old Macs', ',,\rto,reference,1\r+16505550101,a,A\r'],
  ])('above the header: %s', async (_what, text) => {
    const { lines } = await read(text, { charset: 'latin1' });
    expect(lines).toMatchObject([{ recipient: { row: 1, to: '+16505550101', reference: 'a' } }]);
  });

  test('above opt-outs without a header', async () => {
    const { lines } = await read(',,\n"",\n+16505550101\n+16505550102\n', { optOuts: true });
    expect(said(lines)).toEqual(['+16505550101', '+16505550102']);
  });

  test('a list of nothing else has nobody in it', async () => {
    expect((await refused(',,\n,,\n')).code).toBe('LIST_EMPTY');
    expect((await refused('to,1\n,\n,\n')).code).toBe('LIST_EMPTY');
    expect((await refused('{}\n{}\n', { name: 'l.ndjson' })).code).toBe('LIST_EMPTY');
  });
});

describe('what a spreadsheet left behind', () => {
  test('is refused with row and column, or warned of', async () => {
    const list = await openListFile(path('spreadsheet-leftovers/params.csv'));
    if (!list.ok) throw new Error(list.error.message);
    const lines = await linesOf(list.value);
    const good = lines.flatMap((line) =>
      line.kind === 'recipient' ? [line.recipient.parameters[1]] : [],
    );
    expect(good).toEqual(['NULL', '1.23E+11', 'JosÃ©']);
    for (const line of lines) {
      if (line.kind === 'refused') expect(line.refused).toMatchObject({ column: '1' });
    }
    expect(list.value.warnings()).toEqual([
      expect.stringContaining('Column "1", row 6: '),
      expect.stringContaining('Column "1", row 11: '),
      expect.stringContaining('Column "1", row 14: '),
    ]);
  });

  test('a warning counts all and names the first five rows', async () => {
    const { list } = await read(`to,1\n${'+16505550101,NULL\n'.repeat(9)}`);
    expect(list.warnings()).toEqual([expect.stringContaining('9 texts (rows 1, 2, 3, 4, 5, ...)')]);
  });
});

describe('rows that are shorter or longer than the header', () => {
  test('only by what may be empty are rows like others', async () => {
    expect(await fileSaid('short-rows/short.csv')).toEqual(['+16505550111']);
    expect(await fileSaid('short-rows/long.csv')).toEqual(['+16505550109']);
  });

  test.each(['sep=,,,', 'sep=,', '"sep=,",,', 'SEP=,'])('after a first line %s', async (first) => {
    const { lines } = await read(`${first}\nto,1\n+16505550111,Ann\n`);
    expect(said(lines)).toEqual(['+16505550111']);
  });

  test.each([
    ['sep=;;;', ';'],
    ['sep=|', '|'],
    ['sep=\\t', '\t'],
    ['', '|'],
  ])('%j and cells parted by %j', async (first, by) => {
    const { lines } = await read(`${first}\nto${by}1\n+16505550111${by}Ann\n`);
    expect(parametersOf(lines)).toEqual([{ 1: 'Ann' }]);
  });

  test('a parameter that is missing, or a cell too many, is refused with a hint that fits', async () => {
    const { lines } = await read('to,reference,1\n+16505550111,a\n+16505550112,a,Ann,Lee\n');
    expect(lines).toMatchObject([
      { refused: { code: 'CSV_COLUMNS', message: expect.stringContaining('a cell is missing') } },
      { refused: { code: 'CSV_COLUMNS', message: expect.stringContaining('quotation marks') } },
    ]);
  });
});

describe('columns that go by other names', () => {
  const LIST = 'Phone Number,Name,City,Email\n+16505550111,Ann,Rome,a@x.de\n';

  test('are mapped, and those that are not needed left out', async () => {
    const map = { 'phone number': 'to', Name: '1', City: '2' };
    const named = await read(LIST, { map, ignoreColumns: ['email'] });
    expect(parametersOf(named.lines)).toEqual([{ 1: 'Ann', 2: 'Rome' }]);
    const all = await opened(LIST, {
      map: { 'Phone Number': 'to', Name: '1' },
      ignoreColumns: 'all',
    });
    if (!all.ok) throw new Error(all.error.message);
    expect(all.value.columns).toEqual(['1', 'City', 'Email']);
    all.value.fit({ parameters: ['1'] });
    expect(parametersOf(await linesOf(all.value))).toEqual([{ 1: 'Ann' }]);
  });

  test('over NDJSON and objects alike', async () => {
    const object = { 'Phone Number': '+16505550111', Name: 'Ann', Email: 'a@x.de', Ref: 'r1' };
    const rules: ListRules = {
      map: { 'Phone Number': 'to', Name: '1', Ref: 'reference' },
      ignoreColumns: ['Email'],
    };
    const recipient = { to: '+16505550111', parameters: { 1: 'Ann' }, reference: 'r1' };
    const list = await openObjectList([object], rules);
    expect(list.ok && (await linesOf(list.value))).toMatchObject([{ recipient }]);
    const text = `${JSON.stringify(object)}\n`;
    const { lines } = await read(text, { ...rules, name: 'l.ndjson' });
    expect(lines).toMatchObject([{ recipient }]);
  });

  test.each([
    ['Phone Number', '--map "Phone Number=to"'],
    ['MOBILE', '--map "MOBILE=to"'],
    ['Téléphone', '--map "Téléphone=to"'],
    ['telefone', '--map "telefone=to"'],
    ['WhatsApp', '--map "WhatsApp=to"'],
    ['msisdn', '--map "msisdn=to"'],
    ['Handynummer', '--map "Handynummer=to"'],
    ['Номер телефона', '--map "Номер телефона=to"'],
    ['电话号码', '--map "电话号码=to"'],
  ])('a list that calls the numbers %s is told what to type', async (column, option) => {
    for (const name of ['l.csv', 'l.ndjson']) {
      const text =
        name === 'l.csv'
          ? `${column},1\n+16505550111,A\n`
          : `{"${column}":"+16505550111","1":"A"}\n`;
      const bytes = Buffer.from(text).toString('latin1');
      expect((await refused(bytes, { name })).next).toContain(option);
    }
  });

  test.each<[string, ListRules, string]>([
    ['a column that is not there', { map: { Nmae: '1' } }, 'has no column "nmae"'],
    ['two columns to one', { map: { Name: '1', City: '1' } }, 'the one "1"'],
    ['twice to one', { map: { Name: ['1', '1'] } }, 'the column "name" twice the one "1"'],
    ['to nothing', { map: { Name: [] } }, 'names nothing'],
    ['over a name that is there', { map: { Name: 'City' } }, 'a column "City" already'],
    ['mapped and ignored', { map: { Name: '1' }, ignoreColumns: ['Name'] }, '--ignore-columns'],
  ])('%s is a problem of its own', async (_what, rules, message) => {
    const map = { 'Phone Number': 'to', ...rules.map };
    const problem = await refused(LIST, { ...rules, map });
    expect(problem).toMatchObject({ code: 'LIST_COLUMNS' });
    expect(problem.message.toLowerCase()).toContain(message.toLowerCase());
  });
});

describe('columns that are left out', () => {
  const ways = ['csv', 'ndjson', 'json', 'objects'] as const;
  const object = { to: '+16505550111', 1: 'Ann', Email: 'a@x.de' };
  /** What the list says, in each way in: its problem, or how many of its lines are taken. */
  async function sayOf(way: (typeof ways)[number], rules: ListRules) {
    const json = JSON.stringify(object);
    const text = { csv: 'to,1,Email\n+16505550111,Ann,a@x.de\n', ndjson: json, json: `[${json}]` };
    const list =
      way === 'objects'
        ? await openObjectList([object], rules)
        : await opened(text[way], { ...rules, name: `l.${way}` });
    if (!list.ok) return list.error;
    return linesOf(list.value).then(
      (lines) => lines.length,
      (error: unknown) => (error instanceof ProblemError ? error.problem : error),
    );
  }

  test.each(ways)('have to be there: %s', async (way) => {
    expect(await sayOf(way, { ignoreColumns: ['email'] })).toBe(1);
    expect(await sayOf(way, { ignoreColumns: ['Email', 'zzz'] })).toMatchObject({
      code: 'LIST_COLUMNS',
      where: '--ignore-columns',
      message: expect.stringMatching(/no column "zzz".*it has: "/),
    });
  });

  test.each(ways)('may not be the one with the phone numbers: %s', async (way) => {
    expect(await sayOf(way, { ignoreColumns: ['To', 'Email'] })).toMatchObject({
      code: 'LIST_COLUMNS',
      message: '--ignore-columns leaves out "to", the column with the phone numbers.',
    });
    const other = { map: { Email: 'to' }, ignoreColumns: ['to'] };
    expect(await sayOf(way, other)).toBe(1);
  });

  test('an object may lack them, where another has them', async () => {
    const list = await openObjectList([{ to: '+16505550110', 1: 'Bob' }, object], {
      ignoreColumns: ['Email'],
    });
    expect(list.ok && said(await linesOf(list.value))).toEqual(['+16505550110', '+16505550111']);
  });

  test('two of one name do not matter, unless the template needs them', async () => {
    const text = 'to,1,note,note\n+16505550111,Ann,a,b\n';
    expect((await refused(text)).message).toContain('Two columns');
    const open = async (parameters: readonly string[]) => {
      const list = await opened(text, { ignoreColumns: 'all' });
      if (!list.ok) throw new Error(list.error.message);
      list.value.fit({ parameters });
      return linesOf(list.value);
    };
    expect(parametersOf(await open(['1']))).toEqual([{ 1: 'Ann' }]);
    await expect(open(['1', 'note'])).rejects.toThrow('Two columns');
  });
});

describe('the template’s own spelling of a language', () => {
  test('is what a line’s language becomes', async () => {
    const list = await opened(
      'to,language\n+16505550101,en-us\n+16505550102,EN\n+16505550103,fr\n',
    );
    if (!list.ok) throw new Error(list.error.message);
    list.value.fit({ languages: ['en_US', 'en'] });
    expect(await linesOf(list.value)).toMatchObject([
      { recipient: { language: 'en_US' } },
      { recipient: { language: 'en' } },
      { refused: { code: 'LANGUAGE_MISSING', column: 'language' } },
    ]);
  });

  test('without it, Meta’s', async () => {
    const { lines } = await read('to,language\n+16505550101,pt-br\n');
    expect(lines).toMatchObject([{ recipient: { language: 'pt_BR' } }]);
  });
});

describe('a list that says what it is written in', () => {
  test('is read in it', async () => {
    const { lines } = await read('to,1\n+16505550101,Jos\xe9\n', { charset: 'iso-8859-1' });
    expect(parametersOf(lines)).toEqual([{ 1: 'José' }]);
  });

  test('a mark in the bytes is believed more', async () => {
    const text = Buffer.from('\ufeffto,1\n+16505550101,José\n').toString('latin1');
    const { lines } = await read(text, { charset: 'windows-1252' });
    expect(parametersOf(lines)).toEqual([{ 1: 'José' }]);
  });

  test('an encoding that nobody knows is a problem', async () => {
    expect((await refused('to\n+16505550101\n', { charset: 'klingon' })).message).toContain(
      'klingon',
    );
  });
});
