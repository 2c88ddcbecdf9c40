/** What keys are called and what they may do. */
import { expect, test } from '@jest/globals';
import { covers, isKeyName, KEY_SCOPES } from '../../src/core/api-key.ts';

test('each scope may do what those before it may, and no more', () => {
  const enough = KEY_SCOPES.map((has) => KEY_SCOPES.filter((needs) => covers(has, needs)));
  expect(enough).toEqual([['read'], ['read', 'send'], ['read', 'send', 'admin']]);
});

test.each([
  'a',
  '7',
  'Ops.team_1-x',
  'x'.repeat(64),
  // None of ours: too short, too long, not in hex, not at the beginning.
  `key-${'0'.repeat(15)}`,
  `key-${'0'.repeat(17)}`,
  `key-${'0'.repeat(15)}g`,
  `x-key-${'0'.repeat(16)}`,
])('a key may be called %s', (name) => {
  expect(isKeyName(name)).toBe(true);
});

test.each([
  ['', 'nothing'],
  ['x'.repeat(65), 'too long'],
  ['.a', 'no letter or digit first'],
  ['-a', 'no letter or digit first'],
  ['a b', 'a space'],
  ['a\n', 'a line break'],
  ['a@b', 'another sign'],
  ['ä', 'another letter'],
  ['key-0123456789abcdef', 'an id of ours'],
])('a key may not be called %j: %s', (name) => {
  expect(isKeyName(name)).toBe(false);
});
