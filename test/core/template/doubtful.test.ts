/** Texts that are sent with a warning, and their neighbours, which are not warned of. */
import { expect, test } from '@jest/globals';
import { doubtfulText } from '../../../src/core/template/doubtful.ts';

const NOTHING = 'is what a program writes where it has nothing';
const PAGE = 'is what a page shows before it has a text';
const HINT = 'looks like a hint what to write here';
const SHORTENED = 'is a number that a spreadsheet has shortened';
const MARKS = 'has nothing but question marks';
const ENCODING = 'looks like UTF-8 that was read in another encoding';
const SIGNS = 'has signs that are written for a program';
const SHEET = 'looks like an error of a spreadsheet';
const PLACE = 'looks like a placeholder';

test.each([
  [NOTHING, ['NULL', ' "null" ', "''None''", '  n/a  ', '`TODO`', '-Infinity']],
  [PAGE, ['Loading...', ' #Loading… ', 'wird geladen ..', 'Please wait...']],
  [
    HINT,
    [
      'INSERT NAME HERE',
      '[Your name]',
      'enter text',
      'fill in the date',
      'Lorem ipsum dolor',
      '<yourname>',
      'your name here',
    ],
  ],
  [SHORTENED, ['1.6E+10', ' 1,65E10 ', '-4E-5', '+4e100', '4E+5']],
  [MARKS, ['?', ' ??? ']],
  [ENCODING, ['JosÃ©', 'Jos├®', 'Jos√©', 'itâ€™s']],
  [SIGNS, ['Tom &amp; Ann', '&#39;', '&#x2f;', 'Jos%C3%A9', 'Jos\\u00e9']],
  [SHEET, ['#NOME?', ' #¡VALOR! ', '#DIV/0!', '#¿NOMBRE?']],
  [PLACE, ['«Name»', '$name', '__NAME__', '@name@', ' «Street_1» ']],
] as const)('a text that %s', (why, texts) => {
  for (const text of texts) expect([text, doubtfulText(text)]).toEqual([text, why]);
});

test.each([
  [
    'words of nothing as parts of names',
    ['Nil', 'Na', 'Anna None', 'a "null" b', 'NULL"NULL"', 'null     null'],
  ],
  [
    'a page that speaks of loading',
    ['the Loading... x', 'Loading... done', 'xLoading...', 'Loading…x'],
  ],
  ['hints within a sentence', ['Xyour name is Ann', 'your names', 'insert coin', 'my name here']],
  [
    'numbers that are no short form',
    ['x1.6E+10', '1.6E+10x', '1E+1000', '16E+10', '*1E+5', '1.E+5'],
  ],
  ['questions', ['? x', 'x?', 'Who?', '?a']],
  ['words in other letters', ['José', 'naïve café', 'Ünal']],
  ['signs for people', ['Tom & Ann;', '&x;', '100%C3', '\\u00', '&#1;']],
  ['numbers of people', ['#NOME? x', 'x #NOME?', '#Nome?', '#N', '#1A?']],
  [
    'names with signs',
    ['«Name» x', 'x «Name»', '$name x', '__ x', '@name', 'a@name@', '__!__', '@!@'],
  ],
] as const)('is not warned of: %s', (_, texts) => {
  for (const text of texts) expect([text, doubtfulText(text)]).toEqual([text, undefined]);
});
