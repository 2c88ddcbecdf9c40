import { describe, expect, test } from '@jest/globals';
import { encoded, read } from './support.ts';

const two = 'to,1\n+16505551234,Ann\n+4915112345678,Bob\n';

describe('a first line that is a person', () => {
  test.each([
    ['+4915113000011,Ann', { '+4915113000011': 'to' }],
    ['0151 13000011,Ann', { '0151 13000011': 'phone' }],
    ['US.13491208655302741918,Ann', { 'US.13491208655302741918': 'user_id' }],
  ])('is refused as a header: %s', async (line, map) => {
    const list = await read(`${line}\n+4915113000012,Bob\n`, { map });
    expect(list.problem).toBe('LIST_UNREADABLE');
    expect(list.message).toContain('that is a person, who would not be asked');
    expect(list.message).not.toContain('13000011');
  });
});

describe('a CSV list', () => {
  test('is read by its header, columns that are not known being parameters', async () => {
    const list = await read(
      'Phone , Name,order no,REFERENCE,language,not_before,not_after\n' +
        '+1 650 555 1234,Ann,7,r1,en-US,2026-03-01T09:00:00+01:00,2026-03-02T00:00Z\n',
    );
    expect(list.columns).toEqual(['Name', 'order no']);
    expect(list.recipients).toEqual([
      {
        row: 1,
        to: '+16505551234',
        reference: 'r1',
        language: 'en_US',
        notBefore: new Date('2026-03-01T08:00:00Z'),
        notAfter: new Date('2026-03-02T00:00:00Z'),
        parameters: { Name: 'Ann', 'order no': '7' },
      },
    ]);
  });

  test.each(['utf8', 'utf8-bom', 'utf16le', 'utf16be'] as const)(
    'is read in %s',
    async (encoding) => {
      const list = await read(encoded('to;1\r\n+16505551234;Zoë 😀\r\n', encoding));
      expect(list.recipients).toEqual([
        { row: 1, to: '+16505551234', parameters: { 1: 'Zoë 😀' } },
      ]);
    },
  );

  test.each([',', ';', '\t'])('is read with the delimiter %j', async (delimiter) => {
    const list = await read(two.replaceAll(',', delimiter));
    expect(list.recipients.map((r) => r.parameters[1])).toEqual(['Ann', 'Bob']);
  });

  test.each(['\n', '\r\n', '\r'])(
    'is read with lines that end in %j, the last one in nothing',
    async (end) => {
      const list = await read(two.trimEnd().replaceAll('\n', end));
      expect(list.recipients.map((r) => r.parameters[1])).toEqual(['Ann', 'Bob']);
    },
  );

  test('takes UTF-16 without a mark, and a sep= line', async () => {
    const bare = await read(Buffer.from(two, 'utf16le'));
    expect(bare.recipients).toHaveLength(2);
    const separated = await read(`sep=;\r\n${two.replaceAll(',', ';')}`);
    expect(separated.recipients).toHaveLength(2);
  });

  test('counts records: no header, no blank lines, a record of three lines once', async () => {
    const list = await read(
      '\n\nto,reference\n\n+16505551234,"a\nb\nc"\n   \n\n+16505551235,x\nnobody,y\n',
    );
    expect(list.recipients.map((r) => [r.row, r.reference])).toEqual([
      [1, 'a\nb\nc'],
      [2, 'x'],
    ]);
    expect(list.refused).toMatchObject([{ row: 3, column: 'to', value: 'nobody' }]);
  });

  test('forgives delimiters an exporter leaves at the end', async () => {
    const list = await read('to,1,,\n+16505551234,Ann,,\n+16505551235,Bob\n+16505551236,Cid,,x\n');
    expect(list.columns).toEqual(['1']);
    expect(list.rows).toEqual([1, 2, 3]);
    expect(list.refused).toMatchObject([{ row: 3, code: 'CSV_COLUMNS' }]);
  });

  test('a column called __proto__ is a column', async () => {
    const list = await read('to,__proto__,constructor\n+16505551234,Ann,Bob\n');
    expect(Object.entries(list.recipients[0]?.parameters ?? {})).toEqual([
      ['__proto__', 'Ann'],
      ['constructor', 'Bob'],
    ]);
    expect(({} as Record<string, unknown>)[0]).toBeUndefined();
  });
});

describe('a bad line is refused alone', () => {
  test.each([
    ['nobody,Ann', 'PHONE_INVALID', 'to'],
    [',Ann', 'PHONE_EMPTY', 'to'],
    ['+16505551239,', 'PARAMETER_EMPTY', '1'],
    ['+16505551239,"a\nb"', 'PARAMETER_NEWLINE', '1'],
    ['+16505551239,a\tb', 'PARAMETER_TAB', '1'],
    ['+16505551239,a     b', 'PARAMETER_SPACES', '1'],
    [`+16505551239,${'x'.repeat(32_769)}`, 'PARAMETER_TOO_LONG', '1'],
    ['+16505551239,a\0b', 'TEXT_INVALID', '1'],
    ['+16505551239', 'CSV_COLUMNS', undefined],
    ['+16505551239,Ann,more', 'CSV_COLUMNS', undefined],
    ['+16505551239,5" disk', 'CSV_QUOTE', undefined],
    ['+16505551239,"Ann', 'CSV_QUOTE', undefined],
    ['+16505551239,"An"n', 'CSV_QUOTE', undefined],
    ['+16505551239,Ann"', 'CSV_QUOTE', undefined],
    [`+16505551239,${'x'.repeat(300_000)}`, 'LINE_TOO_LONG', undefined],
  ])('%.30s is %s', async (line, code, column) => {
    const list = await read(
      `to,1\n+16505551234,"Ann"\n${line}\n+16505551235,"Bob"\n+16505551236,Cid\n`,
    );
    expect(list.recipients.map((r) => [r.row, r.parameters[1]])).toEqual([
      [1, 'Ann'],
      [3, 'Bob'],
      [4, 'Cid'],
    ]);
    expect(list.refused).toMatchObject([
      { row: 2, code, ...(column === undefined ? {} : { column }) },
    ]);
  });

  test('bytes that are not UTF-8 cost their line, and are never sent as U+FFFD', async () => {
    const list = await read(
      Buffer.concat([
        Buffer.from('to,1\n+16505551234,Zoë\n+16505551235,M'),
        Buffer.from([0xfc]),
        Buffer.from('ller\n+16505551236,Cid\n'),
      ]),
      { sizes: [3] },
    );
    expect(list.recipients.map((r) => r.row)).toEqual([1, 3]);
    expect(list.refused).toMatchObject([{ row: 2, column: '1', code: 'TEXT_UNREADABLE' }]);
  });

  test('a quotation mark that is never closed takes no other line with it', async () => {
    const people = Array.from(
      { length: 5_000 },
      (_, i) => `+1650555${String(i).padStart(4, '0')},"P ${i}"`,
    );
    people[100] = '+16505550100,"P 100';
    people[4_999] = '+16505554999,"P 4999';
    const list = await read(`to,1\n${people.join('\n')}`, { sizes: [1_000] });
    expect(list.refused.map((r) => [r.row, r.code])).toEqual([
      [101, 'CSV_QUOTE'],
      [5_000, 'CSV_QUOTE'],
    ]);
    expect(list.recipients).toHaveLength(4_998);
    expect(list.rows).toEqual(people.map((_, i) => i + 1));
  });

  test('a record over many lines tells that a quotation mark may be missing', async () => {
    const list = await read('to,1\n+16505551234,"Ann\n+16505551235,Bob\n+16505551236,Cid"\n');
    expect(list.refused).toMatchObject([{ row: 1, message: expect.stringContaining('3 lines') }]);
  });

  test('the whole value is kept, as a database can hold it', async () => {
    const list = await read('to,1\nno\0body,Ann\n');
    expect(list.refused[0]?.value).toBe('no\u2400body');
  });
});

describe('other columns', () => {
  const one = async (column: string, value: string) => {
    const list = await read(`to,${column}\n+16505551234,${value}\n`);
    return list.refused[0]?.code ?? list.recipients[0];
  };

  test.each([
    ['en', 'en'],
    ['fil', 'fil'],
    ['pt-BR', 'pt_BR'],
    [' en_GB ', 'en_GB'],
  ])('language %s is %s', async (value, language) => {
    expect(await one('language', value)).toMatchObject({ language });
  });

  test.each(['english', 'en_US_x', '1'])('language %s is refused', async (value) => {
    expect(await one('language', value)).toBe('LANGUAGE_INVALID');
  });

  test.each([
    ['2026-03-01T09:00:00Z', '2026-03-01T09:00:00.000Z'],
    ['2026-03-01 09:00z', '2026-03-01T09:00:00.000Z'],
    ['2026-03-01T09:00:00.25+0530', '2026-03-01T03:30:00.250Z'],
    ['2024-02-29T23:00-03', '2024-03-01T02:00:00.000Z'],
  ])('not_before %s is %s', async (value, iso) => {
    expect(await one('not_before', value)).toMatchObject({ notBefore: new Date(iso) });
  });

  test.each([
    ['2026-03-01T09:00:00', 'TIME_WITHOUT_ZONE'],
    ['2026-03-01', 'TIME_WITHOUT_ZONE'],
    ['2026-02-29T09:00Z', 'TIME_INVALID'],
    ['2026-03-01T24:01Z', 'TIME_INVALID'],
    ['2026-03-01T09:00+99:00', 'TIME_INVALID'],
    ['01.03.2026 09:00', 'TIME_INVALID'],
    ['tomorrow', 'TIME_INVALID'],
  ])('not_after %s is %s', async (value, code) => {
    expect(await one('not_after', value)).toBe(code);
  });

  test('a window that ends before it begins is refused', async () => {
    const list = await read(
      'to,not_before,not_after\n+16505551234,2026-03-02T00:00Z,2026-03-01T00:00Z\n',
    );
    expect(list.refused).toMatchObject([{ column: 'not_after', code: 'WINDOW_EMPTY' }]);
  });

  test('empty optional cells are absent, a reference keeps its spelling, a long one is refused', async () => {
    const list = await read(
      `to,reference,language,not_before,not_after\n+16505551234, ,,,\n+16505551235, r 1,,,\n+16505551236,${'r'.repeat(256)},,,\n`,
    );
    expect(list.recipients).toEqual([
      { row: 1, to: '+16505551234', parameters: {} },
      { row: 2, to: '+16505551235', reference: ' r 1', parameters: {} },
    ]);
    expect(list.refused).toMatchObject([{ row: 3, code: 'REFERENCE_TOO_LONG' }]);
  });

  test('a header parameter takes 1,024 characters, all of the body 32,768 together', async () => {
    const half = 'x'.repeat(20_000);
    const list = await read(
      `to,h,1,2\n+16505551234,${half},Ann,Bob\n+16505551235,h,${half},${half}\n`,
      {
        headerParameters: ['h'],
      },
    );
    expect(list.refused).toMatchObject([
      { row: 1, column: 'h', code: 'PARAMETER_TOO_LONG' },
      { row: 2, column: '2', code: 'PARAMETER_TOO_LONG' },
    ]);
  });
});

describe('a CSV that is no list says why', () => {
  test.each([
    ['', 'LIST_EMPTY', 'nobody'],
    ['\n \n', 'LIST_EMPTY', 'nobody'],
    ['to,1\n', 'LIST_EMPTY', 'nobody'],
    ['to,1\n\n\n', 'LIST_EMPTY', 'nobody'],
    ['number,name\n+16505551234,Ann\n', 'LIST_UNREADABLE', '"number", "name"'],
    ['+16505551234,Ann\n', 'LIST_UNREADABLE', '"+1650*****34"'],
    ['to,1,1\n', 'LIST_UNREADABLE', 'called "1"'],
    ['to,TO\n', 'LIST_UNREADABLE', 'called "TO"'],
    ['to,phone\n', 'LIST_UNREADABLE', 'both'],
    ['to,,1\n', 'LIST_UNREADABLE', 'Column 2'],
    ['to,"1\n+16505551234,Ann\n', 'LIST_UNREADABLE', 'quotation mark'],
    [Buffer.from([0x74, 0x6f, 0x2c, 0xfc, 0x0a]), 'LIST_UNREADABLE', 'cannot be read'],
    [Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), 'LIST_UNREADABLE', 'Excel workbook'],
    [Buffer.from([0x1f, 0x8b, 8, 0]), 'LIST_UNREADABLE', 'gzip'],
    [Buffer.from('%PDF-1.7\n'), 'LIST_UNREADABLE', 'PDF'],
    [Buffer.from([0, 0, 0, 1, 2]), 'LIST_UNREADABLE', 'binary'],
  ])('%j is %s', async (content, code, message) => {
    const list = await read(content, { format: 'csv' });
    expect(list.problem).toBe(code);
    expect(list.message).toContain(message);
  });

  test('a country that does not exist is told before any line is read', async () => {
    expect((await read(two, { defaultCountry: 'XX' })).problem).toBe('USAGE');
  });
});
