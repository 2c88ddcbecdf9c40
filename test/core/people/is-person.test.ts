/** Whether what should name a column is a person. */
import { expect, test } from '@jest/globals';
import { isPerson } from '../../../src/core/people/is-person.ts';

test.each(['+1 650 555 1234', ' 5551234 ', '(030) 555-1234', 'US.13491208655302741918', ' US.a '])(
  '%j is one',
  (cell) => {
    expect(isPerson(cell)).toBe(true);
  },
);

test.each([
  '',
  'to',
  'phone 1',
  '555123',
  '+555123',
  '2026',
  'Column 16505551234',
  'US.',
  'x US.13',
])('%j is none', (cell) => {
  expect(isPerson(cell)).toBe(false);
});
