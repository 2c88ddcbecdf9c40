/** Whose a word is, and what a change of names tells: each shape of Meta's as the ledger takes it. */
import { describe, expect, test } from '@jest/globals';
import type { IdentityUpdate, PersonNames } from '../../src/core/webhook/update.ts';
import { linksOf, nameOf, toNameChange } from '../../src/replies/to-facts.ts';

const AT = new Date(0);

test.each<[string, PersonNames, string | undefined]>([
  ['the user id, beside a number', { waId: '15550100777', userId: 'US.7' }, 'US.7'],
  [
    'the parent user id, beside a number',
    { waId: '15550100777', parentUserId: 'US.ENT.7' },
    'US.ENT.7',
  ],
  ['the number where it is all that is told', { waId: '15550100777' }, '15550100777'],
  ['nobody where nothing is told', {}, undefined],
])('a word is of %s', (_, who, name) => {
  expect(nameOf(who)).toBe(name);
});

test('names told together lead to the number, each with the sender that was told', () => {
  const names = { waId: '15550100777', userId: 'US.7', parentUserId: 'US.ENT.7' };
  expect(linksOf({ senderId: '1', names, at: AT })).toEqual([
    { a: 'US.7', b: '15550100777', at: AT, senderId: '1' },
    { a: 'US.ENT.7', b: '15550100777', at: AT, senderId: '1' },
  ]);
});

describe('a change of names', () => {
  const read = (what: IdentityUpdate['what'], before: PersonNames, after: PersonNames) =>
    toNameChange({ kind: 'identity', senderId: '1', id: 'k', what, at: AT, before, after });
  const same = { key: 'k', at: AT, senderId: '1' };

  test.each<[string, ReturnType<typeof read>, object | undefined]>([
    [
      'has all old names and all new ones',
      read('number', { waId: '1', userId: 'US.7' }, { waId: '2', userId: 'US.8' }),
      { what: 'number', before: ['1', 'US.7'], after: ['2', 'US.8'] },
    ],
    [
      'of the user id leaves no number',
      read('user-id', { waId: '1', userId: 'US.7' }, { waId: '1', userId: 'US.8' }),
      { what: 'user-id', before: ['US.7'], after: ['1', 'US.8'] },
    ],
    [
      'of the user id without the old one is of who has the number',
      read('user-id', { waId: '1' }, { waId: '1', userId: 'US.8' }),
      { what: 'user-id', before: ['1'], after: ['US.8'] },
    ],
    ['to the same number alone is none', read('number', { waId: '1' }, { waId: '1' }), undefined],
  ])('%s', (_, change, expected) => {
    expect(change).toEqual(expected && { ...same, ...expected });
  });
});
