import { describe, expect, test } from '@jest/globals';
import {
  checkText,
  formatOf,
  type TemplateTexts,
} from '../../../src/core/template/template-text.ts';

const BODY = 'May we call you?';

/** Where, what, and what to do, of all that is wrong. */
const said = (texts: Partial<TemplateTexts>) =>
  checkText({ body: BODY, ...texts }).map(({ code, where, message, next }) => {
    expect(code).toBe('TEMPLATE_INVALID');
    return `${where}: ${message} ${next}`;
  });

test.each([
  [[], 'positional'],
  [['1', '2'], 'positional'],
  [['a', 'b1'], 'named'],
  [['1', 'a'], undefined],
])('variables %j are %s', (names, format) => {
  expect(formatOf(names)).toBe(format);
});

describe('nothing is wrong with', () => {
  test.each<[Partial<TemplateTexts>]>([
    [{}],
    [{ body: 'x'.repeat(1_024), header: 'x'.repeat(60), footer: 'x'.repeat(60) }],
    [{ body: '😀'.repeat(1_024), header: '😀'.repeat(60) }],
    [{ header: 'Order {{1}}', body: 'Hello {{1}}, may we call you?' }],
    [{ body: 'Hello {{2}}, may we call about {{1}}, {{2}}, today please?' }],
    [{ body: 'Hello {{a_1}}, may we call?' }],
    [{ header: 'snake_case_name and _ _' }],
    [{ body: 'Hello {{1}} you!' }],
    [{ body: 'Hi {{1}} ,  ... {{2}} you there' }],
    [{ body: 'Hi {one} and } that {' }],
  ])('%j', (texts) => {
    expect(said(texts)).toEqual([]);
  });
});

describe('it is said what is wrong, and what to do', () => {
  test.each<[Partial<TemplateTexts>, string]>([
    [{ body: ' \n' }, 'body: The body is empty. Give it a text.'],
    [{ header: '' }, 'header: The header is empty. Give it a text.'],
    [{ footer: ' ' }, 'footer: The footer is empty. Give it a text.'],
    [
      { body: 'x'.repeat(1_025) },
      'body: The body has 1025 characters; Meta takes 1024. Shorten it.',
    ],
    [
      { header: 'x'.repeat(61) },
      'header: The header has 61 characters; Meta takes 60. Shorten it.',
    ],
    [
      { footer: 'x'.repeat(61) },
      'footer: The footer has 61 characters; Meta takes 60. Shorten it.',
    ],
    [
      { header: 'Order {{1}}', body: 'Hello {{a}} and {{a}}, may we call you?' },
      'body: {{a}} stands twice in the body; names must be unique. Rename one.\n' +
        'body: The template mixes numbered and named variables ({{1}}, {{a}}). Use either {{1}}, {{2}}, ... or names throughout.',
    ],
    ...['Hello {{1, may we call?', 'Hello 1}}, may we call?', 'Hello {{{{1}}, it is us'].map(
      (body): [Partial<TemplateTexts>, string] => [
        { body },
        'body: The body has braces that form no variable. Write {{1}} or {{first_name}}.',
      ],
    ),
    ...['Name', '1a', '_a', 'a-b', 'a b', 'aB', '', 'é'].map(
      (name): [Partial<TemplateTexts>, string] => [
        { body: `Hello {{${name}}}, may we call you?` },
        `body: {{${name}}} is no variable: Meta takes numbers, or names of lower-case letters, digits and underscores. Write {{1}} or {{first_name}}.`,
      ],
    ),
    [
      { body: 'Hello {{N}} and {{N}}, may we call you?' },
      'body: {{N}} is no variable: Meta takes numbers, or names of lower-case letters, digits and underscores. Write {{1}} or {{first_name}}.\n' +
        'body: {{N}} stands twice in the body; names must be unique. Rename one.',
    ],
    [
      { body: 'Hello {{1}}, {{4}}, {{3}}, may we call you about this order?' },
      'body: The body uses {{3}} where {{2}} is due: numbers start at 1 and leave no gap. Number the variables {{1}}, {{2}}, ... again.',
    ],
    [
      { header: 'For {{2}}' },
      'header: The header uses {{2}} where {{1}} is due: numbers start at 1 and leave no gap. Number the variables {{1}}, {{2}}, ... again.',
    ],
    [
      { header: 'a {{1}} b {{2}} c' },
      'header: The header has 2 variables; Meta takes one. Move the others to the body.',
    ],
    ...['a\nb', 'a\rb', 'a *b* c', 'a ~b~ c', 'a `b` c', '_a_', 'x _ab c_ y', 'so _a_'].map(
      (header): [Partial<TemplateTexts>, string] => [
        { header },
        'header: The header holds a line break or formatting (*, ~, `, _text_); Meta takes plain text. Move it to the body.',
      ],
    ),
    [
      { footer: 'By {{1}} only' },
      'footer: The footer has a variable; Meta takes none there. Move it to the body.',
    ],
    [
      { body: ' {{1}}, may we call?' },
      'body: The body begins with {{1}}; Meta refuses that (2388299). Put a word before it.',
    ],
    [
      { body: 'May we call {{1}} ' },
      'body: The body ends with {{1}}; Meta refuses that (2388299). Put a word or a full stop after it.',
    ],
    [
      { body: 'Hello {{1}} {{2}}{{3}} and so on, may we call you?' },
      'body: {{1}} and {{2}} stand side by side; Meta refuses that. Put a word between them, or make one variable of them.\n' +
        'body: {{2}} and {{3}} stand side by side; Meta refuses that. Put a word between them, or make one variable of them.',
    ],
    [
      { body: 'Hi {{1}} - {{2}} !' },
      'body: The body has 2 variables in 3 words; Meta refuses too many for the length (2388293). Write at least 5 words, or use fewer variables.',
    ],
  ])('%j', (texts, lines) => {
    expect(said(texts).join('\n')).toBe(lines);
  });

  test('of all three parts at once', () => {
    expect(said({ body: '', header: '', footer: '' })).toHaveLength(3);
  });
});

test.each(['您好{{1}}先生', 'สวัสดี{{1}}ครับ', 'こんにちは{{1}}さん', 'ສະບາຍດີ{{1}}ເຈົ້າ'])(
  'words are not counted in a script without spaces: %s',
  (body) => {
    expect(said({ body })).toEqual([]);
  },
);
