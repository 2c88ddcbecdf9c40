/** Digits as some keyboards write them. */
import { expect, test } from '@jest/globals';
import { asciiDigits, fullWidthForms } from '../../../src/core/people/ascii-digits.ts';

const WIDE = '\uff0b\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19';

test('full-width digits and the plus become those of ASCII, wherever they stand, and nothing else does', () => {
  expect(asciiDigits(WIDE)).toBe('+0123456789');
  expect(asciiDigits(`to ${WIDE} or ${WIDE}`)).toBe('to +0123456789 or +0123456789');
  const others = 'a \uff0a\uff0c\uff0f\uff1a\uff21 +49';
  expect(asciiDigits(others)).toBe(others);
});

test('digits stand full-width in JSON as they are, or escaped in either case', () => {
  expect(fullWidthForms('049')).toEqual([
    '\uff10\uff14\uff19',
    '\\uff10\\uff14\\uff19',
    '\\uFF10\\uFF14\\uFF19',
  ]);
});
