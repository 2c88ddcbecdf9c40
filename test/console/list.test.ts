/** What the console reads of a list's beginning, and which column it takes for what. */
import { describe, expect, it } from '@jest/globals';
import {
  guessMapping,
  type Mapping,
  missingIn,
  queryOf,
  valuesOf,
} from '../../src/console/list/mapping.ts';
import { type ListHead, readHead } from '../../src/console/list/read-head.ts';
import { USUAL, wrongIn } from '../../src/console/pages/new-campaign/settings.ts';

const latin1 = (text: string) => new Blob([new Uint8Array(Buffer.from(text, 'latin1'))]);
const utf16 = (text: string) => new Blob([new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le'))]);

describe('the beginning of a list', () => {
  it.each([
    ['UTF-8 with commas', new Blob(['to,name\n+1,Zoë\n']), 'utf-8', ','],
    ['a byte order mark', new Blob(['\uFEFFto,name\n+1,Zoë\n']), 'utf-8', ','],
    ['windows-1252 with semicolons', latin1('to;name\r\n+1;Zoë\r\n'), 'windows-1252', ';'],
    ['UTF-16 with tabs', utf16('to\tname\n+1\tZoë\n'), 'utf-16le', '\t'],
    ['the end of a line of old', new Blob(['to|name\r+1|Zoë\r']), 'utf-8', '|'],
    ['a line that names the delimiter', new Blob(['sep=;\nto;name\n+1;Zoë\n']), 'utf-8', ';'],
  ])('is read: %s', async (_what, list, charset, delimiter) => {
    expect(await readHead(list)).toEqual({
      ...{ format: 'csv', charset, delimiter },
      ...{ columns: ['to', 'name'], lines: [['+1', 'Zoë']] },
    });
  });

  it('has cells with delimiters, quotation marks and ends of lines in them', async () => {
    const { lines } = await readHead(new Blob(['to,note\n+1,"a, ""b""\nc"\n']));
    expect(lines).toEqual([['+1', 'a, "b"\nc']]);
  });

  it('is parted as the service parts it: by what brings the numbers out, below rows of nothing', async () => {
    const read = async (text: string) => {
      const { delimiter, columns, lines } = await readHead(new Blob([text]));
      return [delimiter, columns, lines[0]];
    };
    const name = 'name, first, last';
    expect(await read(`to;${name}\n+1;a, b, c\n`)).toEqual([';', ['to', name], ['+1', 'a, b, c']]);
    expect(await read('\n;;\nto;name\n+1;Zoë\n')).toEqual([';', ['to', 'name'], ['+1', 'Zoë']]);
    expect(await read('"sep=;"\nto;name\n+1;Zoë\n')).toEqual([
      ...[';', ['to', 'name'], ['+1', 'Zoë']],
    ]);
  });

  it('is read as somebody says, where the guess is wrong', async () => {
    const { lines } = await readHead(new Blob(['to,name\n+1,Zoë\n']), 'windows-1252');
    expect(lines).toEqual([['+1', 'ZoÃ«']]);
  });

  it('is taken for no other encoding where its first 64 kB end within a letter', async () => {
    const text = `to,name\n${'+1,ë\n'.repeat(20_000)}`;
    for (const before of ['', 'x', 'xx', 'xxx', 'xxxx'])
      expect((await readHead(new Blob([before + text]))).charset).toBe('utf-8');
  });

  it('shows five lines, and none that is cut off', async () => {
    const long = 'x'.repeat(30_000);
    const { lines } = await readHead(new Blob([`to,name\n+1,${long}\n+2,${long}\n+3,${long}\n`]));
    expect(lines.map(([to]) => to)).toEqual(['+1', '+2']);
    const many = await readHead(new Blob([`to\n${'+1\n'.repeat(9)}`]));
    expect(many.lines.length).toBe(5);
  });

  it('may be objects, one a line or in an array that is cut off', async () => {
    const one = '{"to":"+1","parameters":{"name":"Zoë {x}"}}';
    const shown = { charset: 'utf-8', columns: ['to', 'name'] };
    const lines = [
      ['+1', 'Zoë {x}'],
      ['+1', 'Zoë {x}'],
    ];
    expect(await readHead(new Blob([`${one}\n${one}\n`]))).toEqual({
      ...{ format: 'ndjson', lines },
      ...shown,
    });
    expect(await readHead(new Blob([`[${one}, ${one}, {"to":`]))).toEqual({
      ...{ format: 'json', lines },
      ...shown,
    });
  });
});

describe('which column is what', () => {
  const head = async (columns: string) => readHead(new Blob([`${columns}\na,b,c,d\n`]));

  it('is guessed by the same names, and by what people call a number and a reference', async () => {
    expect(guessMapping(await head('Kundennummer,Telefon,Name,x'), ['name'])).toEqual({
      ...{ reference: 'Kundennummer', to: 'Telefon', name: 'Name' },
    });
    expect(guessMapping(await head('to,phone,1,x'), ['1'])).toEqual({ to: 'to', 1: '1' });
    expect(guessMapping(await head('Nummer,x'), [])).toEqual({ to: 'Nummer' });
  });

  it('fills the preview with the first line, and says what is missing', async () => {
    const found = await head('Telefon,Name');
    const mapping = guessMapping(found, ['name', 'city']);
    expect(valuesOf(found, mapping)).toEqual({ to: 'a', name: 'b' });
    expect(missingIn(mapping, ['name', 'city'])).toEqual(['city']);
  });

  it('is told to the API: other names are mapped, the rest is left out', async () => {
    const found = await head('Telefon,"Name, first",x,');
    const { map, ...rest } = queryOf(found, { to: 'Telefon', 1: 'Name, first', reference: '' });
    expect(JSON.parse(map ?? '')).toEqual({ Telefon: 'to', 'Name, first': '1' });
    expect(rest).toEqual({ ignoreColumns: 'all' });
  });

  it('leaves out by its name a column that the service would take for something of its own', async () => {
    const found = await head('Telefon,phone,"a, b",x');
    expect(queryOf(found, { to: 'Telefon' })).toEqual({
      map: '{"Telefon":"to"}',
      ignoreColumns: 'phone,"a, b",x',
    });
  });

  it('leaves out by its name a column that is called as another one is to be', async () => {
    const found = await head('to,name,Vorname,x');
    expect(queryOf(found, { to: 'to', name: 'Vorname' })).toEqual({
      map: '{"Vorname":"name"}',
      ignoreColumns: 'name,x',
    });
  });

  it('may be several things for one column, also beside what that is called', async () => {
    const mapOf = (columns: ListHead, mapping: Mapping) =>
      JSON.parse(queryOf(columns, mapping).map ?? '{}');
    const found = await head('Telefon,Kundennr,reference');
    expect(mapOf(found, { to: 'Telefon', reference: 'Kundennr', 2: 'Kundennr' })).toEqual({
      ...{ Telefon: 'to', Kundennr: ['2', 'reference'] },
    });
    expect(mapOf(found, { to: 'Telefon', reference: 'reference' })).toEqual({ Telefon: 'to' });
    expect(mapOf(found, { to: 'Telefon', reference: 'reference', 1: 'reference' })).toEqual({
      ...{ Telefon: 'to', reference: ['1', 'reference'] },
    });
  });
});

describe('when a campaign asks', () => {
  const now = new Date(2026, 10, 29, 12).getTime();
  const wrong = (change: Partial<typeof USUAL>) => wrongIn({ ...USUAL, ...change }, now);

  it('is wrong with one end of the quiet hours, which would let people be asked at night', () => {
    expect(wrong({ quietFrom: '21:00' })).toEqual({ quiet: 'to' });
    expect(wrong({ quietTo: '08:00' })).toEqual({ quiet: 'from' });
    expect(wrong({ quietFrom: '21:00', quietTo: '08:00' })).toEqual({});
  });

  it('is wrong with a time that is over, which would ask at once or nobody', () => {
    expect(wrong({ start: 'at' })).toEqual({ startAt: 'none' });
    expect(wrong({ start: 'at', startAt: '2026-11-29T11:59' })).toEqual({ startAt: 'past' });
    expect(wrong({ start: 'at', startAt: '2026-11-29T12:01' })).toEqual({});
    expect(wrong({ start: 'now', startAt: '2026-11-29T11:59' })).toEqual({});
    expect(wrong({ expireAt: '2026-11-29T11:59' })).toEqual({ expireAt: 'past' });
  });

  it('is wrong with an end that comes before it starts, or with it', () => {
    const from = { start: 'at', startAt: '2026-11-30T09:00' } as const;
    for (const expireAt of ['2026-11-30T08:59', '2026-11-30T09:00'])
      expect(wrong({ ...from, expireAt })).toEqual({ expireAt: 'early' });
    expect(wrong({ ...from, expireAt: '2026-11-30T09:01' })).toEqual({});
    // What starts at once starts before.
    expect(wrong({ startAt: '2026-11-30T09:00', expireAt: '2026-11-29T12:01' })).toEqual({});
  });
});
