import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withoutLikelySecrets, withoutSecrets } from '../../src/core/secret-text.ts';

const letters = (alphabet: string, min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: min, maxLength: max });

const SMALL = 'abcdefghijklmnopqrstuvwxyz';
const ALNUM = `${SMALL}${SMALL.toUpperCase()}0123456789`;

/** Secrets as Meta and generators make them; those by pure chance without a digit are left out. */
const token = fc
  .oneof(
    letters(ALNUM, 20, 200).map((rest) => `EAA${rest}`),
    letters('0123456789abcdef', 32, 64),
    letters(ALNUM, 24, 64),
    letters(ALNUM, 27, 27).map((rest) => `1234567890|${rest}`),
  )
  .filter((text) => /\d/.test(text) && /[A-Za-z]/.test(text));

describe('what a person typed', () => {
  test('shows no token, wherever it stands in the message', () => {
    const around = fc.constantFrom(
      (t: string) => t,
      (t: string) => `--sender is "${t}"`,
      (t: string) => `error: unknown option '--token=${t}'`,
      (t: string) => `/work/dir/${t}: ENOENT`,
      (t: string) => `There is no sender ${t} in the settings.`,
    );
    fc.assert(
      fc.property(token, around, (t, say) => {
        expect(withoutLikelySecrets(say(t))).not.toContain(t);
      }),
    );
  });

  test('shows no app access token, though its key has neither digits nor noise; logs show none either', () => {
    const token = `1234567890|${'a'.repeat(27)}`;
    for (const shown of [withoutLikelySecrets, withoutSecrets])
      expect(shown(`"${token}" is no id`)).toBe('"[secret]" is no id');
  });

  test('shows no password of a URL, whatever is in it', () => {
    const password = letters(`${ALNUM}/@!$%`, 4, 20);
    fc.assert(
      fc.property(password, (p) => {
        for (const url of [`https://me:${p}@host/x`, `postgres://${p}@db`]) {
          expect(withoutLikelySecrets(`is "${url}"; expected`)).not.toContain(`${p}@`);
        }
      }),
    );
    expect(withoutLikelySecrets('https://me:hunter2@host/x')).toBe('https://[secret]@host/x');
    expect(withoutLikelySecrets('is "me:hunter2@graph.example"')).not.toContain('hunter2');
    expect(withoutLikelySecrets('https://host/?access_token=hunter2')).not.toContain('hunter2');
  });

  test.each([
    'GRAPH_API_VERSION is "24"; expected a version like v24.0.',
    'There is no sender 106540352242922 in the settings.',
    'WHATSAPP_ACCESS_TOKEN_FILE is "/home/ops/callpermit-config-a1B2c3/nowhere"; expected a file',
    'There is no file "march-2026-customers_final.v2.csv".',
    'Template order_update_2024_v3 (pt_BR) is PAUSED.',
    'The key 8c1b2f3e-1234-4567-8901-123456789abc is known.',
    'wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA',
    'GRAPH_BASE_URL is "http://graph.example:8080/base"; expected https',
    'due at 2026-11-27T00:14:20.123Z',
  ])('stays readable: %s', (text) => {
    expect(withoutLikelySecrets(text)).toBe(text);
  });
});

test('a log keeps long ids and loses what is surely a secret', () => {
  expect(withoutSecrets('trace AbC123dEf456GhI789jKl')).toContain('AbC123dEf456GhI789jKl');
  expect(withoutSecrets('Bearer abc.def-ghi')).toBe('Bearer [secret]');
});

const [fifteen, sixteen] = ['a'.repeat(15), 'a'.repeat(16)];

describe('a log', () => {
  test.each([
    ['Authorization: Bearer  abc.d~e+f/g=h-i, x', 'Authorization: Bearer [secret], x'],
    ['{"authorization":"basic dTpw=="}', '{"authorization":"basic [secret]"}'],
    ['?access_token=abc&x=1', '?access_token=[secret]&x=1'],
    ['input_token=abc def', 'input_token=[secret] def'],
    ['"appsecret_proof=a.b|c"', '"appsecret_proof=[secret]"'],
    ["'CLIENT_SECRET=abc'", "'CLIENT_SECRET=[secret]'"],
    ['postgres://me:pw@host or redis://:pw@h', 'postgres://[secret]@host or redis://[secret]@h'],
    ['git+ssh://me@host', 'git+ssh://[secret]@host'],
    ['https://host/path@x', 'https://host/path@x'],
    [`12345678|${sixteen}`, '[secret]'],
    [`1234567|${sixteen}`, `1234567|${sixteen}`],
    [`12345678|${fifteen}`, `12345678|${fifteen}`],
    [`cpk_${sixteen}A-_9 and cps_${sixteen}.`, '[secret] and [secret].'],
    [`cpk_${fifteen} cpx_${sixteen}`, `cpk_${fifteen} cpx_${sixteen}`],
    [`xcpk_${sixteen}`, `xcpk_${sixteen}`],
    [`x EAA${sixteen} y`, 'x [secret] y'],
    [`EAA${fifteen}`, `EAA${fifteen}`],
    [`xEAA${sixteen}`, `xEAA${sixteen}`],
  ])('that has %j says %j', (text, shown) => {
    expect(withoutSecrets(text)).toBe(shown);
  });
});

describe('a message about what somebody typed', () => {
  test.each([
    ['https://me:p/@ss@host/x', 'https://[secret]@host/x'],
    ['HTTPS://me:p/s@host', 'HTTPS://[secret]@host'],
    ['x.y-z://m/e@host', 'x.y-z://[secret]@host'],
    ['me:hunter2@graph.example', '[secret]@graph.example'],
    ['EAAabcd', '[secret]'],
    ['EAAabc', 'EAAabc'],
    ['abcdefghijklmno1', '[secret]'],
    ['key-abcdefghijklmno1', '[secret]'],
    ['abcdefghijklmn1', 'abcdefghijklmn1'],
    ['internationalization', 'internationalization'],
    ['sender_1065403522429221', 'sender_1065403522429221'],
    ['1.2.3.4.5.6.7.8.9.10', '1.2.3.4.5.6.7.8.9.10'],
    ['aBcDeFgHiJkLmNoP', '[secret]'],
    ['aa1b2c3-defghijklm', 'aa1b2c3-defghijklm'],
    ['1b2c3d4-efghijklmn', '[secret]'],
    ['x8c1b2f3e-1234-4567-8901-123456789abc', '[secret]'],
    ['8c1b2f3e-1234-4567-8901-123456789abcx', '[secret]'],
    ['x-wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI5QTND', '[secret]'],
    ['wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI5QTND~', '[secret]'],
  ])('that has %j says %j', (typed, shown) => {
    expect(withoutLikelySecrets(`is "${typed}"`)).toBe(`is "${shown}"`);
    expect(withoutLikelySecrets(typed)).toBe(shown);
  });
});
