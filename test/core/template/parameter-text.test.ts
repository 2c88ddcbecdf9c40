import { describe, expect, test } from '@jest/globals';
import {
  BODY_TEXT_LIMIT,
  characters,
  checkParameterText,
  checkStorableText,
  HEADER_TEXT_LIMIT,
} from '../../../src/core/template/parameter-text.ts';

describe('a parameter text Meta refuses is refused here', () => {
  test.each([
    ['', 'PARAMETER_EMPTY'],
    [' \u00A0 ', 'PARAMETER_EMPTY'],
    ['a\nb', 'PARAMETER_NEWLINE'],
    ['a\r', 'PARAMETER_NEWLINE'],
    ['a\tb', 'PARAMETER_TAB'],
    ['a     b', 'PARAMETER_SPACES'],
    ['x'.repeat(BODY_TEXT_LIMIT + 1), 'PARAMETER_TOO_LONG'],
    ['M\uFFFDller', 'TEXT_UNREADABLE'],
    ['a\0b', 'TEXT_INVALID'],
    ['a\uD83D', 'TEXT_INVALID'],
  ])('%j is %s', (text, code) => {
    expect(checkParameterText(text)?.code).toBe(code);
  });

  test('a header takes less', () => {
    expect(checkParameterText('x'.repeat(1_024), HEADER_TEXT_LIMIT)).toBeUndefined();
    expect(checkParameterText('x'.repeat(1_025), HEADER_TEXT_LIMIT)?.code).toBe(
      'PARAMETER_TOO_LONG',
    );
  });
});

test.each([
  'Ann',
  'Ann    Lee',
  '  Ann',
  'Zoë 👩‍👩‍👧',
  '0',
  'x'.repeat(BODY_TEXT_LIMIT),
  '😀'.repeat(BODY_TEXT_LIMIT),
])('a good text passes', (text) => {
  expect(checkParameterText(text)).toBeUndefined();
});

test('characters are counted as people count them', () => {
  expect(characters('😀a')).toBe(2);
  expect(checkStorableText('😀\n')).toBeUndefined();
});
