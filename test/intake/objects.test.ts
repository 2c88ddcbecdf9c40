import { describe, expect, test } from '@jest/globals';
import { openObjectList } from '../../src/intake/list.ts';
import { encoded, linesOf, read, recipientsFromObjects } from './support.ts';

const ann = '{"to":"+16505551234","1":"Ann"}';
const bob = '{"phone":16505551235,"1":7,"reference":9}';

describe('NDJSON', () => {
  test('is one object a line, numbers taken as text', async () => {
    const list = await read(`${ann}\r\n\n${bob}`, { defaultCountry: 'US' });
    expect(list.columns).toEqual(['1']);
    expect(list.recipients).toEqual([
      { row: 1, to: '+16505551234', parameters: { 1: 'Ann' } },
      { row: 2, to: '+16505551235', reference: '9', parameters: { 1: '7' } },
    ]);
  });

  test.each([
    ['nonsense', 'JSON_INVALID', undefined],
    [`${ann},`, 'JSON_INVALID', undefined],
    ['[1]', 'NOT_AN_OBJECT', undefined],
    ['"+16505551239"', 'NOT_AN_OBJECT', undefined],
    ['null', 'NOT_AN_OBJECT', undefined],
    ['{"to":"+16505551239","1":{"a":1}}', 'VALUE_NOT_TEXT', '1'],
    ['{"to":"+16505551239","1":["a"]}', 'VALUE_NOT_TEXT', '1'],
    ['{"to":"+16505551239","1":true}', 'VALUE_NOT_TEXT', '1'],
    ['{"to":{"a":1},"1":"Ann"}', 'VALUE_NOT_TEXT', 'to'],
    ['{"to":"+16505551239","1":9007199254740993}', 'NUMBER_INEXACT', '1'],
    ['{"to":"+16505551239","1":0.1234567890123456789}', 'NUMBER_INEXACT', '1'],
    ['{"to":"+16505551239","1":0.1234567890123456}', 'NUMBER_INEXACT', '1'],
    ['{"to":"+16505551239","1":1e21}', 'NUMBER_INEXACT', '1'],
    ['{"to":"+16505551239","1":1e-7}', 'NUMBER_INEXACT', '1'],
    ['{"to":"+16505551239","1":"Ann","reference":9007199254740993}', 'NUMBER_INEXACT', 'reference'],
    ['{"to":"+16505551239"}', 'PARAMETER_MISSING', '1'],
    ['{"to":"+16505551239","1":null}', 'PARAMETER_MISSING', '1'],
    ['{"to":"+16505551239","1":"Ann","2":"x"}', 'PARAMETER_UNKNOWN', '2'],
    ['{"to":"+16505551239","1":"Ann","__proto__":"x"}', 'PARAMETER_UNKNOWN', '__proto__'],
    ['{"to":"+16505551239","To":"+16505551239","1":"Ann"}', 'COLUMN_TWICE', 'To'],
    ['{"to":"+16505551239","phone":"+16505551239","1":"Ann"}', 'COLUMN_TWICE', 'phone'],
    ['{"1":"Ann"}', 'PHONE_EMPTY', 'to'],
    ['{"to":"+16505551239","1":"a\\u0000"}', 'TEXT_INVALID', '1'],
    ['{"to":"+16505551239","1":"a\\ud83d"}', 'TEXT_INVALID', '1'],
    ['{"to":"+16505551239","1":""}', 'PARAMETER_EMPTY', '1'],
    [`{"to":"${'x'.repeat(300_000)}"}`, 'LINE_TOO_LONG', undefined],
  ])('%.60s is refused alone: %s', async (line, code, column) => {
    const list = await read(`${ann}\n${line}\n${ann}\n`, { format: 'ndjson' });
    expect(list.recipients.map((r) => r.row)).toEqual([1, 3]);
    expect(list.refused).toMatchObject([
      { row: 2, code, ...(column === undefined ? {} : { column }) },
    ]);
  });

  test.each(['0', '-7', '9007199254740991', '12.5', '0.001', '-100.25', '123456789.012345'])(
    'the number %s is asked with these digits',
    async (number) => {
      const list = await read(`{"to":"+16505551239","1":${number}}`, { format: 'ndjson' });
      expect(list.recipients.map((r) => r.parameters[1])).toEqual([number]);
    },
  );

  test('bad lines before the first good one do not decide the columns', async () => {
    const list = await read(`nonsense\n{"1":"x"}\n${ann}\n`, { format: 'ndjson' });
    expect(list.columns).toEqual(['1']);
    expect(list.refused.map((r) => r.row)).toEqual([1, 2]);
    expect(list.recipients.map((r) => r.row)).toEqual([3]);
  });

  test('a thousand lines without an object are no list', async () => {
    const list = await read('to,1\n'.repeat(1_500), { format: 'ndjson' });
    expect(list.problem).toBe('LIST_UNREADABLE');
  });

  test('__proto__ is a parameter like others', async () => {
    const list = await read('{"to":"+16505551234","__proto__":"Ann"}\n');
    expect(Object.entries(list.recipients[0]?.parameters ?? {})).toEqual([['__proto__', 'Ann']]);
  });
});

describe('a JSON array', () => {
  test.each(['utf8', 'utf8-bom', 'utf16le', 'utf16be'] as const)(
    'is read in %s',
    async (encoding) => {
      const list = await read(encoded(`\n [${ann},\n${ann}, 7 ]\n \n`, encoding), { sizes: [5] });
      expect(list.recipients.map((r) => r.row)).toEqual([1, 2]);
      expect(list.refused).toMatchObject([{ row: 3, code: 'NOT_AN_OBJECT', value: '7' }]);
    },
  );

  test.each([
    [`[${ann},${ann},{to:1},${ann}]`, 'byte 67'],
    [`[${ann},${ann}] x`, 'nothing after it'],
    [`[${ann},${ann}][]`, 'nothing after it'],
    [`[${ann},${ann},{"to":"a\nb"}]`, 'element 3'],
  ])('with a slip keeps what stands before it: %s', async (text, message) => {
    for (const sizes of [[1], [7], [10_000]]) {
      const list = await read(text, { sizes });
      expect(list.recipients.map((r) => r.row)).toEqual([1, 2]);
      expect(list.refused).toMatchObject([
        { row: 3, code: 'JSON_INVALID', message: expect.stringContaining(message) },
      ]);
    }
  });

  test.each([`[${ann},${ann},`, `[${ann},${ann}`, `[${ann},${ann},{"to":"+1`])(
    'that is cut off is no list, whoever stands before: %s',
    async (text) => {
      for (const sizes of [[1], [10_000]])
        await expect(read(text, { sizes })).rejects.toThrow('The list is cut off');
    },
  );

  test('an element that does not end is given up', async () => {
    const text = `[${ann},"${'x'.repeat(1_000_000)}`;
    const list = await read(text, { sizes: [10_000] });
    expect(list.refused).toMatchObject([{ row: 2, code: 'LINE_TOO_LONG' }]);
  });

  test('bytes that are not UTF-8 cost their element only', async () => {
    const broken = Buffer.from(`[${ann},{"to":"+16505551235","1":"M?ller"},${ann}]`);
    broken[broken.indexOf('?')] = 0xfc;
    const list = await read(broken, { sizes: [4] });
    expect(list.recipients.map((r) => r.row)).toEqual([1, 3]);
    expect(list.refused).toMatchObject([{ row: 2, column: '1', code: 'TEXT_UNREADABLE' }]);
  });

  test.each([
    ['[]', 'LIST_EMPTY'],
    ['[ \n ]\n', 'LIST_EMPTY'],
    ['{"to":"+16505551234"}', 'LIST_UNREADABLE'],
    ['7', 'LIST_UNREADABLE'],
    ['nonsense', 'LIST_UNREADABLE'],
  ])('%s as JSON is %s', async (text, code) => {
    expect((await read(text, { format: 'json' })).problem).toBe(code);
  });
});

describe('objects of the Node client', () => {
  const lines = async (objects: Iterable<unknown> | AsyncIterable<unknown>) => {
    const all: string[] = [];
    for await (const line of recipientsFromObjects(objects)) {
      all.push(line.kind === 'recipient' ? line.recipient.to : line.refused.code);
    }
    return all;
  };

  test('follow the same rules, from any iterable', async () => {
    const objects = [
      { to: '+1 650 555 1234', 1: 'Ann' },
      7,
      { to: '6505551234', 1: 'x' },
      undefined,
    ];
    const expected = ['+16505551234', 'NOT_AN_OBJECT', 'PHONE_COUNTRY_MISSING', 'NOT_AN_OBJECT'];
    expect(await lines(objects)).toEqual(expected);
    expect(
      await lines(
        (async function* () {
          yield* objects;
        })(),
      ),
    ).toEqual(expected);
  });

  test('may hold dates, bigints and cycles', async () => {
    const cycle: Record<string, unknown> = { to: '+16505551236', 1: 'x' };
    cycle['1'] = cycle;
    const opened = await openObjectList(
      [
        { to: 16505551234n, 1: 'Ann', not_before: new Date(0) },
        { to: '+16505551235', 1: 'Bob', not_before: new Date(Number.NaN) },
        cycle,
      ],
      { defaultCountry: 'US' },
    );
    if (!opened.ok) throw new Error(opened.error.message);
    const all = [];
    for await (const line of linesOf(opened.value)) all.push(line);
    expect(all).toMatchObject([
      { recipient: { to: '+16505551234', notBefore: new Date(0) } },
      { refused: { row: 2, column: 'not_before' } },
      { refused: { row: 3, column: '1', value: 'object' } },
    ]);
    expect(opened.value.sha256()).toMatch(/^[0-9a-f]{64}$/);
  });

  test('none at all is an empty list', async () => {
    expect(await openObjectList([])).toMatchObject({ ok: false, error: { code: 'LIST_EMPTY' } });
    await expect(lines([])).rejects.toThrow('nobody');
  });
});
