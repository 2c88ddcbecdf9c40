import { expect, test } from '@jest/globals';
import { knownColumn, namesPerson } from '../../../src/core/people/known-columns.ts';

test.each(['to', 'phone', 'user_id', 'reference', 'language', 'not_before', 'not_after'])(
  '%s is no parameter, in whatever case it is written',
  (name) => {
    expect(knownColumn(name)).toBe(name);
    expect(knownColumn(` ${name.toUpperCase()} `)).toBe(name);
  },
);

test.each(['', '1', 'name', 'notBefore', 'to_'])('%j is one', (name) => {
  expect(knownColumn(name)).toBeUndefined();
});

test('who is meant is said by a number or a user id, and by no other column', () => {
  expect((['to', 'phone', 'user_id'] as const).every(namesPerson)).toBe(true);
  expect((['reference', 'language', 'not_before', 'not_after'] as const).some(namesPerson)).toBe(
    false,
  );
});
