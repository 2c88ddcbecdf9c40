/** Which character parts the cells of a header. */
import { expect, test } from '@jest/globals';
import { guessDelimiter } from '../../../src/core/csv/delimiter.ts';

const namesPerson = (column: string) => column === 'to';

test.each([
  ['to,a;b;c', ',', ['to', 'a;b;c'], 'it brings out a column that names people'],
  ['a,b,c; to ;d', ';', ['a,b,c', ' to ', 'd'], 'it does so with spaces around the name'],
  ['to|a', '|', ['to', 'a'], 'the same'],
  ['to\ta', '\t', ['to', 'a'], 'the same'],
  ['to,a;to', ',', ['to', 'a;to'], 'the first of two that do so'],
  ['a;b,c,d', ',', ['a;b', 'c', 'd'], 'none does so, and it makes most columns'],
  ['a,b;c;d', ';', ['a,b', 'c', 'd'], 'the same'],
  ['to', ',', ['to'], 'there is one column: the first of all'],
  ['"to";"a,b"', ';', ['to', 'a,b'], 'the header is broken by the others'],
])('%j is parted by %j into %j: %s', (header, delimiter, cells) => {
  expect(guessDelimiter(header, namesPerson)).toMatchObject({ delimiter, cells });
});

test.each(['"to', 'to"', '"to"x,a'])('%j is broken by all of them', (header) => {
  expect(guessDelimiter(header, namesPerson)).toBeUndefined();
});

test('where a line names the delimiter no other is tried', () => {
  expect(guessDelimiter('to,a^b', namesPerson, ['^'])).toMatchObject({
    delimiter: '^',
    cells: ['to,a', 'b'],
  });
});
