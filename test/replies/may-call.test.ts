/** Who may be called, and at which of the names by which they can be found. */
import { expect, test } from '@jest/globals';
import { mayCallAt } from '../../src/replies/book-filter.ts';

const book = { state: 'permanent', to: '+16502000002', waId: '16502000002' } as const;

test.each([
  ['at the number that they have', '+16502000002', book, true],
  ['not at one that they have left', '+16502000001', book, false],
  [
    'at the number that Meta writes otherwise',
    '+5215512345678',
    { ...book, to: '+525512345678', waId: null },
    true,
  ],
  ['at the one by which Meta knows them', '+16502000003', { ...book, waId: '16502000003' }, true],
  ['by their user id', '+US.1349', book, true],
  ['not once they said no', '+16502000002', { ...book, state: 'declined' } as const, false],
])('a person may be called %s', (_, name, entry, is) => {
  expect(mayCallAt(name, entry)).toBe(is);
});
