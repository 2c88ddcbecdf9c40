/** What is said of texts that were left behind, and texts that are near to such ones. */
import { describe, expect, test } from '@jest/globals';
import { checkParameterText } from '../../../src/core/template/parameter-text.ts';

const refusal = (text: string) => checkParameterText(text)?.code;

describe('what was left behind is shown, and what to do is said', () => {
  test.each([
    [
      'Ann #N/A',
      'the text has an error of a spreadsheet (#N/A); correct the formula, or write what was meant',
    ],
    [
      ' #N/A\u200B ',
      'the text is an error of a spreadsheet (#N/A); correct the formula, or write what was meant',
    ],
    ['=A1', 'the text is a formula (=A1), not what it comes to; save the list with the values'],
    [
      '##',
      'a spreadsheet shows # where the column is too narrow; make it wider and save the list again',
    ],
    ['NaN', 'a program wrote NaN where it had no text; write what was meant'],
    [
      'Dear [object Object]',
      'a program wrote Dear [object Object] where it had no text; write what was meant',
    ],
    [
      'Dear {{1}}',
      'the text is a placeholder that nobody filled in (Dear {{1}}); write what was meant',
    ],
    [
      `${'x'.repeat(34)} {{1}}`,
      `the text is a placeholder that nobody filled in (${'x'.repeat(34)} {{1}}); write what was meant`,
    ],
    [
      `${'x'.repeat(35)} {{1}}`,
      `the text is a placeholder that nobody filled in (${'x'.repeat(35)} {{1}...); write what was meant`,
    ],
  ])('%j', (text, message) => {
    expect(checkParameterText(text)?.message).toBe(message);
  });
});

describe('signs that only look like a placeholder or a program are let pass', () => {
  test.each([
    ...['{', '}', 'a {} b', '[1]', '[12]', '%5%', '< 5 >', '<5>', '[[', '{123}', 'x {12345} y'],
    ...['$ {', '*|', '|*', '50% of 100%', '5%% or 6%%', 'a [object] b', 'object 7]'],
    ...['[Name] of it', 'of <Name>', 'a %Name%', '[Name]:', '"a"', "'a'", '" x "', '{b c!'],
    ...['undefined it is', 'an undefined', '\'undefined"', '(nothing)', '(null) or so', 'Na'],
  ])('%j', (text) => {
    expect(refusal(text)).toBeUndefined();
  });
});
