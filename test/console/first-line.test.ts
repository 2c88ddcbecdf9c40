/** A list that begins with a person: they are not lost as the names of columns. */
import { describe, expect, it } from '@jest/globals';
import { beginsWithPerson, withHeader } from '../../src/console/list/first-line.ts';
import { guessMapping } from '../../src/console/list/mapping.ts';
import { readHead } from '../../src/console/list/read-head.ts';
import { encoded } from '../intake/support.ts';

const NAMES = { numbers: 'to', nameOf: (place: number) => `Column ${place}` };
const blob = (text: string, encoding?: Parameters<typeof encoded>[1]) =>
  new Blob([new Uint8Array(encoded(text, encoding))]);

describe('a first line', () => {
  it.each([
    ['+4915113000011;Ann', true],
    ['Ann,0151 13000011', true],
    ['US.13491208655302741918', true],
    ['to;name', false],
    ['phone 2;name', false],
    ['Mobile;2026', false],
  ])('is a person: %s %s', async (line, is) => {
    expect(beginsWithPerson(await readHead(blob(`${line}\n+4915113000012;Bob\n`)))).toBe(is);
  });

  it('is judged by the column that was chosen for the numbers', async () => {
    const head = await readHead(blob('phone;4915113000011\n+4915113000012;x\n'));
    expect(beginsWithPerson(head, 'phone')).toBe(false);
    expect(beginsWithPerson(head, '4915113000011')).toBe(true);
    expect(beginsWithPerson(await readHead(blob('{"to":"+4915113000012"}\n')))).toBe(false);
  });
});

describe('the names that such a list gets', () => {
  it.each(['utf8', 'utf8-bom', 'utf16le', 'utf16be'] as const)(
    'leave each line where it was, in %s',
    async (encoding) => {
      const list = blob('Zoë;+4915113000011\nBob;+4915113000012;x\n', encoding);
      const before = await readHead(list);
      const head = await readHead(await withHeader(list, before, NAMES));
      expect(head).toMatchObject({
        ...{ charset: before.charset, delimiter: ';' },
        columns: ['Column 1', 'to', 'Column 3'],
        lines: [
          ['Zoë', '+4915113000011'],
          ['Bob', '+4915113000012', 'x'],
        ],
      });
      expect(guessMapping(head, ['1'])).toEqual({ to: 'to' });
    },
  );
});
