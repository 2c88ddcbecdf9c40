/** What people who log in are called and may do, and what a password has to be. */
import { describe, expect, test } from '@jest/globals';
import { KEY_SCOPES } from '../../src/core/api-key.ts';
import {
  isRole,
  isUserName,
  nameKey,
  ROLES,
  readPassword,
  roleFor,
  scopeOf,
} from '../../src/core/user.ts';

describe('a role', () => {
  test('is a scope of keys, and the least that is good for it', () => {
    expect(ROLES.map((role) => [role, scopeOf(role)])).toEqual([
      ['viewer', 'read'],
      ['operator', 'send'],
      ['admin', 'admin'],
    ]);
    expect(KEY_SCOPES.map(roleFor)).toEqual(ROLES);
  });

  test('is one of those alone', () => {
    expect(ROLES.every(isRole)).toBe(true);
    expect(['', 'Admin', 'send', 'toString'].some(isRole)).toBe(false);
  });
});

describe('a user', () => {
  test.each(['a', '7', 'ann@example.com', 'Ann.B_c-d+e', 'x'.repeat(128)])('may be %s', (name) => {
    expect(isUserName(name)).toBe(true);
  });

  test.each(['', 'x'.repeat(129), '@a', 'a b', ' a', 'a\n', 'a/b', 'ä'])(
    'may not be %j',
    (name) => {
      expect(isUserName(name)).toBe(false);
    },
  );

  test('is the same in small letters and capitals', () => {
    expect(nameKey('Ann@Example.COM')).toBe('ann@example.com');
  });
});

describe('a password', () => {
  test.each([
    ['is too short', 'nine char', 'it has fewer than 10 characters'],
    [
      'is too short in signs, not in units',
      '\u{1f40e}abc'.repeat(2),
      'it has fewer than 10 characters',
    ],
    ['is too long', `${'abcd'.repeat(50)}e`, 'it has more than 200 bytes'],
    ['is too long in bytes', '\u{1f40e}abc'.repeat(40), 'it has more than 200 bytes'],
    ['is one letter', 'aaaaaaaaaaaaaa', 'it has fewer than four different characters'],
    ['is three letters', 'abcabcabcabc', 'it has fewer than four different characters'],
    ['has the name in it', 'my-name-is-ANN', 'it has the name in it'],
    ['is not one line', 'line one\nline two', 'it has control characters'],
  ])('that %s is not taken', (_what, text, error) => {
    expect(readPassword(text, 'Ann')).toEqual({ ok: false, error });
  });

  test.each([
    ['ten characters', 'ten chars!'],
    ['200 bytes', 'abcd'.repeat(50)],
    ['four letters', 'abcdabcdabcd'],
  ])('of %s is taken', (_what, text) => {
    expect(readPassword(text, 'x')).toEqual({ ok: true, value: text });
  });

  test('is the same however a keyboard writes its letters', () => {
    const [one, other] = ['p\u00e4sswort-lang', 'pa\u0308sswort-lang'].map((text) =>
      readPassword(text, 'x'),
    );
    expect(one).toEqual({ ok: true, value: 'p\u00e4sswort-lang' });
    expect(other).toEqual(one);
  });
});
