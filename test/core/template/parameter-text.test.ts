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

  test.each([
    [' \u00A0 ', 'the text is empty; Meta refuses empty parameters, so write something here'],
    ['\u200B', 'the text has only characters that nobody can see; write something here'],
    [
      'a\nb',
      'the text has a line break; Meta refuses line breaks in parameters, so write it on one line',
    ],
    ['a\tb', 'the text has a tab; Meta refuses tabs in parameters, so use a space'],
    ['a     b', 'the text has more than four spaces in a row; Meta refuses that, so use fewer'],
    [
      'a\uFFFDb',
      'a character could not be read (it stands as U+FFFD): the text is not UTF-8, or was damaged before; save the list as UTF-8',
    ],
    ['a\0b', 'the text has a NUL or half a surrogate pair, which is no text; take it out'],
  ])('%j is refused with what to do', (text, message) => {
    expect(checkParameterText(text)?.message).toBe(message);
  });

  test('one that is too long is told how long it is, in characters', () => {
    expect(checkParameterText('😀'.repeat(6), 5)?.message).toBe(
      'the text has 6 characters; Meta takes at most 5 here, so shorten it',
    );
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
