import { expect, test } from '@jest/globals';
import { knownColumn } from '../../../src/core/people/known-columns.ts';

test.each(['to', 'phone', 'reference', 'language', 'not_before', 'not_after'])(
  '%s is no parameter, in whatever case it is written',
  (name) => {
    expect(knownColumn(name)).toBe(name);
    expect(knownColumn(` ${name.toUpperCase()} `)).toBe(name);
  },
);

test.each(['', '1', 'name', 'notBefore', 'to_'])('%j is one', (name) => {
  expect(knownColumn(name)).toBeUndefined();
});
