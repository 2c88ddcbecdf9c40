import { describe, expect, test } from '@jest/globals';
import { doubtfulText } from '../../../src/core/template/leftovers.ts';
import { checkParameterText } from '../../../src/core/template/parameter-text.ts';

const refusal = (text: string) => checkParameterText(text)?.code;

describe('what a spreadsheet or a program left behind is refused', () => {
  test.each([
    ...['#N/A', '#REF!', '#NAME?', '#VALUE!', '#DIV/0!', '#NUM!', '#NULL!', '#SPILL!', '#ERROR!'],
    ...[
      '#NV',
      '#WERT!',
      '#BEZUG!',
      '#ZAHL!',
      '#VALEUR!',
      '#NOM?',
      '#¡REF!',
      '#¿NOMBRE?',
      '#¡VALOR!',
    ],
    ...[
      '#N/D',
      '#RIF!',
      '#WAARDE!',
      '#N/B',
      '#ADR!',
      '#ССЫЛКА!',
      '#Н/Д',
      '#ДЕЛ/0!',
      '#DEĞER!',
      '#YOK',
    ],
    ...['Err:502', ' #N/A ', '#ref!', '####', '########', '#'],
  ])('%j, of a spreadsheet', (text) => {
    expect(refusal(text)).toBe('PARAMETER_SPREADSHEET_ERROR');
  });

  test.each([
    'undefined',
    'NaN',
    'NaT',
    '[object Object]',
    'Dear [object Array]',
    '(null)',
    'UNDEFINED',
  ])('%j, of a program', (text) => {
    expect(refusal(text)).toBe('PARAMETER_PROGRAM_VALUE');
  });

  test.each([
    ...[
      '{{1}}',
      '{{name}}',
      '{{ first_name }}',
      'Dear {{1}}',
      '{name}',
      '{1}',
      '{name}?',
      '{first name}',
    ],
    ...[
      '${name}',
      '#{name}',
      '{!Contact.FirstName}',
      '{$name}',
      '%NAME%',
      '%name%',
      '%%First_Name%%',
    ],
    ...[
      '*|FNAME|*',
      '<<Name>>',
      '<Name>',
      '<First Name>',
      '[Name]',
      '[[name]]',
      '<%= name %>',
      '{{}}',
    ],
    ...['{% name %}', '{vorname}', '{имя}', '{名前}', '<null>', '[NOME]'],
  ])('%j, that nobody filled in', (text) => {
    expect(refusal(text)).toBe('PARAMETER_PLACEHOLDER');
  });

  test.each([
    ...[
      '\u200B',
      '\u200B\u200C\u200D',
      '\uFEFF',
      '\u00AD',
      '\u2060 \u00A0',
      '\u3164',
      '\u2800',
      '\u180E',
    ],
    ...['\uFE0F', '\u115F\u1160', '\u034F', '\u202A\u202C', '\u{E0020}', '\uFFA0', '\u0301'],
  ])('%j, of which nothing can be seen', (text) => {
    expect(refusal(text)).toBe('PARAMETER_EMPTY');
  });
});

describe('what somebody may have meant is only doubtful', () => {
  test.each([
    ...['NULL', 'Null', 'null', 'None', 'nan', 'Nan', 'N/A', 'n/a', 'NA', 'true'],
    ...[
      '1.23E+11',
      '1,23E+11',
      '4.91511E+12',
      '????',
      'JosÃ©',
      'JosÃ© MarÃ­a',
      'MÃ¼ller',
      'â€œAnnaâ€\u009d',
    ],
    ...[
      'Ð˜Ð²Ð°Ð½',
      'Jos√©',
      'Jos├®',
      'Jos&eacute;',
      'Anna&#39;s',
      'Jos%C3%A9',
      'Jos\\u00e9',
      '«Name»',
      '$name',
      '#WORT!',
    ],
  ])('%j', (text) => {
    expect(refusal(text)).toBeUndefined();
    expect(doubtfulText(text)).toEqual(expect.any(String));
  });
});

test.each([
  ...[
    'Ann',
    'José',
    'Müller',
    'Nanette',
    'Nullmeier',
    'Nil',
    'Zoë 👩‍👩‍👧',
    '👋🏽',
    '❤️',
    'Иван',
    '王',
    'أحمد',
    'São',
  ],
  ...[
    'SÃO PAULO',
    'ÃO',
    '#1001',
    '# 5',
    'C# course',
    'A&B',
    'AT&T; Verizon',
    'R&D',
    '50%',
    '100 % cotton',
    '5 < 6 > 4',
  ],
  ...[
    'a [b] c',
    '(Anna)',
    '$5',
    '€ 10',
    'E5',
    '2E',
    'order 1E',
    'Room 12E4x',
    '«Ромашка» GmbH',
    'à ½ “x”',
    'x_y',
    'Undefinedson',
  ],
  ...[
    'naïveté',
    'Ængström',
    'Œuvre',
    'Ğülşen',
    'Łódź',
    'O’Brien',
    '50 €–60 €',
    '±½°',
    '{}',
    '<3',
    'Err',
    'Error',
    'Infinity War',
  ],
])('%j is a text like others', (text) => {
  expect([refusal(text), doubtfulText(text)]).toEqual([undefined, undefined]);
});
