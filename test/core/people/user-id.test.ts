/** Meta's ids of people. */
import { expect, test } from '@jest/globals';
import { countryOfUserId, isUserId, shownTo, userIdOf } from '../../../src/core/people/user-id.ts';

test.each(['US.13491208655302741918', 'DE.ENT.a1B2', 'US.a', `US.${'x'.repeat(128)}`])(
  '%s is one, also as it stands where a number would',
  (id) => {
    expect(isUserId(id)).toBe(true);
    expect([userIdOf(id), userIdOf(`+${id}`)]).toEqual([id, id]);
    expect([shownTo(id), shownTo(`+${id}`)]).toEqual([id, id]);
    expect(countryOfUserId(id)).toBe(id.split('.')[0]);
  },
);

test.each([
  '',
  'US.',
  `US.${'x'.repeat(129)}`,
  'us.1',
  'USA.1',
  'U.1',
  'US1',
  'US.a.b',
  'US.ENT.',
  ' US.1',
  'US.1\n',
  '+16505551234',
])('%j is none', (text) => {
  expect(isUserId(text)).toBe(false);
  expect([userIdOf(text), shownTo(text)]).toEqual([undefined, text]);
});
