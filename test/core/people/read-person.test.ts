/** One person as people and programs name them. */
import { expect, test } from '@jest/globals';
import { type PersonReading, readPerson } from '../../../src/core/people/read-person.ts';

test.each<[string, PersonReading | undefined, string, string]>([
  ['US.13491208655302741918', {}, 'US.13491208655302741918', 'a user id as it is'],
  ['+1 650 555 1234', {}, '+16505551234', 'a number with its plus'],
  ['16505551234', undefined, '+16505551234', 'without it as our exports print it'],
  ['4930123456', { defaultCountry: 'DE' }, '+4930123456', 'the same where a country is given'],
  ['030 12345678', { defaultCountry: 'DE', numbers: 'national' }, '+493012345678', 'as dialled'],
])('%j, read by %j, is %s: %s', async (text, how, value, _why) => {
  expect(await readPerson(text, how)).toEqual({ ok: true, value });
});

test('what cannot be read is a problem of the caller, who sees no whole number', async () => {
  const read = await readPerson('+1650555123456789', {});
  expect(read).toEqual({
    ok: false,
    error: {
      code: 'USAGE',
      where: 'number',
      message: expect.stringMatching(/^"\+1650\**89" cannot be read: .+\.$/),
    },
  });
});
